"""Selects of contact requests, as each side may see them."""

from __future__ import annotations

import enum
from collections.abc import Collection
from typing import Any

import sqlalchemy as sa
from flask import url_for
from flask_login import current_user
from sqlalchemy.orm import joinedload, selectinload

from bridge.accounts.models import Role, User
from bridge.audit import AuditEntry
from bridge.blocks.models import EmployerBlock
from bridge.candidates.cards import RequestNote
from bridge.candidates.models import Candidate
from bridge.consents.subjects import Subject
from bridge.contacts.labels import state_badge
from bridge.contacts.models import FINAL, ContactRequest, Message, RequestState
from bridge.employers.models import Employer
from bridge.extensions import db
from bridge.students.models import Profile
from bridge.vacancies.models import Vacancy

# On a home page; the list has them all.
WAITING_AT_MOST = 3


class Group(enum.Enum):
    """The tabs of the lists: what is to be done next."""

    WAITING = "waiting"
    CHANGE = "change"
    OPEN = "open"
    FINISHED = "finished"


STATES = {
    Group.WAITING: (RequestState.REQUESTED, RequestState.QUEUED, RequestState.APPROVED),
    Group.CHANGE: (RequestState.RETURNED,),
    Group.OPEN: (RequestState.ACCEPTED,),
    Group.FINISHED: (
        RequestState.REJECTED,
        RequestState.DECLINED,
        RequestState.WITHDRAWN,
        RequestState.EXPIRED,
        RequestState.ENDED,
        RequestState.CLOSED,
    ),
}


def visible_requests(viewer: User) -> sa.Select[Any]:
    """A student's own that were delivered; a member's employer's; for staff all."""
    select = sa.select(ContactRequest)
    if viewer.role is Role.STUDENT:
        own = ContactRequest.profile.has(Profile.user_id == viewer.id)
        return select.where(own, ContactRequest.delivered_at.is_not(None))
    if viewer.role is Role.MEMBER:
        employer_id = viewer.member.employer_id if viewer.member else 0
        return select.where(ContactRequest.employer_id == employer_id)
    return select


def find_requests(
    viewer: User, group: Group | None = None, vacancy_id: int | None = None
) -> sa.Select[Any]:
    """One side's list with what its rows show, the latest change first."""
    select = visible_requests(viewer).options(
        joinedload(ContactRequest.candidate),
        joinedload(ContactRequest.vacancy),
        joinedload(ContactRequest.employer),
        joinedload(ContactRequest.profile).joinedload(Profile.user),
    )
    if group is not None:
        select = select.where(ContactRequest.state.in_(STATES[group]))
    if vacancy_id is not None:
        select = select.where(ContactRequest.vacancy_id == vacancy_id)
    return select.order_by(ContactRequest.changed_at.desc(), ContactRequest.id.desc())


def requests_to_answer() -> list[ContactRequest]:
    """Those that wait for the student who reads, the first to end first; for their home."""
    return list(
        db.session.scalars(
            find_requests(current_user, Group.WAITING)
            .order_by(None)
            .order_by(ContactRequest.due_at, ContactRequest.id)
            .limit(WAITING_AT_MOST)
        )
    )


def group_counts(viewer: User, vacancy_id: int | None = None) -> dict[Group, int]:
    select = visible_requests(viewer)
    if vacancy_id is not None:
        select = select.where(ContactRequest.vacancy_id == vacancy_id)
    counted = select.with_only_columns(ContactRequest.state, sa.func.count())
    rows = dict(db.session.execute(counted.group_by(ContactRequest.state)).all())
    return {group: sum(rows.get(state, 0) for state in STATES[group]) for group in Group}


def visible_request(viewer: User, request_id: int) -> ContactRequest | None:
    """One request with everything that its page shows."""
    select = visible_requests(viewer).where(ContactRequest.id == request_id)
    found: ContactRequest | None = db.session.scalar(
        select.options(
            joinedload(ContactRequest.candidate),
            joinedload(ContactRequest.vacancy).joinedload(Vacancy.employer),
            joinedload(ContactRequest.profile).joinedload(Profile.user),
            joinedload(ContactRequest.requested_by).joinedload(User.member),
            selectinload(ContactRequest.messages).options(
                joinedload(Message.author), selectinload(Message.files)
            ),
        )
    )
    return found


def steps(request: ContactRequest) -> list[AuditEntry]:
    """What happened to the request, the oldest first."""
    return list(
        db.session.scalars(
            sa.select(AuditEntry)
            .where(
                AuditEntry.subject_type == ContactRequest.__tablename__,
                AuditEntry.subject_id == request.id,
            )
            .options(joinedload(AuditEntry.actor))
            .order_by(AuditEntry.id)
        )
    )


def request_notes(candidate_ids: Collection[int]) -> dict[int, RequestNote]:
    """The latest request to each candidate, for the employer's list of candidates."""
    rows = db.session.execute(
        sa.select(ContactRequest.candidate_id, ContactRequest.id, ContactRequest.state)
        .where(ContactRequest.candidate_id.in_(candidate_ids))
        .order_by(ContactRequest.id)
    )
    return {
        candidate_id: RequestNote(
            badge=state_badge(state),
            url=url_for("contacts.detail", request_id=request_id),
            blocks=state in FINAL,
        )
        for candidate_id, request_id, state in rows
    }


def requests_of_candidate(candidate: Candidate) -> list[ContactRequest]:
    return list(
        db.session.scalars(
            sa.select(ContactRequest)
            .where(ContactRequest.candidate_id == candidate.id)
            .options(joinedload(ContactRequest.candidate), joinedload(ContactRequest.employer))
            .order_by(ContactRequest.id)
        )
    )


def concerns(
    subject: Profile | Vacancy | Employer | EmployerBlock, table: Any = ContactRequest
) -> sa.ColumnElement[bool]:
    """The rows of `table`, which names profile, vacancy and employer, that are about `subject`."""
    if isinstance(subject, EmployerBlock):
        return sa.and_(
            table.profile_id == subject.profile_id, table.employer_id == subject.employer_id
        )
    column = {
        Profile: table.profile_id,
        Vacancy: table.vacancy_id,
        Employer: table.employer_id,
    }[type(subject)]
    return sa.and_(column == subject.id)


def opened_to(numbers: Collection[int], table: Any = ContactRequest) -> dict[int, Subject]:
    """To whom the rows of `table`, which names vacancy and employer, opened the contacts."""
    rows = db.session.execute(
        sa.select(table.id, Employer.name, Vacancy.title)
        .join(Employer, Employer.id == table.employer_id)
        .join(Vacancy, Vacancy.id == table.vacancy_id)
        .where(table.id.in_(numbers))
    )
    return {number: Subject(employer, vacancy) for number, employer, vacancy in rows}
