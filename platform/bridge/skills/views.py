"""Pages: the common vocabulary of skills."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("skills", __name__)
