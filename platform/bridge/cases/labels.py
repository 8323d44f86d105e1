"""Names of the kinds and states of a case."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from bridge.cases.models import Case, CaseKind, CaseState
from bridge.web.labels import Badge

KINDS: dict[CaseKind, object] = {
    CaseKind.EMPLOYER: _l("Employer"),
    CaseKind.VACANCY: _l("Vacancy"),
    CaseKind.CONTACT: _l("Contact request"),
    CaseKind.SKILL: _l("Skill"),
    CaseKind.REPORT: _l("Report of abuse"),
}
# As the names of lists.
PLURALS: dict[CaseKind, object] = {
    CaseKind.EMPLOYER: _l("Employers"),
    CaseKind.VACANCY: _l("Vacancies"),
    CaseKind.CONTACT: _l("Contact requests"),
    CaseKind.SKILL: _l("Skills"),
    CaseKind.REPORT: _l("Reports of abuse"),
}
STATES = {
    CaseState.WAITING: Badge(_l("awaits a decision"), "accent", "clock"),
    CaseState.APPROVED: Badge(_l("approved"), "ok", "circle-check"),
    CaseState.RETURNED: Badge(_l("returned for a change"), "warning", "undo-2"),
    CaseState.REJECTED: Badge(_l("rejected"), "bad", "circle-x"),
    CaseState.DROPPED: Badge(_l("withdrawn by the author"), "neutral", "circle-slash"),
}
REPORT_STATES = {
    CaseState.APPROVED: Badge(_l("breach found"), "bad", "flag"),
    CaseState.REJECTED: Badge(_l("no breach"), "neutral", "circle-slash"),
}


def case_kind_label(kind: CaseKind) -> object:
    return KINDS[kind]


def case_kinds_label(kind: CaseKind) -> object:
    """The name of a list of them."""
    return PLURALS[kind]


def case_state_badge(case: Case) -> Badge:
    """Takes the case, not its state: a report is neither approved nor rejected."""
    if case.kind is CaseKind.REPORT:
        return REPORT_STATES.get(case.state) or STATES[case.state]
    return STATES[case.state]
