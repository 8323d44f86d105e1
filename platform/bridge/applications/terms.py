"""Answers that are due: reminders, and the pause of vacancies whose applicants wait too long."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from bridge.applications import notices, pausing
from bridge.applications.models import Application, ApplicationState
from bridge.cases.service import after_working_days
from bridge.database import utc_now
from bridge.extensions import db
from bridge.vacancies.models import Vacancy, VacancyState

EVERY = timedelta(minutes=10)
# The reminder comes so many working days before the answer is due.
REMINDER_DAYS = 1


def keep_terms() -> None:
    """Remind of what is due soon, pause where too much is overdue. Commits act by act; a second
    run reminds nobody twice."""
    now = utc_now()
    soon = sa.select(Application).where(
        Application.state == ApplicationState.SENT,
        Application.reminded_at.is_(None),
        Application.due_at <= after_working_days(now, REMINDER_DAYS),
    )
    for application_id in _ids(soon.with_only_columns(Application.id)):
        application = db.session.scalar(
            soon.where(Application.id == application_id).with_for_update(of=Application),
            execution_options={"populate_existing": True},
        )
        if application is not None and _is_long(application):
            application.reminded_at = now
            notices.to_employer(application, "reminder")
        db.session.commit()
    overdue = sa.select(Application.vacancy_id).where(
        Application.state == ApplicationState.SENT, Application.due_at <= now
    )
    running = sa.select(Vacancy.id).where(
        Vacancy.id.in_(overdue),
        Vacancy.paused_at.is_(None),
        Vacancy.state == VacancyState.PUBLISHED,
    )
    for vacancy_id in _ids(running):
        pausing.pause_if_unanswered(db.session.get_one(Vacancy, vacancy_id))
        db.session.commit()


def _is_long(application: Application) -> bool:
    """Its term is longer than that before which a reminder comes: the application's own letter has
    been there for a while."""
    return application.due_at > after_working_days(application.created_at, REMINDER_DAYS)


def _ids(select: sa.Select[Any]) -> list[int]:
    found = list(db.session.scalars(select.order_by(sa.literal_column("1"))))
    db.session.commit()
    return found
