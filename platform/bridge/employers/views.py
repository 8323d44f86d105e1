"""Pages: partner enterprises and their members."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("employers", __name__)
