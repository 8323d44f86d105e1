"""Words for stages and for the reasons of a refusal."""

from __future__ import annotations

import enum

from flask import Flask
from flask_babel import lazy_gettext as _l

from bridge.contacts.models import Side
from bridge.hiring.models import Stage
from bridge.web.labels import Badge


class EmployerReason(enum.StrEnum):
    """Why the enterprise goes no further; the student reads it."""

    SKILLS = "skills"
    OTHER_CANDIDATE = "other-candidate"
    SCHEDULE = "schedule"
    NO_ANSWER = "no-answer"
    POSITION_CLOSED = "position-closed"
    OTHER = "other"


class StudentReason(enum.StrEnum):
    """Why the student goes no further; the enterprise reads it."""

    OTHER_OFFER = "other-offer"
    CONDITIONS = "conditions"
    NOT_INTERESTED = "not-interested"
    SCHEDULE = "schedule"
    NO_ANSWER = "no-answer"
    OTHER = "other"


EMPLOYER_REASONS: dict[EmployerReason, object] = {
    EmployerReason.SKILLS: _l("Experience or skills do not suffice for this work"),
    EmployerReason.OTHER_CANDIDATE: _l("Another candidate was chosen"),
    EmployerReason.SCHEDULE: _l("The hours or the place do not fit together"),
    EmployerReason.NO_ANSWER: _l("The candidate does not answer"),
    EmployerReason.POSITION_CLOSED: _l("The position is no longer to be filled"),
    EmployerReason.OTHER: _l("Another reason"),
}
STUDENT_REASONS: dict[StudentReason, object] = {
    StudentReason.OTHER_OFFER: _l("Another offer was accepted"),
    StudentReason.CONDITIONS: _l("The conditions do not suit"),
    StudentReason.NOT_INTERESTED: _l("The work is not of interest"),
    StudentReason.SCHEDULE: _l("The hours or the place do not fit together"),
    StudentReason.NO_ANSWER: _l("The enterprise does not answer"),
    StudentReason.OTHER: _l("Another reason"),
}
_REASONS: dict[str, object] = {
    code.value: label for code, label in (*EMPLOYER_REASONS.items(), *STUDENT_REASONS.items())
}
_LOST = {
    Side.EMPLOYER: Badge(_l("Declined by the enterprise"), "neutral", "circle-x"),
    Side.STUDENT: Badge(_l("Declined by the candidate"), "neutral", "circle-x"),
}
STAGES = {
    Stage.CONTACT: Badge(_l("Contacts are open"), "accent", "message-square"),
    Stage.INTERVIEW: Badge(_l("Interview"), "accent", "calendar"),
    Stage.OFFER: Badge(_l("Offer"), "warning", "file-check"),
    Stage.HIRED: Badge(_l("Hired"), "ok", "handshake"),
    Stage.DECLINED: Badge(_l("Declined"), "neutral", "circle-x"),
}
# The line of a letter and of the history, as each side reads it.
HEADLINES = {
    Stage.CONTACT: _l("Back to getting to know each other"),
    Stage.INTERVIEW: _l("The next stage is the interview"),
    Stage.OFFER: _l("The enterprise makes an offer"),
    Stage.HIRED: _l("The candidate is hired"),
    Stage.DECLINED: _l("One side declined to go on"),
}
STUDENT_HEADLINES = HEADLINES | {Stage.HIRED: _l("You are hired")}


def reason_label(code: str) -> object:
    return _REASONS.get(code, "")


def stage_badge(stage: Stage, moved_by: Side | None = None) -> Badge:
    """moved_by: who declined, where that is known."""
    if stage is Stage.DECLINED and moved_by is not None:
        return _LOST[moved_by]
    return STAGES[stage]


def init_app(app: Flask) -> None:
    app.jinja_env.filters.update(
        stage_reason=reason_label,
        stage_headline=lambda stage: HEADLINES[Stage(stage)],
        student_stage_headline=lambda stage: STUDENT_HEADLINES[Stage(stage)],
    )
