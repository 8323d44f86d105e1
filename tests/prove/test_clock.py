"""The clock of the machine jumps, is put right, and everything goes on from the right time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from bridge.accounts.models import LoginSession, Role
from bridge.database import as_of, utc_now
from bridge.extensions import db
from bridge.jobs import register
from bridge.jobs.models import JobRun
from bridge.jobs.registry import jobs_of
from bridge.jobs.service import run_due
from bridge.mail.sender import claim
from tests.client import sign_in
from tests.conftest import Figure
from tests.factories import make_letter, make_user

JUMP = timedelta(days=4 * 365)


@pytest.fixture
def runs(app: Flask) -> Callable[[], int]:
    """How often two jobs ran, the one every hour, the other every day."""
    jobs_of(app).clear()
    counted: list[datetime] = []
    register(app, "hourly", every=timedelta(hours=1), run=lambda: counted.append(utc_now()))
    register(app, "daily", every=timedelta(days=1), run=lambda: counted.append(utc_now()))
    return lambda: len(counted)


def test_jobs_that_ran_in_the_future_run_today(
    app: Flask, runs: Callable[[], int], figure: Figure
) -> None:
    start = utc_now()
    with as_of(start + JUMP):
        assert run_due() == ["hourly", "daily"]
    with as_of(start):
        today = run_due()
        figure(jobs_that_waited_for_a_wrong_future=2 - len(today))
        assert today == ["hourly", "daily"]
        assert run_due() == []
    with as_of(start + timedelta(hours=1)):
        assert run_due() == ["hourly"]
    assert runs() == 5


def test_a_lease_from_the_future_does_not_hold_a_job(app: Flask, runs: Callable[[], int]) -> None:
    start = utc_now()
    with as_of(start):
        run_due()
    with db.sessionmaker() as session, session.begin():
        session.execute(sa.update(JobRun).values(claimed_until=start + JUMP, next_run_at=start))
    with as_of(start):
        assert run_due() == ["hourly", "daily"]


def test_a_clock_that_was_slow_makes_no_job_run_twice(app: Flask, runs: Callable[[], int]) -> None:
    start = utc_now()
    with as_of(start):
        run_due()
    # An hour back, as where somebody mends the time zone.
    with as_of(start - timedelta(hours=1)):
        assert run_due() == []
    with as_of(start + timedelta(hours=1)):
        assert run_due() == ["hourly"]


def test_letters_from_the_future_leave_today(app: Flask) -> None:
    start = utc_now()
    with as_of(start + JUMP):
        make_letter(1)
        make_letter(2, claimed_until=utc_now() + timedelta(minutes=5))
    # Put off in the usual way: a day at most.
    make_letter(3, next_attempt_at=start + timedelta(hours=24))
    db.session.commit()
    with as_of(start):
        taken = [mail.message_id for mail in iter(claim, None)]
    assert taken == ["<1@localhost>", "<2@localhost>"]


def test_a_session_of_the_future_is_worth_nothing(app: Flask) -> None:
    """Else it would outlive its term by as much as the clock was wrong."""
    user = make_user(Role.STAFF)
    client = app.test_client()
    with as_of(utc_now() + JUMP):
        sign_in(client, user)
    assert db.session.scalar(sa.select(LoginSession.created_at)) > utc_now()
    db.session.rollback()
    assert client.get("/staff/moderation").status_code == 303


def test_deadlines_count_from_the_right_time(app: Flask) -> None:
    """A session that began before the clock went wrong is good when it is right again."""
    user = make_user(Role.STAFF)
    client = app.test_client()
    sign_in(client, user)
    with as_of(utc_now() + JUMP):
        assert client.get("/").status_code == 200
    db.session.rollback()
    assert client.get("/").status_code == 302
