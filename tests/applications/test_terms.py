"""When the employer is reminded, and what an answer that never came leaves in the figures."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from bridge.applications import service, terms
from bridge.applications.figures import AnswerFigures, answer_figures
from bridge.applications.labels import RefusalReason
from bridge.applications.models import Application, ApplicationState
from bridge.audit import AuditEntry
from bridge.database import as_of, utc_now
from bridge.extensions import alembic, db
from bridge.vacancies.service import close
from tests.applications.test_applications import DAY, applied, letters, state_of
from tests.contacts.scene import Scene, make_scene
from tests.factories import make_student

# Ten o'clock at the university.
MONDAY = datetime(2026, 9, 14, 7, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def scene(app: Flask) -> Scene:
    return make_scene()


def another(scene: Scene) -> Application:
    return applied(scene, make_student(skills=("python",)))


def reminders_at(moment: datetime) -> int:
    with as_of(moment):
        terms.keep_terms()
    return sum("awaits your answer" in subject for _, subject in letters())


def test_the_reminder_comes_a_working_day_before_the_term(scene: Scene) -> None:
    application = applied(scene)
    application.created_at, application.due_at = MONDAY - 7 * DAY, MONDAY
    later = another(scene)
    later.created_at, later.due_at = MONDAY - 7 * DAY, MONDAY + 2 * DAY
    db.session.commit()
    letters()
    friday = MONDAY - 3 * DAY
    assert reminders_at(friday - MINUTE) == 0
    assert reminders_at(friday) == 1
    assert reminders_at(MONDAY - DAY) == 0
    for one in (application, later):
        db.session.refresh(one)
    assert (application.reminded_at, later.reminded_at) == (friday, None)


def test_a_term_of_one_working_day_brings_no_reminder(scene: Scene) -> None:
    on_friday, on_saturday, before = applied(scene), another(scene), another(scene)
    for application, created, due in (
        (on_friday, MONDAY - 3 * DAY, MONDAY),
        # Comes as work begins on Monday.
        (on_saturday, MONDAY - 2 * DAY, MONDAY + DAY - timedelta(hours=1)),
        # Two working days.
        (before, MONDAY - 4 * DAY, MONDAY),
    ):
        application.created_at, application.due_at = created, due
    db.session.commit()
    letters()
    assert reminders_at(MONDAY - 3 * DAY + MINUTE) == 1
    assert reminders_at(MONDAY) == 0
    reminded = sa.select(Application.id).where(Application.reminded_at.is_not(None))
    assert db.session.scalars(reminded).all() == [before.id]


def test_what_ended_overdue_stays_unanswered_in_the_figures(scene: Scene) -> None:
    made = [applied(scene), *(another(scene) for _ in range(6))]
    hr = scene.member.user
    for application in made[:2]:
        service.decline(application, actor=hr, reason_code=RefusalReason.LATER)
    for application in made[2:5]:
        application.due_at = utc_now() - DAY
    db.session.commit()
    ids = [scene.employer.id]
    assert answer_figures(ids) == {scene.employer.id: AnswerFigures(rate=40, median_days=1)}
    # Two took theirs back, one of them before the term; closing the vacancy ends the others.
    for application in made[4:6]:
        service.withdraw(application, actor=application.profile.user)
    close(scene.vacancy, actor=hr)
    db.session.commit()
    assert [state_of(application) for application in made] == [
        *[ApplicationState.DECLINED] * 2,
        *[ApplicationState.ENDED] * 2,
        *[ApplicationState.WITHDRAWN] * 2,
        ApplicationState.ENDED,
    ]
    assert answer_figures(ids) == {scene.employer.id: AnswerFigures(rate=40, median_days=1)}
    # What ended in time does not become overdue.
    with as_of(utc_now() + 60 * DAY):
        assert answer_figures(ids) == {scene.employer.id: AnswerFigures(rate=40, median_days=1)}


def test_what_ended_before_the_column_was_there_has_its_moment_of_the_audit_log(
    scene: Scene,
) -> None:
    waiting, declined, withdrawn, ended = applied(make_scene()), *(another(scene) for _ in range(3))
    service.decline(declined, actor=scene.member.user, reason_code=RefusalReason.LATER)
    service.withdraw(withdrawn, actor=withdrawn.profile.user)
    close(scene.vacancy, actor=scene.member.user)
    db.session.commit()
    of_audit = {
        entry.subject_id: entry.at
        for entry in db.session.scalars(
            sa.select(AuditEntry).where(
                AuditEntry.subject_type == "application",
                AuditEntry.action.in_(("application.withdrawn", "application.ended")),
            )
        )
    }
    numbers = [application.id for application in (waiting, declined, withdrawn, ended)]
    assert sorted(of_audit) == sorted(numbers[2:])
    db.session.rollback()
    db.session.close()
    alembic.downgrade("0024")
    alembic.upgrade()
    rows = db.session.execute(sa.select(Application.id, Application.ended_at))
    assert dict(rows.all()) == {number: of_audit.get(number) for number in numbers}
