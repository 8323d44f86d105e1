"""Pages: vacancies."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("vacancies", __name__)
