"""Selects about cases that need no look at their subjects."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa

from bridge.accounts.models import User
from bridge.accounts.queries import is_active_staff
from bridge.cases.models import Case, CaseKind, CaseState
from bridge.database import utc_now
from bridge.extensions import db

DECIDED = (CaseState.APPROVED, CaseState.RETURNED, CaseState.REJECTED)


@dataclass(slots=True)
class Target:
    """Somebody who can be asked about an overdue case; `load`: how many they were asked about
    that still wait."""

    user: User
    load: int


def overdue_unescalated() -> list[Case]:
    """What waits beyond its deadline and nobody was asked about, the oldest first. Cases that a
    decision in bulk holds are as good as decided."""
    return list(
        db.session.scalars(
            sa.select(Case)
            .where(
                Case.state == CaseState.WAITING,
                Case.due_at < utc_now(),
                Case.escalated_at.is_(None),
                Case.batch_id.is_(None),
            )
            .order_by(Case.due_at, Case.id)
        )
    )


def escalation_targets() -> list[Target]:
    """Everybody who moderates."""
    loads = (
        sa.select(Case.escalated_to_id, sa.func.count().label("load"))
        .where(Case.state == CaseState.WAITING)
        .group_by(Case.escalated_to_id)
        .subquery()
    )
    rows = db.session.execute(
        sa.select(User, sa.func.coalesce(loads.c.load, 0))
        .outerjoin(loads, loads.c.escalated_to_id == User.id)
        .where(is_active_staff())
    )
    return [Target(user, load) for user, load in rows]


@dataclass(frozen=True, slots=True)
class DecisionTime:
    """What people decided, of one kind: how many cases, working minutes on average."""

    count: int
    minutes: float


def decision_times(days: int) -> dict[CaseKind, DecisionTime]:
    """Of the last `days` days. What the platform decided by itself, within the second, does not
    count."""
    rows = db.session.execute(
        sa.select(Case.kind, sa.func.count(), sa.func.avg(Case.working_minutes))
        .where(
            Case.state.in_(DECIDED),
            Case.automatic.is_(False),
            Case.working_minutes.is_not(None),
            Case.decided_at > utc_now() - timedelta(days=days),
        )
        .group_by(Case.kind)
    )
    return {kind: DecisionTime(count, float(minutes)) for kind, count, minutes in rows}
