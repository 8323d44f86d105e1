"""A vacancy whose applicants wait too long takes no new ones until they are answered."""

from __future__ import annotations

import sqlalchemy as sa

from bridge import audit
from bridge.applications import notices
from bridge.applications.queries import overdue_of
from bridge.database import utc_now
from bridge.extensions import db
from bridge.limits.service import UNANSWERED_MOST, limit
from bridge.vacancies.models import Vacancy


def pause_if_unanswered(vacancy: Vacancy) -> bool:
    """Pause the vacancy where too many answers are overdue; whether it was done now."""
    overdue = overdue_of(vacancy.id)
    if overdue < limit(UNANSWERED_MOST) or not _switch(vacancy, pause=True):
        return False
    audit.record("vacancy.paused", vacancy, actor=None, unanswered=overdue)
    notices.of_pause(vacancy)
    return True


def resume_if_answered(vacancy: Vacancy) -> bool:
    """Let a paused vacancy go on as soon as fewer answers are overdue."""
    if vacancy.paused_at is None or overdue_of(vacancy.id) >= limit(UNANSWERED_MOST):
        return False
    if not _switch(vacancy, pause=False):
        return False
    audit.record("vacancy.resumed", vacancy, actor=None)
    notices.no_longer_paused(vacancy)
    return True


def _switch(vacancy: Vacancy, *, pause: bool) -> bool:
    """A conditional UPDATE: of two who try at once one does it."""
    is_running = Vacancy.paused_at.is_(None)
    switched = db.session.execute(
        sa.update(Vacancy)
        .where(Vacancy.id == vacancy.id, is_running if pause else ~is_running)
        .values(paused_at=utc_now() if pause else None, version=Vacancy.version + 1)
        .execution_options(synchronize_session=False)
    )
    db.session.refresh(vacancy, attribute_names=["paused_at", "version"])
    return bool(switched.rowcount)  # type: ignore[attr-defined]
