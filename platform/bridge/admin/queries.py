"""Selects for the administrator: accounts and the audit log."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from bridge.accounts.models import Role, User
from bridge.admin.acts import acts_saying
from bridge.audit import AuditEntry
from bridge.extensions import db


def find_accounts(text: str = "", role: Role | None = None) -> sa.Select[Any]:
    """By part of the name or the address, and by role; the newest first."""
    select = sa.select(User).where(User.erased_at.is_(None)).order_by(User.id.desc())
    if text:
        select = select.where(
            User.name.icontains(text, autoescape=True) | User.email.icontains(text, autoescape=True)
        )
    return select if role is None else select.where(User.role == role)


def counts_by_role() -> dict[Role, int]:
    present = sa.select(User.role, sa.func.count()).where(User.erased_at.is_(None))
    rows = db.session.execute(present.group_by(User.role))
    return dict(rows.all())


def history(user: User, limit: int = 50) -> list[AuditEntry]:
    """What was done to the account, the latest first."""
    return list(
        db.session.scalars(
            sa.select(AuditEntry)
            .where(AuditEntry.subject_type == "user", AuditEntry.subject_id == user.id)
            .options(joinedload(AuditEntry.actor))
            .order_by(AuditEntry.id.desc())
            .limit(limit)
        )
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditFilter:
    """What part of the log is wanted; the days are whole ones of the university's time zone."""

    action: str = ""
    actor: str = ""
    subject_type: str = ""
    subject_id: int | None = None
    text: str = ""
    since: date | None = None
    until: date | None = None


def find_entries(wanted: AuditFilter, zone: ZoneInfo) -> sa.Select[Any]:
    """The latest first, with the actors."""
    select = (
        sa.select(AuditEntry)
        .options(joinedload(AuditEntry.actor))
        .order_by(AuditEntry.at.desc(), AuditEntry.id.desc())
    )
    if wanted.action:
        select = select.where(AuditEntry.action == wanted.action)
    if wanted.actor:
        select = select.where(
            AuditEntry.actor.has(
                User.email.icontains(wanted.actor, autoescape=True)
                | User.name.icontains(wanted.actor, autoescape=True)
            )
        )
    if wanted.subject_type:
        select = select.where(AuditEntry.subject_type == wanted.subject_type)
    if wanted.subject_id is not None:
        select = select.where(AuditEntry.subject_id == wanted.subject_id)
    for word in wanted.text.split():
        select = select.where(
            sa.cast(AuditEntry.details, sa.Text).icontains(word, autoescape=True)
            | AuditEntry.action.icontains(word, autoescape=True)
            | AuditEntry.action.in_(list(acts_saying(word)))
            | AuditEntry.subject_type.icontains(word, autoescape=True)
        )
    if wanted.since:
        select = select.where(AuditEntry.at >= _midnight(wanted.since, zone))
    if wanted.until:
        select = select.where(AuditEntry.at < _midnight(wanted.until + timedelta(days=1), zone))
    return select


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone)


def known_actions() -> list[str]:
    return list(
        db.session.scalars(sa.select(AuditEntry.action).distinct().order_by(AuditEntry.action))
    )


def known_subject_types() -> list[str]:
    column = AuditEntry.subject_type
    return list(db.session.scalars(sa.select(column).distinct().order_by(column)))
