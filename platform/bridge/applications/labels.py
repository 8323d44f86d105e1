"""Words for the states and reasons of an application."""

from __future__ import annotations

import enum

from flask import Flask
from flask_babel import lazy_gettext as _l

from bridge.applications.models import ApplicationState
from bridge.contacts.labels import END_LABELS
from bridge.web.labels import Badge


class RefusalReason(enum.StrEnum):
    """Why the employer says no; the student reads the label."""

    FILLED = "filled"
    SKILLS = "skills-missing"
    SCHEDULE = "schedule"
    OTHERS = "others-fit-better"
    LATER = "later"


REFUSAL_LABELS: dict[RefusalReason, object] = {
    RefusalReason.FILLED: _l("The place is taken"),
    RefusalReason.SKILLS: _l("A skill is missing that the work cannot do without"),
    RefusalReason.SCHEDULE: _l("The schedule does not suit"),
    RefusalReason.OTHERS: _l("Others fit better this time"),
    RefusalReason.LATER: _l("It is too early: apply again in a later year of study"),
}
_LABELS: dict[str, object] = {
    code.value: label for code, label in (*REFUSAL_LABELS.items(), *END_LABELS.items())
}
STATES = {
    ApplicationState.SENT: Badge(_l("Awaits your answer"), "accent", "inbox"),
    ApplicationState.INVITED: Badge(_l("Invited"), "ok", "circle-check"),
    ApplicationState.DECLINED: Badge(_l("Declined by you"), "neutral", "circle-x"),
    ApplicationState.WITHDRAWN: Badge(_l("Withdrawn by the student"), "neutral", "undo-2"),
    ApplicationState.ENDED: Badge(_l("Application ended"), "neutral", "circle-slash"),
}
STUDENT_STATES = STATES | {
    ApplicationState.SENT: Badge(_l("Waiting for the enterprise"), "accent", "send"),
    ApplicationState.INVITED: Badge(_l("You are invited"), "ok", "circle-check"),
    ApplicationState.DECLINED: Badge(_l("Declined by the enterprise"), "neutral", "circle-x"),
    ApplicationState.WITHDRAWN: Badge(_l("Withdrawn by you"), "neutral", "undo-2"),
}
APPLIED = Badge(_l("applied"), "accent", "send")


def application_badge(state: ApplicationState) -> Badge:
    """As the employer reads it."""
    return STATES[state]


def student_application_badge(state: ApplicationState) -> Badge:
    return STUDENT_STATES[state]


def application_reason(code: str) -> object:
    return _LABELS.get(code, "")


def init_app(app: Flask) -> None:
    filters = (application_badge, student_application_badge, application_reason)
    app.jinja_env.filters.update({function.__name__: function for function in filters})
