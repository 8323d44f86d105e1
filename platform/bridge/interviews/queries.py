"""Selects of slots and interviews, as each side may see them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager, joinedload

from bridge.accounts.models import User
from bridge.audit import AuditEntry
from bridge.candidates.models import Candidate
from bridge.contacts.models import ContactRequest
from bridge.contacts.queries import visible_requests
from bridge.database import utc_now
from bridge.extensions import db
from bridge.hiring.models import Hiring
from bridge.hiring.service import OPEN_STAGES
from bridge.interviews.models import Interview, InterviewState, Slot, SlotInvitation, SlotState
from bridge.students.models import Profile
from bridge.vacancies.models import Vacancy

# How long a calendar goes on showing what is over.
PAST_SHOWN = timedelta(days=30)


def _with_sides() -> Any:
    return joinedload(Interview.request).options(
        joinedload(ContactRequest.candidate),
        joinedload(ContactRequest.vacancy),
        joinedload(ContactRequest.employer),
        joinedload(ContactRequest.requested_by),
        joinedload(ContactRequest.profile).joinedload(Profile.user),
    )


def _own(viewer: User) -> sa.ColumnElement[bool]:
    numbers = visible_requests(viewer).with_only_columns(ContactRequest.id)
    return Interview.request_id.in_(numbers)


def visible_interview(viewer: User, interview_id: int) -> Interview | None:
    return db.session.scalar(
        sa.select(Interview)
        .where(Interview.id == interview_id, _own(viewer))
        .options(_with_sides(), joinedload(Interview.slot))
    )


def upcoming(viewer: User) -> sa.Select[Any]:
    """The viewer's booked interviews that are not over, the next first."""
    return (
        sa.select(Interview)
        .join(Interview.slot)
        .where(
            _own(viewer),
            Interview.state == InterviewState.BOOKED,
            Slot.starts_at > utc_now() - timedelta(hours=2),
        )
        .options(_with_sides(), contains_eager(Interview.slot))
        .order_by(Slot.starts_at, Interview.id)
    )


def of_calendar(person: User) -> list[Interview]:
    """What a person's calendar holds: a student's interviews; of a member those that the member
    asked for or offered the time of."""
    mine = sa.or_(
        Interview.request.has(ContactRequest.requested_by_id == person.id),
        Slot.offered_by_id == person.id,
        Interview.request.has(ContactRequest.profile.has(Profile.user_id == person.id)),
    )
    return list(
        db.session.scalars(
            sa.select(Interview)
            .join(Interview.slot)
            .where(
                mine,
                _own(person),
                Interview.state == InterviewState.BOOKED,
                Slot.starts_at > utc_now() - PAST_SHOWN,
            )
            .options(_with_sides(), contains_eager(Interview.slot))
            .order_by(Slot.starts_at, Interview.id)
        )
    )


def of_request(request_id: int) -> list[Interview]:
    """All of a request, the earliest first, the cancelled too."""
    return list(
        db.session.scalars(
            sa.select(Interview)
            .join(Interview.slot)
            .where(Interview.request_id == request_id)
            .options(contains_eager(Interview.slot))
            .order_by(Slot.starts_at, Interview.id)
        )
    )


def booked_ahead(request_id: int) -> Interview | None:
    """The interview that the request waits for."""
    return db.session.scalars(
        sa.select(Interview)
        .join(Interview.slot)
        .where(
            Interview.request_id == request_id,
            Interview.state == InterviewState.BOOKED,
            Slot.starts_at > utc_now(),
        )
        .options(contains_eager(Interview.slot))
        .order_by(Slot.starts_at)
    ).first()


def open_slots(request_id: int) -> list[Slot]:
    """What the student may pick from now."""
    return slots_on_offer([request_id]).get(request_id, [])


def offered_slot(request_id: int, slot_id: int) -> Slot | None:
    """A slot that was offered to the request, whatever became of it."""
    return db.session.scalar(
        sa.select(Slot)
        .join(SlotInvitation, SlotInvitation.slot_id == Slot.id)
        .where(SlotInvitation.request_id == request_id, Slot.id == slot_id)
    )


