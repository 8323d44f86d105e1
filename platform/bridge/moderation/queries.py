"""Selects of the queue."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from bridge.accounts.models import User
from bridge.cases.models import Case, CaseKind, CaseState
from bridge.cases.queries import DECIDED
from bridge.contacts.models import ContactRequest
from bridge.database import utc_now
from bridge.employers.models import Employer, Member
from bridge.extensions import db
from bridge.moderation.filters import Filters, is_mine
from bridge.moderation.models import AnswerTemplate
from bridge.reports.models import AbuseReport
from bridge.skills.models import Skill
from bridge.students.models import Profile
from bridge.vacancies.models import Vacancy


@dataclass(frozen=True, slots=True)
class Totals:
    """Of what waits: all of it, and the parts to which a filter leads."""

    waiting: int = 0
    overdue: int = 0
    mine: int = 0
    flagged: int = 0


def totals(viewer: User) -> dict[CaseKind, Totals]:
    """By kind; a kind of which nothing waits is left out."""

    def number(condition: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
        return sa.func.sum(sa.case((condition, 1), else_=0))

    rows = db.session.execute(
        sa.select(
            Case.kind,
            sa.func.count(),
            number(Case.due_at < utc_now()),
            number(is_mine(viewer)),
            number((Case.flag_count > 0) | Case.spot_check),
        )
        .where(Case.state == CaseState.WAITING)
        .group_by(Case.kind)
    )
    return {kind: Totals(*numbers) for kind, *numbers in rows}


def next_case(filters: Filters, viewer: User, *, after: Case) -> Case | None:
    """What to decide on next: the most overdue that nobody else works on and that does not wait
    for somebody else's approval."""
    select = filters.only(decided=False).select(viewer).where(
        Case.id != after.id,
        Case.batch_id.is_(None),
        sa.or_(Case.first_by_id.is_(None), Case.first_by_id != viewer.id),
        sa.or_(
            Case.claimed_by_id.is_(None),
            Case.claimed_by_id == viewer.id,
            Case.claimed_until <= utc_now(),
        ),
    )  # fmt: skip
    return db.session.scalars(select.limit(1)).first()


def waiting_employers() -> list[Employer]:
    """Those of whom something waits, by name."""
    waiting = sa.select(Case.employer_id).where(Case.state == CaseState.WAITING)
    select = sa.select(Employer).where(Employer.id.in_(waiting)).order_by(Employer.name)
    return list(db.session.scalars(select))


def case_with_people(case_id: int) -> Case | None:
    """A case with everybody whom its page names."""
    return db.session.scalar(
        sa.select(Case)
        .where(Case.id == case_id)
        .options(
            joinedload(Case.employer),
            joinedload(Case.decided_by),
            joinedload(Case.claimed_by),
            joinedload(Case.escalated_to),
            joinedload(Case.first_by),
            joinedload(Case.batch),
        )
    )


def earlier_cases(case: Case, limit: int = 8) -> list[Case]:
    """Other decided cases of the same employer, the latest first."""
    if case.employer_id is None:
        return []
    return list(
        db.session.scalars(
            sa.select(Case)
            .where(
                Case.employer_id == case.employer_id,
                Case.id != case.id,
                Case.state.in_(DECIDED),
            )
            .options(joinedload(Case.decided_by))
            .order_by(Case.decided_at.desc(), Case.id.desc())
            .limit(limit)
        )
    )


def has_published(employer_id: int | None) -> bool:
    """Whether the university has ever approved a vacancy of the employer."""
    published = sa.exists().where(
        Vacancy.employer_id == employer_id, Vacancy.published_at.is_not(None)
    )
    return bool(db.session.scalar(sa.select(published)))


def answer_templates(kind: CaseKind | None = None) -> list[AnswerTemplate]:
    select = sa.select(AnswerTemplate)
    if kind is not None:
        select = select.where(AnswerTemplate.kind == kind)
    ordered = select.order_by(
        AnswerTemplate.kind, AnswerTemplate.reason_code, AnswerTemplate.title, AnswerTemplate.id
    )
    return list(db.session.scalars(ordered))


def _accused(report_id: int) -> sa.Select[Any]:
    """The account whose act was reported: the first of the employer's, else the student's."""
    member = (
        sa.select(sa.func.min(Member.user_id))
        .where(Member.employer_id == AbuseReport.employer_id)
        .correlate(AbuseReport)
        .scalar_subquery()
    )
    return (
        sa.select(sa.func.coalesce(member, Profile.user_id))
        .select_from(AbuseReport)
        .outerjoin(ContactRequest, ContactRequest.id == AbuseReport.request_id)
        .outerjoin(Profile, Profile.id == ContactRequest.profile_id)
        .where(AbuseReport.id == report_id)
    )


def author_locale(case: Case) -> str:
    """The language in which whoever gets the answer reads it: the author of the case or, of a
    report, whose act it is about."""
    if case.kind is CaseKind.EMPLOYER:
        members = sa.select(Member.user_id).where(Member.employer_id == case.subject_id)
        author: sa.Select[Any] = members.order_by(Member.id).limit(1)
    else:
        author = {
            CaseKind.VACANCY: sa.select(Vacancy.created_by_id).where(Vacancy.id == case.subject_id),
            CaseKind.CONTACT: sa.select(ContactRequest.requested_by_id).where(
                ContactRequest.id == case.subject_id
            ),
            CaseKind.SKILL: sa.select(Skill.proposed_by_id).where(Skill.id == case.subject_id),
            CaseKind.REPORT: _accused(case.subject_id),
        }[case.kind]
    found = db.session.scalar(sa.select(User.locale).where(User.id == author.scalar_subquery()))
    return found or "ru"
