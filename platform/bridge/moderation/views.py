"""Pages: the staff's one queue."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("moderation", __name__)
