"""How reliably an employer answers applications, for everybody to read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from statistics import median

import sqlalchemy as sa
from flask import Flask
from flask_login import current_user

from bridge.applications.models import Application, ApplicationState
from bridge.applications.queries import latest_of
from bridge.database import utc_now
from bridge.extensions import db
from bridge.vacancies.models import Vacancy

# Fewer would say little of the employer, and something of single students.
LEAST = 5
PERIOD = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class AnswerFigures:
    """rate: per cent of the applications that were answered, of those answered or overdue, now or
    when they ended without an answer; median_days: from the application to the answer, whole days,
    at least 1."""

    rate: int
    median_days: int | None


def answer_figures(employer_ids: Collection[int]) -> dict[int, AnswerFigures]:
    """The figures of the last year, by the employer's number; too few applications give none.
    One query whatever the number of employers."""
    if not employer_ids:
        return {}
    now = utc_now()
    overdue = sa.or_(
        sa.and_(Application.state == ApplicationState.SENT, Application.due_at <= now),
        Application.due_at <= Application.ended_at,
    )
    rows = db.session.execute(
        sa.select(Application.employer_id, Application.created_at, Application.answered_at).where(
            Application.employer_id.in_(employer_ids),
            Application.created_at > now - PERIOD,
            Application.answered_at.is_not(None) | overdue,
        )
    )
    spans: dict[int, list[timedelta | None]] = defaultdict(list)
    for employer_id, created_at, answered_at in rows:
        spans[employer_id].append(None if answered_at is None else answered_at - created_at)
    return {
        employer_id: _figures(found) for employer_id, found in spans.items() if len(found) >= LEAST
    }


def _figures(spans: list[timedelta | None]) -> AnswerFigures:
    answered = [span for span in spans if span is not None]
    days = median(span / timedelta(days=1) for span in answered) if answered else None
    return AnswerFigures(
        round(100 * len(answered) / len(spans)), None if days is None else max(1, round(days))
    )


def application_of_reader(vacancy: Vacancy) -> Application | None:
    """The last one of the student who reads the page of a vacancy."""
    profile = current_user.profile if current_user.is_authenticated else None
    return None if profile is None else latest_of(profile, vacancy)


def init_app(app: Flask) -> None:
    # Pages of vacancies show them and know nothing of applications.
    app.jinja_env.globals["answer_figures"] = answer_figures
    app.jinja_env.globals["application_of_reader"] = application_of_reader
