"""What a page says that needed the search server in vain."""

from __future__ import annotations

from flask import current_app
from flask_babel import gettext as _

from bridge.errors import error_page
from bridge.extensions import db
from matching.remote import SearchUnavailableError


def search_is_silent(error: SearchUnavailableError) -> tuple[str, int]:
    db.session.rollback()
    # It names the call that failed and the kind of failure.
    current_app.logger.error("search error: %s", error)
    return error_page(
        503,
        _("Nothing was lost. Wait a minute and try again; everything else works."),
        _("The search does not answer"),
    )
