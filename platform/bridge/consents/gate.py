"""Whoever's account lacks a consent after the term sees nothing but what the law leaves them: the
document, their data, erasure."""

from __future__ import annotations

from flask import Flask, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from werkzeug.wrappers import Response

from bridge.database import utc_now
from bridge.kept import FirstStep, kept_page

OPEN_BLUEPRINTS = ("consents", "rights", "appearance")
OPEN_ENDPOINTS = (
    "static",
    "accounts.sign_out",
    # the way to one's data
    "accounts.confirm_identity",
    "web.set_language",
    "web.healthz",
)
DECIDE = FirstStep(
    _l("Read the document first"),
    _l("Read the document and decide in a new tab, come back to this one and send it."),
    "consents.mine",
    _l("To the document, in a new tab"),
    "file-check",
)


def lacks_consent() -> bool:
    due = current_user.consent_due_at if current_user.is_authenticated else None
    return due is not None and due <= utc_now()


def init_app(app: Flask) -> None:
    @app.before_request
    def ask_first() -> Response | tuple[str, int] | None:
        if request.blueprint in OPEN_BLUEPRINTS or request.endpoint in OPEN_ENDPOINTS:
            return None
        if request.endpoint is None or not lacks_consent():
            return None
        kept = kept_page(403, DECIDE)
        if kept is not None:
            return kept
        flash(_("Before you go on, read the document and decide."), "warning")
        return redirect(url_for("consents.mine"), 303)
