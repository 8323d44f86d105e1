"""The verbs of a case: open, decide, drop."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa

from bridge.accounts.models import User
from bridge.cases.models import Case, CaseKind, CaseState
from bridge.database import utc_now
from bridge.extensions import db
from bridge.transitions import transition

# Working days that staff have for a decision.
TERM_WORKING_DAYS = {
    CaseKind.EMPLOYER: 2,
    CaseKind.VACANCY: 2,
    CaseKind.CONTACT: 1,
    CaseKind.SKILL: 5,
}


def after_working_days(start: datetime, days: int) -> datetime:
    """`start` plus so many days that are neither Saturday nor Sunday."""
    moment = start
    while days:
        moment += timedelta(days=1)
        days -= moment.weekday() < 5
    return moment


def open_case(
    kind: CaseKind, subject_id: int, *, title: str, employer_id: int | None = None
) -> Case:
    """Put a subject into the moderation queue. The database allows one waiting case a subject."""
    now = utc_now()
    case = Case(
        kind=kind,
        subject_id=subject_id,
        employer_id=employer_id,
        title=title[:200],
        opened_at=now,
        due_at=after_working_days(now, TERM_WORKING_DAYS[kind]),
    )
    db.session.add(case)
    db.session.flush()
    return case


def decide_case(
    case: Case, verdict: CaseState, *, actor: User, reason_code: str = "", note: str = ""
) -> None:
    """Close a waiting case with a verdict; StaleStateError where somebody already has."""
    transition(
        case,
        verdict,
        allowed_from=(CaseState.WAITING,),
        actor=actor,
        values={
            "decided_at": utc_now(),
            "decided_by_id": actor.id,
            "reason_code": reason_code,
            "note": note,
        },
        reason=reason_code,
    )


def drop_case(kind: CaseKind, subject_id: int, *, actor: User | None) -> None:
    """Take a subject's waiting case, if there is one, out of the queue: it was withdrawn."""
    case = db.session.scalar(
        sa.select(Case).where(
            Case.kind == kind, Case.subject_id == subject_id, Case.state == CaseState.WAITING
        )
    )
    if case is not None:
        transition(
            case,
            CaseState.DROPPED,
            allowed_from=(CaseState.WAITING,),
            actor=actor,
            values={"decided_at": utc_now()},
        )
