"""Pages: students and their profiles."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("students", __name__)
