"""Selects of employers."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from bridge.accounts.models import Role, User
from bridge.audit import AuditEntry
from bridge.employers.models import Employer, EmployerState, Member
from bridge.extensions import db

WITH_MEMBERS = selectinload(Employer.members).joinedload(Member.user)


def visible_employers(viewer: User) -> sa.Select[Employer]:
    """Staff see all; a member sees their own; nobody else any."""
    select = sa.select(Employer)
    if viewer.role in (Role.STAFF, Role.ADMIN):
        return select
    return select.join(Member).where(Member.user_id == viewer.id)


def public_employer(employer_id: int) -> Employer | None:
    """One that works: everybody may read of it."""
    return db.session.scalar(
        sa.select(Employer).where(
            Employer.id == employer_id, Employer.state == EmployerState.APPROVED
        )
    )


def own_employer(viewer: User) -> Employer | None:
    """The employer of a signed-in member, its members loaded with it."""
    return db.session.scalar(visible_employers(viewer).options(WITH_MEMBERS))


def employer_by_inn(inn: str) -> Employer | None:
    """The employer that bears the number, its members loaded with it."""
    return db.session.scalar(sa.select(Employer).where(Employer.inn == inn).options(WITH_MEMBERS))


def find_employers(text: str = "", state: EmployerState | None = None) -> sa.Select[Any]:
    """For staff: by part of the name, the city or the INN, and by state; by name."""
    select = sa.select(Employer).order_by(Employer.name, Employer.id)
    if text:
        select = select.where(
            Employer.name.icontains(text, autoescape=True)
            | Employer.city.icontains(text, autoescape=True)
            | Employer.inn.startswith(text, autoescape=True)
        )
    return select if state is None else select.where(Employer.state == state)


def counts_by_state() -> dict[EmployerState, int]:
    rows = db.session.execute(sa.select(Employer.state, sa.func.count()).group_by(Employer.state))
    return dict(rows.all())


def history(employer: Employer, limit: int = 50) -> list[AuditEntry]:
    """What was done to the employer, the latest first."""
    return list(
        db.session.scalars(
            sa.select(AuditEntry)
            .where(AuditEntry.subject_type == "employer", AuditEntry.subject_id == employer.id)
            .options(joinedload(AuditEntry.actor))
            .order_by(AuditEntry.id.desc())
            .limit(limit)
        )
    )
