"""Names of what a vacancy is, where the work is, and how far it has come."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from bridge.vacancies.models import Vacancy, VacancyKind, VacancyState, WorkPlace
from bridge.web.labels import Badge

KINDS: dict[VacancyKind, object] = {
    VacancyKind.JOB: _l("Job"),
    VacancyKind.INTERNSHIP: _l("Internship"),
    VacancyKind.PRACTICE: _l("Practical training"),
    VacancyKind.TARGETED: _l("Targeted place"),
    VacancyKind.PROJECT: _l("Thesis or R&D project"),
}
WORK_PLACES: dict[WorkPlace, object] = {
    WorkPlace.ON_SITE: _l("at the enterprise"),
    WorkPlace.HYBRID: _l("partly from home"),
    WorkPlace.REMOTE: _l("remotely"),
}
STATES = {
    VacancyState.DRAFT: Badge(_l("draft"), "neutral", "pencil"),
    VacancyState.SUBMITTED: Badge(_l("awaits approval"), "accent", "clock"),
    VacancyState.RETURNED: Badge(_l("returned for a change"), "warning", "undo-2"),
    VacancyState.REJECTED: Badge(_l("rejected"), "bad", "circle-x"),
    VacancyState.PUBLISHED: Badge(_l("published for students"), "ok", "circle-check"),
    VacancyState.CLOSED: Badge(_l("closed"), "neutral", "circle-slash"),
}
DEADLINE_PASSED = Badge(_l("applications are closed"), "neutral", "calendar-x")


def vacancy_kind_label(kind: VacancyKind) -> object:
    return KINDS[kind]


def work_place_label(place: WorkPlace) -> object:
    return WORK_PLACES[place]


def vacancy_state_badge(vacancy: Vacancy) -> Badge:
    """Takes the vacancy, not its state: a published one may be past its deadline."""
    if vacancy.state is VacancyState.PUBLISHED and vacancy.is_overdue:
        return DEADLINE_PASSED
    return STATES[vacancy.state]
