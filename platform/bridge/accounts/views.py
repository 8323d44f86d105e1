"""Pages: accounts: registration, sign-in, sessions, the links that mail brings."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("accounts", __name__)
