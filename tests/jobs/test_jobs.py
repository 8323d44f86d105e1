"""Jobs run when they are due, in one process at a time, and one that fails comes again."""

from __future__ import annotations

import multiprocessing
import os
import signal
import time as clock
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from flask import Flask

from bridge import create_app
from bridge.config import Config
from bridge.database import as_of, utc_now
from bridge.extensions import db
from bridge.jobs import Job, register
from bridge.jobs.models import JobRun
from bridge.jobs.registry import jobs_of
from bridge.jobs.service import run_due, run_now
from tests.conftest import make_config

MOSCOW = ZoneInfo("Europe/Moscow")
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def only_our_jobs(app: Flask) -> None:
    """The features' own jobs are tested with their features."""
    jobs_of(app).clear()


def row(name: str) -> JobRun:
    with db.sessionmaker() as session:
        return session.scalars(sa.select(JobRun).where(JobRun.name == name)).one()


def test_a_job_runs_at_once_and_then_when_it_is_due(app: Flask) -> None:
    runs: list[datetime] = []
    register(app, "count", every=HOUR, run=lambda: runs.append(utc_now()))
    register(app, "rare", every=24 * HOUR, run=lambda: None)
    start = datetime(2026, 3, 2, 9, tzinfo=UTC)
    with as_of(start):
        assert run_due() == ["count", "rare"]
        assert run_due() == []
    with as_of(start + HOUR - timedelta(seconds=1)):
        assert run_due() == []
    with as_of(start + HOUR):
        assert run_due() == ["count"]
    assert runs == [start, start + HOUR]
    assert (row("count").started_at, row("count").error) == (start + HOUR, "")
    assert row("count").next_run_at == start + 2 * HOUR


def test_a_job_that_fails_is_noted_by_its_kind_and_comes_again_soon(app: Flask) -> None:
    def fail() -> None:
        raise ValueError("Иван Петров, +7 900 000-00-00")

    runs: list[str] = []
    register(app, "broken", every=24 * HOUR, run=fail)
    register(app, "whole", every=24 * HOUR, run=lambda: runs.append("whole"))
    start = utc_now()
    with as_of(start):
        assert run_due() == ["whole"]
    failed = row("broken")
    assert (failed.error, failed.claimed_until) == ("ValueError", None)
    assert failed.next_run_at == start + timedelta(minutes=5)
    with as_of(start + timedelta(minutes=5)):
        assert run_due() == []
    assert runs == ["whole"]


def test_what_a_failed_job_wrote_is_not_committed(app: Flask) -> None:
    def half() -> None:
        db.session.add(JobRun(name="half-done", next_run_at=utc_now()))
        db.session.flush()
        raise RuntimeError

    register(app, "half", every=HOUR, run=half)
    assert run_due() == []
    with db.sessionmaker() as session:
        assert session.scalars(sa.select(JobRun.name)).all() == ["half"]


def test_a_running_job_is_left_alone_until_its_lease_ends(app: Flask) -> None:
    inside: list[list[str]] = []
    register(app, "long", every=HOUR, run=lambda: inside.append(run_due()))
    start = utc_now()
    with as_of(start):
        assert run_due() == ["long"]
        assert inside == [[]]
        with db.sessionmaker() as session, session.begin():
            session.execute(sa.update(JobRun).values(claimed_until=start + HOUR, next_run_at=start))
        assert run_due() == []
        assert not run_now("long")
    with as_of(start + HOUR + timedelta(seconds=1)):
        assert run_due() == ["long"]


@pytest.mark.parametrize(
    ("started", "expected"),
    [
        ("2026-03-02T02:59+03:00", "2026-03-02T03:00+03:00"),
        ("2026-03-02T03:00+03:00", "2026-03-03T03:00+03:00"),
        ("2026-03-02T23:30+03:00", "2026-03-03T03:00+03:00"),
    ],
)
def test_a_job_of_whole_days_starts_at_its_hour_where_the_university_is(
    started: str, expected: str
) -> None:
    job = Job("nightly", timedelta(days=1), lambda: None, at=time(3))
    moment = datetime.fromisoformat(started).astimezone(UTC)
    assert job.next_after(moment, MOSCOW) == datetime.fromisoformat(expected)


def test_a_day_with_an_hour_more_still_ends_at_the_same_hour() -> None:
    job = Job("nightly", timedelta(days=1), lambda: None, at=time(3))
    zone = ZoneInfo("Europe/Berlin")
    before = datetime(2026, 10, 24, 3, 0, 5, tzinfo=zone)
    following = job.next_after(before, zone).astimezone(zone)
    assert following == datetime(2026, 10, 25, 3, tzinfo=zone)


def test_two_jobs_cannot_share_a_name(app: Flask) -> None:
    register(app, "one", every=HOUR, run=lambda: None)
    with pytest.raises(ValueError, match="'one'"):
        register(app, "one", every=HOUR, run=lambda: None)


def _run_in_a_process(config: Config, folder: Path, seconds: float) -> None:
    app = create_app(config)
    jobs_of(app).clear()

    def work() -> None:
        (folder / f"started-{os.getpid()}").touch()
        clock.sleep(seconds)
        (folder / f"finished-{os.getpid()}").touch()

    register(app, "shared", every=HOUR, run=work, lease=HOUR)
    with app.app_context():
        run_due()


def test_of_several_processes_one_runs_a_job_and_another_takes_over_from_a_killed_one(
    app: Flask, config: Config, tmp_path: Path
) -> None:
    folder = tmp_path / "marks"
    folder.mkdir()
    spawn = multiprocessing.get_context("spawn")
    arguments = (make_config(config.data_dir, DATABASE_URL=_url(config)), folder)
    first = spawn.Process(target=_run_in_a_process, args=(*arguments, 60.0))
    first.start()
    _wait_for(folder, "started-*")
    others = [spawn.Process(target=_run_in_a_process, args=(*arguments, 0.0)) for _ in range(2)]
    for other in others:
        other.start()
    assert first.pid is not None
    os.kill(first.pid, signal.SIGKILL)
    for process in (first, *others):
        process.join()
    claimed = row("shared").claimed_until
    assert claimed is not None
    with as_of(claimed + timedelta(seconds=1)):
        register(app, "shared", every=HOUR, run=lambda: (folder / "finished-here").touch())
        assert run_due() == ["shared"]
    assert [path.name for path in folder.glob("started-*")] == [f"started-{first.pid}"]
    assert [path.name for path in folder.glob("finished-*")] == ["finished-here"]


def _url(config: Config) -> str:
    return config.database_url.set(
        drivername=config.database_url.get_backend_name()
    ).render_as_string(hide_password=False)


def _wait_for(folder: Path, pattern: str) -> None:
    for _attempt in range(2400):
        if list(folder.glob(pattern)):
            return
        clock.sleep(0.05)
    pytest.fail(f"no {pattern} came")


def test_the_command_runs_what_is_named_and_knows_its_jobs(app: Flask) -> None:
    runs: list[str] = []
    register(app, "count", every=HOUR, run=lambda: runs.append("count"))
    runner = app.test_cli_runner()
    assert runner.invoke(args=["run-jobs"]).output == "Ran: count.\n"
    assert runner.invoke(args=["run-jobs"]).output == "Ran: nothing.\n"
    assert runner.invoke(args=["run-jobs", "count"]).output == "Ran: count.\n"
    wrong = runner.invoke(args=["run-jobs", "missing"])
    assert wrong.exit_code == 1
    assert "There is no job missing. Jobs: count." in wrong.output
    assert runs == ["count", "count"]
