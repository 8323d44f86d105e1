"""Names of an employer's states and of the reasons to suspend it."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from bridge.cases.reasons import reason_label
from bridge.employers.models import EmployerState
from bridge.web.labels import Badge

STATES = {
    EmployerState.APPLIED: Badge(_l("awaits approval"), "accent", "clock"),
    EmployerState.RETURNED: Badge(_l("returned for a change"), "warning", "undo-2"),
    EmployerState.APPROVED: Badge(_l("approved"), "ok", "circle-check"),
    EmployerState.REJECTED: Badge(_l("rejected"), "bad", "circle-x"),
    EmployerState.SUSPENDED: Badge(_l("suspended"), "bad", "circle-pause"),
}
SUSPENSION_REASONS: dict[str, object] = {
    "complaints": _l("Complaints of students"),
    "silence": _l("Students who agreed to a contact get no answer"),
    "rules": _l("The rules of the platform were broken"),
    "liquidated": _l("The enterprise is being wound up"),
    "own-wish": _l("The enterprise asked for it"),
    "other": _l("Another reason"),
}
ACTIONS: dict[str, object] = {
    "employer.applied": _l("Application received"),
    "employer.approved": _l("Approved"),
    "employer.returned": _l("Returned for a change"),
    "employer.rejected": _l("Rejected"),
    "employer.edited": _l("Details changed"),
    "employer.suspended": _l("Suspended"),
    "employer.trusted": _l("Trusted: approved automatically"),
    "employer.openings-exhausted": _l("Opened as many profiles as it may in a day"),
    "employer.distrusted": _l("Trust withdrawn"),
}


def employer_state_badge(state: EmployerState) -> Badge:
    return STATES[state]


def employer_reason_label(code: str) -> object:
    """Why the university decided as it did: a reason of moderation or of a suspension."""
    return SUSPENSION_REASONS.get(code) or reason_label(code)


def employer_action_label(action: str) -> object:
    """What an entry of the audit log about an employer tells."""
    return ACTIONS.get(action, action)
