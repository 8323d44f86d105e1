"""Pages: candidates: students seen from one vacancy, ranked and masked."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("candidates", __name__)
