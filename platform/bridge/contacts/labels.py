"""Words for the states and reasons of a contact request, one set for each side."""

from __future__ import annotations

from flask import Flask
from flask_babel import lazy_gettext as _l

from bridge.cases import reasons
from bridge.contacts.models import DeclineReason, EndReason, RequestState
from bridge.web.labels import Badge

DECLINE_LABELS: dict[DeclineReason, object] = {
    DeclineReason.NOT_INTERESTED: _l("The work is not of interest"),
    DeclineReason.BUSY: _l("No time at present"),
    DeclineReason.OTHER_OFFER: _l("Another offer was accepted"),
    DeclineReason.CONDITIONS: _l("The conditions do not suit"),
    DeclineReason.OTHER: _l("Another reason"),
}
END_LABELS: dict[EndReason, object] = {
    EndReason.UNAVAILABLE: _l("The candidate is no longer available"),
    EndReason.VACANCY_CLOSED: _l("The vacancy was closed"),
    EndReason.BREACH: _l("The university closed the contact after a report"),
    EndReason.EMPLOYER_SUSPENDED: _l("The work of the enterprise on the platform is suspended"),
    EndReason.APPLIED: _l("The candidate has applied for the vacancy"),
    EndReason.NOT_CHANGED: _l("The request was not changed in time"),
    EndReason.NOT_DELIVERED: _l("The candidate received more requests than they can consider"),
    EndReason.ACCOUNT_ERASED: _l("The candidate has left the platform"),
    EndReason.EXPIRED: _l("Nobody answered in time"),
    EndReason.CONSENT_WITHDRAWN: _l("The candidate has withdrawn the consent to the contact"),
}
_OWN_REASONS: dict[str, object] = {
    code.value: label for code, label in (*DECLINE_LABELS.items(), *END_LABELS.items())
}

STATES = {
    RequestState.REQUESTED: Badge(_l("The university is checking"), "neutral", "hourglass"),
    RequestState.RETURNED: Badge(_l("Needs a change"), "warning", "undo-2"),
    RequestState.REJECTED: Badge(_l("Rejected by the university"), "bad", "circle-x"),
    RequestState.QUEUED: Badge(_l("Waits for delivery"), "neutral", "clock"),
    RequestState.APPROVED: Badge(_l("Waiting for the candidate"), "accent", "send"),
    RequestState.DECLINED: Badge(_l("Declined by the candidate"), "neutral", "circle-x"),
    RequestState.ACCEPTED: Badge(_l("Contacts are open"), "ok", "circle-check"),
    RequestState.WITHDRAWN: Badge(_l("Request withdrawn"), "neutral", "undo-2"),
    RequestState.EXPIRED: Badge(_l("No answer in time"), "neutral", "clock-alert"),
    RequestState.ENDED: Badge(_l("Request ended"), "neutral", "circle-slash"),
    RequestState.CLOSED: Badge(_l("Conversation finished"), "neutral", "archive"),
}
STUDENT_STATES = STATES | {
    RequestState.APPROVED: Badge(_l("Waiting for your answer"), "accent", "mail"),
    RequestState.DECLINED: Badge(_l("You declined"), "neutral", "circle-x"),
    RequestState.EXPIRED: Badge(_l("You did not answer in time"), "neutral", "clock-alert"),
    RequestState.WITHDRAWN: Badge(_l("Withdrawn by the enterprise"), "neutral", "undo-2"),
}


def state_badge(state: RequestState) -> Badge:
    """As the employer and staff read it."""
    return STATES[state]


def student_state_badge(state: RequestState) -> Badge:
    return STUDENT_STATES[state]


def reason_label(code: str) -> object:
    """The phrase for a reason of any side; empty for none."""
    return _OWN_REASONS.get(code) or reasons.reason_label(code)


def init_app(app: Flask) -> None:
    app.jinja_env.filters.update(
        request_state=state_badge,
        student_request_state=student_state_badge,
        request_reason=reason_label,
    )
