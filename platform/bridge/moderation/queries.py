"""Selects of the queue."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from bridge.cases.models import Case, CaseKind, CaseState
from bridge.database import utc_now
from bridge.extensions import db

DECIDED = (CaseState.APPROVED, CaseState.RETURNED, CaseState.REJECTED)


def queue(kind: CaseKind | None, *, decided: bool = False) -> sa.Select[Any]:
    """What waits, the most overdue first; or what was decided, the latest first."""
    select = sa.select(Case).options(joinedload(Case.employer))
    if kind is not None:
        select = select.where(Case.kind == kind)
    if decided:
        return (
            select.where(Case.state.in_(DECIDED))
            .options(joinedload(Case.decided_by))
            .order_by(Case.decided_at.desc(), Case.id.desc())
        )
    return select.where(Case.state == CaseState.WAITING).order_by(Case.due_at, Case.id)


def next_case(kind: CaseKind | None) -> Case | None:
    """What to decide on first."""
    return db.session.scalars(queue(kind).limit(1)).first()


def waiting_counts() -> dict[CaseKind, int]:
    rows = db.session.execute(
        sa.select(Case.kind, sa.func.count())
        .where(Case.state == CaseState.WAITING)
        .group_by(Case.kind)
    )
    return dict(rows.all())


def decided_count(kind: CaseKind | None) -> int:
    select = sa.select(sa.func.count()).where(Case.state.in_(DECIDED))
    if kind is not None:
        select = select.where(Case.kind == kind)
    return db.session.scalar(select) or 0


def overdue_count() -> int:
    select = sa.select(sa.func.count()).where(
        Case.state == CaseState.WAITING, Case.due_at < utc_now()
    )
    return db.session.scalar(select) or 0


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
