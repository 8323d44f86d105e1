"""One decision on several cases, held for a moment in which it can be taken back.

Nothing happens to the cases and nobody is told before that moment is over. Then the job carries
the whole decision out in one transaction; whether it or the taking back comes first the state of
the batch decides, so a case is never half-decided, whatever is killed in between.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from flask import current_app
from flask_babel import lazy_gettext as _l

from bridge.accounts.models import Role, User
from bridge.cases.models import Batch, BatchState, Case, CaseKind, CaseState
from bridge.cases.reasons import REASONS
from bridge.cases.service import hold_case
from bridge.cases.settings import present_settings
from bridge.database import reading, utc_now
from bridge.errors import DomainError, StaleStateError, log_without_values
from bridge.extensions import db
from bridge.moderation.service import Verdict, decide, needs_another, reason_for
from bridge.transitions import transition

BULK_VERDICTS = (Verdict.APPROVE, Verdict.RETURN, Verdict.REJECT)


@dataclass(frozen=True, slots=True)
class Held:
    """What `hold` did: the batch (None where nothing could be held), and the cases that were left
    out with the reason."""

    batch: Batch | None
    number: int
    left_out: dict[int, object] = field(default_factory=dict)


def hold(
    case_ids: Collection[int],
    verdict: Verdict,
    *,
    actor: User,
    reason_code: str = "",
    note: str = "",
) -> Held:
    """Decide on the cases at once, taking effect a moment later. Those that need a look of their
    own, or that a colleague has, are left out."""
    if verdict not in BULK_VERDICTS:
        raise DomainError
    reason_code, note = reason_for(verdict, reason_code, note)
    batch = Batch(
        verdict=verdict.value,
        reason_code=reason_code,
        note=note,
        actor_id=actor.id,
        due_at=utc_now() + timedelta(seconds=present_settings().undo_seconds),
    )
    db.session.add(batch)
    db.session.flush()
    left_out: dict[int, object] = {}
    cases = db.session.scalars(sa.select(Case).where(Case.id.in_(case_ids)).order_by(Case.id)).all()
    for case in cases:
        obstacle = _obstacle(case, verdict, actor, reason_code)
        try:
            if obstacle is None:
                hold_case(case, batch, actor=actor)
        except StaleStateError:
            obstacle = _l("a colleague was faster or is working on it")
        if obstacle is not None:
            left_out[case.id] = obstacle
    number = len(cases) - len(left_out)
    if not number:
        db.session.delete(batch)
        db.session.flush()
        return Held(None, 0, left_out)
    return Held(batch, number, left_out)


def undo(batch: Batch, *, actor: User) -> None:
    """Take the decision back; StaleStateError where it has taken effect."""
    transition(batch, BatchState.UNDONE, allowed_from=(BatchState.HELD,), actor=actor)
    _let_go(batch)


def held_batches() -> list[Batch]:
    """What can still be taken back, the oldest first."""
    return list(
        db.session.scalars(
            sa.select(Batch).where(Batch.state == BatchState.HELD).order_by(Batch.id)
        )
    )


def carry_out_due() -> None:
    """The periodic job: every decision whose moment is over, each in its own transaction."""
    due = sa.select(Batch.id).where(Batch.state == BatchState.HELD, Batch.due_at <= utc_now())
    with reading() as session:
        ids = session.scalars(due.order_by(Batch.id)).all()
    for batch_id in ids:
        try:
            carry_out(db.session.get_one(Batch, batch_id))
            db.session.commit()
        except StaleStateError:
            db.session.rollback()  # taken back at the last moment, or done by another process
        except Exception as error:
            # One that fails must not keep the others; it stays held and is tried again.
            db.session.rollback()
            log_without_values(current_app, error)


def carry_out(batch: Batch) -> None:
    """Decide on every case of the batch. A case that has changed meanwhile goes back to the queue
    as it is; all of them do where who decided may no longer."""
    actor = batch.actor
    if actor is None or not actor.is_active or actor.role not in (Role.STAFF, Role.ADMIN):
        transition(batch, BatchState.UNDONE, allowed_from=(BatchState.HELD,), actor=None)
        _let_go(batch)
        return
    transition(batch, BatchState.DONE, allowed_from=(BatchState.HELD,), actor=actor)
    waiting = sa.select(Case).where(Case.batch_id == batch.id, Case.state == CaseState.WAITING)
    for case in db.session.scalars(waiting.order_by(Case.id)).all():
        try:
            with db.session.begin_nested():
                decide(
                    case,
                    Verdict(batch.verdict),
                    actor=actor,
                    reason_code=batch.reason_code,
                    note=batch.note,
                    batch=batch,
                )
        except DomainError:
            db.session.refresh(case)
    _let_go(batch)


def _let_go(batch: Batch) -> None:
    """Nothing that waits belongs to the batch any more."""
    db.session.flush()
    db.session.execute(
        sa.update(Case)
        .where(Case.batch_id == batch.id, Case.state == CaseState.WAITING)
        .values(batch_id=None, version=Case.version + 1)
        .execution_options(synchronize_session=False)
    )
    db.session.expire_all()


def _obstacle(case: Case, verdict: Verdict, actor: User, reason_code: str) -> Any:
    """Why this case cannot be part of such a decision."""
    if case.kind is CaseKind.REPORT:
        return _l("a report is judged by itself")
    if verdict is Verdict.APPROVE:
        if case.flag_count or case.spot_check:
            return _l("flagged: look at it by itself")
        if case.kind is CaseKind.SKILL:
            return _l("a skill needs its names in both languages")
        if needs_another(case, actor):
            return _l("you have approved it already, the second must be another")
    elif reason_code not in REASONS[case.kind]:
        return _l("the reason does not suit it")
    if verdict is Verdict.RETURN and case.kind is CaseKind.SKILL:
        return _l("a skill is not returned")
    return None
