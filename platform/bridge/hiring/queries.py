"""Selects of stages, as each side may see them."""

from __future__ import annotations

from collections.abc import Collection

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager, joinedload

from bridge.accounts.models import User
from bridge.audit import AuditEntry
from bridge.contacts.models import ContactRequest
from bridge.contacts.queries import visible_requests
from bridge.extensions import db
from bridge.hiring.models import Hiring, Stage
from bridge.students.models import Profile
from bridge.vacancies.models import Vacancy


def visible_hiring(viewer: User, request_id: int) -> Hiring | None:
    """The stage of a request that the viewer may see, with both sides; None while the contacts are
    not open."""
    requests = visible_requests(viewer).where(
        ContactRequest.id == request_id, ContactRequest.is_open
    )
    return db.session.scalar(
        sa.select(Hiring)
        .where(Hiring.request_id.in_(requests.with_only_columns(ContactRequest.id)))
        .options(
            joinedload(Hiring.request).options(
                joinedload(ContactRequest.candidate),
                joinedload(ContactRequest.vacancy),
                joinedload(ContactRequest.employer),
                joinedload(ContactRequest.profile).joinedload(Profile.user),
            )
        )
    )


def of_request(request_id: int) -> Hiring | None:
    return db.session.scalar(sa.select(Hiring).where(Hiring.request_id == request_id))


def of_requests(request_ids: Collection[int]) -> dict[int, Hiring]:
    """By the request's number, for lists of requests."""
    found = db.session.scalars(sa.select(Hiring).where(Hiring.request_id.in_(request_ids)))
    return {hiring.request_id: hiring for hiring in found}


def board_of(vacancy: Vacancy) -> dict[Stage, list[Hiring]]:
    """Everybody whose contacts are open, by stage, the latest change first."""
    found = db.session.scalars(
        sa.select(Hiring)
        .join(Hiring.request)
        .where(ContactRequest.vacancy_id == vacancy.id, ContactRequest.is_open)
        .options(
            contains_eager(Hiring.request).options(
                joinedload(ContactRequest.candidate),
                joinedload(ContactRequest.profile).joinedload(Profile.user),
            )
        )
        .order_by(Hiring.changed_at.desc(), Hiring.id.desc())
    ).all()
    return {stage: [one for one in found if one.state is stage] for stage in Stage}


def stage_steps(hiring: Hiring) -> list[AuditEntry]:
    """What happened to the stage, the oldest first."""
    return list(
        db.session.scalars(
            sa.select(AuditEntry)
            .where(
                AuditEntry.subject_type == Hiring.__tablename__,
                AuditEntry.subject_id == hiring.id,
            )
            .options(joinedload(AuditEntry.actor))
            .order_by(AuditEntry.id)
        )
    )
