"""The job that reminds both sides the day before."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from bridge.database import utc_now
from bridge.extensions import db
from bridge.interviews import letters
from bridge.interviews.models import Interview, InterviewState, Slot

AHEAD = timedelta(hours=24)


def send_reminders() -> int:
    """Remind of what begins within a day, once each; say of how many. Commits each by itself, so
    that a process that dies half way loses and repeats nothing. What was agreed on less than a
    day ahead is not reminded of: its letter has just come."""
    now = utc_now()
    due = (
        sa.select(Interview.id, Slot.starts_at, Interview.booked_at)
        .join(Slot, Slot.id == Interview.slot_id)
        .where(
            Interview.state == InterviewState.BOOKED,
            Interview.reminded_at.is_(None),
            Slot.starts_at > now,
            Slot.starts_at <= now + AHEAD,
        )
        .order_by(Interview.id)
    )
    reminded = 0
    rows = db.session.execute(due).all()
    db.session.commit()
    for interview_id, starts_at, booked_at in rows:
        if booked_at <= starts_at - AHEAD:
            reminded += _remind(interview_id)
    return reminded


def _remind(interview_id: int) -> int:
    first = db.session.execute(
        sa.update(Interview)
        .where(
            Interview.id == interview_id,
            Interview.reminded_at.is_(None),
            Interview.state == InterviewState.BOOKED,
        )
        .values(reminded_at=utc_now())
        .execution_options(synchronize_session=False)
    )
    if first.rowcount == 1:  # type: ignore[attr-defined]
        interview = db.session.get_one(Interview, interview_id, populate_existing=True)
        letters.reminder(interview)
    db.session.commit()
    return int(first.rowcount)  # type: ignore[attr-defined]
