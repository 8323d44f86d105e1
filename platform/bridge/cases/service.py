"""The verbs of a case: open, claim, release, approve first, decide, drop, escalate."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from bridge import events
from bridge.accounts.models import Role, User
from bridge.cases.calendar import working_calendar
from bridge.cases.models import Batch, Case, CaseKind, CaseState
from bridge.cases.notices import ESCALATED
from bridge.cases.queries import escalation_targets, overdue_unescalated
from bridge.cases.settings import present_settings
from bridge.database import utc_now
from bridge.errors import NotAllowedError, StaleStateError
from bridge.extensions import db
from bridge.notices.service import notify
from bridge.transitions import transition

# Working days that staff have for a decision.
TERM_WORKING_DAYS = {
    CaseKind.EMPLOYER: 2,
    CaseKind.VACANCY: 2,
    CaseKind.CONTACT: 1,
    CaseKind.SKILL: 5,
    CaseKind.REPORT: 1,
}


class ClaimedError(StaleStateError):
    message = _l("A colleague is working on this case or has just decided it.")


def after_working_days(start: datetime, days: int) -> datetime:
    """`start` plus so many working days of the university; see `WorkingCalendar`."""
    return working_calendar().after_working_days(start, days)


def open_case(
    kind: CaseKind, subject_id: int, *, title: str, employer_id: int | None = None
) -> Case:
    """Put a subject into the moderation queue. The database allows one waiting case a subject.
    Whoever listens may decide it at once."""
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
    events.case_opened.send(case, actor=None)
    return case


def claim(case: Case, *, actor: User) -> None:
    """Keep the case for `actor` for a while; ClaimedError where a colleague has it."""
    until = utc_now() + timedelta(minutes=present_settings().claim_minutes)
    _stay(case, "claimed", actor, {"claimed_by_id": actor.id, "claimed_until": until})


def release(case: Case, *, actor: User) -> None:
    """Give it back before the time is over; an administrator may do so for somebody else."""
    if case.claimed_by_id != actor.id and actor.role is not Role.ADMIN:
        raise NotAllowedError
    transition(
        case,
        CaseState.WAITING,
        allowed_from=(CaseState.WAITING,),
        actor=actor,
        values={"claimed_by_id": None, "claimed_until": None},
        only_if=(Case.claimed_by_id == case.claimed_by_id,),
        action="released",
    )


def approve_first(case: Case, *, actor: User, batch: Batch | None = None) -> None:
    """The first of the two approvals that the case needs; it goes on waiting for the other."""
    values = {"first_by_id": actor.id, "first_at": utc_now(), "batch_id": None}
    unclaimed = {"claimed_by_id": None, "claimed_until": None}
    _stay(
        case,
        "approved-first",
        actor,
        values | unclaimed,
        Case.first_by_id.is_(None),
        _part_of(batch),
    )


def hold_case(case: Case, batch: Batch, *, actor: User) -> None:
    """Make the case part of a decision on several; ClaimedError where a colleague has it."""
    _stay(case, "held", actor, {"batch_id": batch.id}, Case.batch_id.is_(None))


def decide_case(
    case: Case,
    verdict: CaseState,
    *,
    actor: User | None,
    reason_code: str = "",
    note: str = "",
    batch: Batch | None = None,
    only_if: tuple[sa.ColumnElement[bool], ...] = (),
) -> None:
    """Close a waiting case with a verdict; StaleStateError where somebody already has, or where a
    colleague has claimed it. Without an actor the platform decides by its rules. `batch`: the
    decision on several cases that this is a part of."""
    now = utc_now()
    worked = working_calendar().working_time(case.opened_at, now)
    details: dict[str, Any] = {"automatic": True} if actor is None else {}
    transition(
        case,
        verdict,
        allowed_from=(CaseState.WAITING,),
        actor=actor,
        values={
            "decided_at": now,
            "decided_by_id": None if actor is None else actor.id,
            "automatic": actor is None,
            "working_minutes": round(worked.total_seconds() / 60),
            "reason_code": reason_code,
            "note": note,
        },
        only_if=(_part_of(batch), *only_if, *(() if actor is None else (_free_for(actor),))),
        reason=reason_code,
        **details,
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


def escalate_overdue() -> int:
    """Ask a second person about every case that is overdue, once, by one notice to each of them;
    say how many cases. A case stays where there is nobody to ask but those who know of it."""
    asked: dict[User, list[Case]] = defaultdict(list)
    targets = escalation_targets()
    for case in overdue_unescalated():
        known = {case.claimed_by_id, case.first_by_id}
        free = [target for target in targets if target.user.id not in known]
        if not free:
            continue
        # Staff before administrators, then whoever has least of it.
        target = min(free, key=lambda one: (one.user.role is Role.ADMIN, one.load, one.user.id))
        try:
            transition(
                case,
                CaseState.WAITING,
                allowed_from=(CaseState.WAITING,),
                actor=None,
                values={"escalated_to_id": target.user.id, "escalated_at": utc_now()},
                only_if=(Case.escalated_at.is_(None),),
                action="escalated",
                recipient=target.user.id,
            )
        except StaleStateError:
            continue
        target.load += 1
        asked[target.user].append(case)
    for user, cases in asked.items():
        notify(user, ESCALATED, cases[0], number=len(cases))
    return sum(len(cases) for cases in asked.values())


def run_escalation() -> None:
    """The periodic job."""
    escalate_overdue()
    db.session.commit()


def _stay(
    case: Case,
    action: str,
    actor: User,
    values: dict[str, Any],
    *only_if: sa.ColumnElement[bool],
) -> None:
    """A step of a case that goes on waiting; ClaimedError where a colleague has claimed it."""
    try:
        transition(
            case,
            CaseState.WAITING,
            allowed_from=(CaseState.WAITING,),
            actor=actor,
            values=values,
            only_if=(_free_for(actor), *only_if),
            action=action,
        )
    except StaleStateError as error:
        raise ClaimedError from error


def _part_of(batch: Batch | None) -> sa.ColumnElement[bool]:
    """Nobody decides alone what a decision in bulk holds."""
    return Case.batch_id.is_(None) if batch is None else Case.batch_id == batch.id


def _free_for(actor: User) -> sa.ColumnElement[bool]:
    """Nobody else has claimed the case, or not any more."""
    return sa.or_(
        Case.claimed_by_id.is_(None),
        Case.claimed_by_id == actor.id,
        Case.claimed_until <= utc_now(),
    )