def slots_of(vacancy: Vacancy) -> list[tuple[Slot, Interview | None]]:
    """The slots of a vacancy that lie ahead, each with who took it."""
    rows = db.session.execute(
        sa.select(Slot, Interview)
        .outerjoin(
            Interview,
            sa.and_(Interview.slot_id == Slot.id, Interview.state == InterviewState.BOOKED),
        )
        .where(
            Slot.vacancy_id == vacancy.id,
            Slot.state != SlotState.WITHDRAWN,
            Slot.starts_at > utc_now(),
        )
        .options(_with_sides())
        .order_by(Slot.starts_at, Slot.id)
    )
    return [(slot, interview) for slot, interview in rows]


def slot_of(vacancy: Vacancy, slot_id: int) -> Slot | None:
    return db.session.scalar(
        sa.select(Slot).where(Slot.vacancy_id == vacancy.id, Slot.id == slot_id)
    )


def invitable(vacancy: Vacancy) -> list[ContactRequest]:
    """Whoever may be asked to an interview about the vacancy."""
    return list(
        db.session.scalars(
            sa.select(ContactRequest)
            .join(Hiring, Hiring.request_id == ContactRequest.id)
            .where(
                ContactRequest.vacancy_id == vacancy.id,
                Hiring.state.in_(OPEN_STAGES),
                ContactRequest.goes_on,
            )
            .options(
                joinedload(ContactRequest.candidate),
                joinedload(ContactRequest.vacancy),
                joinedload(ContactRequest.employer),
                joinedload(ContactRequest.requested_by),
                joinedload(ContactRequest.profile).joinedload(Profile.user),
            )
            .order_by(ContactRequest.accepted_at.desc(), ContactRequest.id)
        )
    )


def next_of_requests(request_ids: Collection[int]) -> dict[int, Slot]:
    """The next booked slot of each request that has one."""
    rows: sa.Result[Any] = db.session.execute(
        sa.select(Interview.request_id, Slot)
        .join(Slot, Slot.id == Interview.slot_id)
        .where(
            Interview.request_id.in_(request_ids),
            Interview.state == InterviewState.BOOKED,
            Slot.starts_at > utc_now(),
        )
        .order_by(Slot.starts_at.desc())
    )
    return {row.request_id: row.Slot for row in rows}


def steps_of_candidate(candidate: Candidate) -> list[tuple[ContactRequest, AuditEntry]]:
    """What happened to the interviews of a candidate, with the request of each."""
    rows = db.session.execute(
        sa.select(ContactRequest, AuditEntry)
        .join(Interview, Interview.request_id == ContactRequest.id)
        .join(
            AuditEntry,
            sa.and_(
                AuditEntry.subject_type == Interview.__tablename__,
                AuditEntry.subject_id == Interview.id,
            ),
        )
        .where(ContactRequest.candidate_id == candidate.id)
        .options(
            joinedload(AuditEntry.actor),
            joinedload(ContactRequest.candidate),
            joinedload(ContactRequest.employer),
        )
        .order_by(AuditEntry.id)
    )
    return [(row[0], row[1]) for row in rows]


def interviews_by_number(numbers: Collection[int]) -> list[Interview]:
    return list(
        db.session.scalars(
            sa.select(Interview)
            .where(Interview.id.in_(numbers))
            .options(joinedload(Interview.slot))
        )
    )


def slots_on_offer(request_ids: Collection[int]) -> dict[int, list[Slot]]:
    """The times that each of these requests may still pick from."""
    rows = db.session.execute(
        sa.select(SlotInvitation.request_id, Slot)
        .join(Slot, Slot.id == SlotInvitation.slot_id)
        .where(
            SlotInvitation.request_id.in_(request_ids),
            Slot.state == SlotState.OPEN,
            Slot.starts_at > utc_now(),
        )
        .order_by(Slot.starts_at, Slot.id)
    )
    found: dict[int, list[Slot]] = {}
    for request_id, slot in rows:
        found.setdefault(request_id, []).append(slot)
    return found
