"""The verbs of a vacancy: write, submit, be decided on, close."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from bridge import audit, events
from bridge.accounts.models import User
from bridge.cases.models import CaseKind
from bridge.cases.service import drop_case, open_case
from bridge.database import utc_now
from bridge.employers.models import Employer
from bridge.employers.service import tell_members
from bridge.errors import DomainError, NotAllowedError
from bridge.extensions import db
from bridge.notices.service import notify
from bridge.repeats import just_made
from bridge.skills import unknown
from bridge.transitions import transition
from bridge.vacancies.content import FREE, VacancyContent, write_content
from bridge.vacancies.models import Vacancy, VacancyState
from bridge.vacancies.notices import kind_of

UNSENT = (VacancyState.DRAFT, VacancyState.RETURNED)
EDITABLE = (*UNSENT, VacancyState.PUBLISHED)
# The same vacancy sent twice within this time by a double click is one vacancy.


class DeadlinePassedError(DomainError):
    message = _l("The deadline has passed. Choose a later day.")


def create(employer: Employer, content: VacancyContent, *, actor: User | None) -> Vacancy:
    """A draft, or the same one where a double click sends it again. Raises SkillsError."""
    if actor is not None and (repeated := _repeated(employer, content, actor)) is not None:
        return repeated
    vacancy = Vacancy(
        employer=employer,
        kind=content.kind,
        title=content.title,
        text=content.text,
        created_by_id=None if actor is None else actor.id,
    )
    db.session.add(vacancy)
    write_content(vacancy, content, actor=actor)
    audit.record("vacancy.created", vacancy, actor=actor)
    return vacancy


def _repeated(employer: Employer, content: VacancyContent, actor: User) -> Vacancy | None:
    # The lock makes the second click wait for the first.
    db.session.refresh(employer, with_for_update=True)
    return db.session.scalar(
        sa.select(Vacancy).where(
            Vacancy.employer_id == employer.id,
            Vacancy.created_by_id == actor.id,
            Vacancy.title == content.title,
            Vacancy.text == content.text,
            just_made(Vacancy.created_at),
        )
    )


def edit(vacancy: Vacancy, content: VacancyContent, *, actor: User | None) -> frozenset[str]:
    """Write new content; returns the names of what changed.

    A published vacancy whose text or requirements change waits for approval again. Raises
    NotAllowedError where its state allows no edit, SkillsError, StaleDataError.
    """
    if vacancy.state not in EDITABLE:
        raise NotAllowedError(_l("Withdraw the vacancy from approval before you change it."))
    changed = write_content(vacancy, content, actor=actor)
    if changed:
        audit.record("vacancy.edited", vacancy, actor=actor, fields=sorted(changed))
    if vacancy.state is VacancyState.PUBLISHED and changed - FREE:
        _submit(vacancy, actor, (VacancyState.PUBLISHED,))
    return changed


def submit(vacancy: Vacancy, *, actor: User | None) -> None:
    """Ask the university to approve it. Raises DeadlinePassedError, NotAllowedError."""
    _submit(vacancy, actor, UNSENT)


def _submit(vacancy: Vacancy, actor: User | None, allowed_from: tuple[VacancyState, ...]) -> None:
    if not vacancy.employer.is_working:
        raise NotAllowedError
    if vacancy.is_overdue:
        raise DeadlinePassedError
    transition(
        vacancy,
        VacancyState.SUBMITTED,
        allowed_from=allowed_from,
        actor=actor,
        values={"reason_code": "", "note": ""},
    )
    open_case(CaseKind.VACANCY, vacancy.id, title=vacancy.title, employer_id=vacancy.employer_id)


def withdraw(vacancy: Vacancy, *, actor: User) -> None:
    """Take it back from approval, to change it."""
    transition(vacancy, VacancyState.DRAFT, allowed_from=(VacancyState.SUBMITTED,), actor=actor)
    drop_case(CaseKind.VACANCY, vacancy.id, actor=actor)


def approve(vacancy: Vacancy, *, actor: User | None) -> None:
    if vacancy.published_at is None:
        unknown.note_vacancy(f"{vacancy.title}\n{vacancy.text}")
    _decide(
        vacancy,
        VacancyState.PUBLISHED,
        actor=actor,
        published_at=vacancy.published_at or utc_now(),
    )


def return_for_change(vacancy: Vacancy, *, actor: User, reason_code: str, note: str = "") -> None:
    _decide(vacancy, VacancyState.RETURNED, actor=actor, reason_code=reason_code, note=note)


def reject(vacancy: Vacancy, *, actor: User, reason_code: str, note: str = "") -> None:
    """Refuse it for good; contact requests from when it was published before end with it."""
    _decide(vacancy, VacancyState.REJECTED, actor=actor, reason_code=reason_code, note=note)
    if vacancy.published_at is not None:
        events.vacancy_closed.send(vacancy, actor=actor)


def set_blind(vacancy: Vacancy, blind: bool, *, actor: User) -> None:
    """The university opens the selection, in which employers see the names of those students who
    allow it, or makes it blind again; the same again changes nothing."""
    if vacancy.blind is not blind:
        vacancy.blind = blind
        audit.record("vacancy.blind" if blind else "vacancy.opened", vacancy, actor=actor)


def close(vacancy: Vacancy, *, actor: User) -> None:
    """Seek nobody for it any more; pending contact requests end."""
    if vacancy.published_at is None:
        raise NotAllowedError
    transition(
        vacancy,
        VacancyState.CLOSED,
        allowed_from=(*EDITABLE, VacancyState.SUBMITTED),
        actor=actor,
        values={"closed_at": utc_now()},
    )
    drop_case(CaseKind.VACANCY, vacancy.id, actor=actor)
    events.vacancy_closed.send(vacancy, actor=actor)


def reopen(vacancy: Vacancy, *, actor: User) -> None:
    """Make a closed vacancy a draft again; it needs a new approval."""
    transition(
        vacancy,
        VacancyState.DRAFT,
        allowed_from=(VacancyState.CLOSED,),
        actor=actor,
        values={"closed_at": None, "published_at": None},
    )


def publish_imported(vacancy: Vacancy, *, actor: User | None) -> None:
    """Publish what staff brought themselves: their import is the approval."""
    transition(
        vacancy,
        VacancyState.PUBLISHED,
        allowed_from=UNSENT,
        actor=actor,
        values={"published_at": utc_now(), "reason_code": "", "note": ""},
    )


def _decide(
    vacancy: Vacancy,
    verdict: VacancyState,
    *,
    actor: User | None,
    reason_code: str = "",
    note: str = "",
    **values: Any,
) -> None:
    transition(
        vacancy,
        verdict,
        allowed_from=(VacancyState.SUBMITTED,),
        actor=actor,
        values={"reason_code": reason_code, "note": note, **values},
        reason=reason_code,
    )
    author = db.session.get(User, vacancy.created_by_id) if vacancy.created_by_id else None
    if author is not None and author.is_active and author.member is not None:
        notify(author, kind_of(verdict), vacancy)
    else:
        tell_members(vacancy.employer, kind_of(verdict), vacancy)
