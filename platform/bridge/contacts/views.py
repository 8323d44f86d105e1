"""Pages: contact requests and the threads they open."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("contacts", __name__)
