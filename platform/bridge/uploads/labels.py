"""Labels: what becomes of a table that was brought."""

from __future__ import annotations

from flask import Flask
from flask_babel import lazy_gettext as _l

from bridge.imports import LABELS as OUTCOMES
from bridge.imports import Outcome
from bridge.uploads.models import UploadState
from bridge.web.labels import Badge

UPLOADS: dict[UploadState, Badge] = {
    UploadState.CHECKING: Badge(_l("is being checked"), "neutral", "hourglass"),
    UploadState.CHECKED: Badge(_l("checked, not taken over yet"), "accent", "list-checks"),
    UploadState.APPLYING: Badge(_l("is being taken over"), "neutral", "hourglass"),
    UploadState.DONE: Badge(_l("taken over"), "ok", "circle-check"),
    UploadState.DROPPED: Badge(_l("removed"), "neutral", "circle-x"),
}


def upload_badge(state: UploadState) -> Badge:
    return UPLOADS[state]


def outcome_label(outcome: Outcome) -> object:
    return OUTCOMES[outcome]


def init_app(app: Flask) -> None:
    for function in (upload_badge, outcome_label):
        app.jinja_env.filters[function.__name__] = function
