"""Running the jobs that are due, each in one process at a time."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from flask import Flask, current_app
from sqlalchemy.exc import IntegrityError

from bridge.background import Repeater
from bridge.database import utc_now
from bridge.extensions import db
from bridge.jobs.models import JobRun
from bridge.jobs.registry import Job, jobs_of

log = logging.getLogger("bridge.jobs")
# A job that failed is tried again after this time, or at its next turn where that is sooner.
RETRY = timedelta(minutes=5)
PAUSE_SECONDS = 20.0


def run_due() -> list[str]:
    """Run every job whose time has come and that no other process is running; say which ran.

    Needs an application context. A job that fails leaves the others alone.
    """
    jobs = jobs_of(current_app).values()
    _make_rows([job.name for job in jobs])
    return [job.name for job in jobs if _claim(job) and _run(job)]


def run_now(name: str) -> bool:
    """Run one job at once, due or not; False where another process is running it or it fails.

    KeyError where there is no such job.
    """
    job = jobs_of(current_app)[name]
    _make_rows([name])
    return _claim(job, due=False) and _run(job)


def start_jobs(app: Flask) -> Repeater:
    """Run what is due from a thread of this process until it ends."""
    repeater = Repeater(app, "jobs", run_due, PAUSE_SECONDS)
    repeater.start()
    return repeater


def _make_rows(names: list[str]) -> None:
    """Every job is due at once when it is new: there may be something to do since long ago."""
    with db.sessionmaker() as session:
        missing = {*names} - {*session.scalars(sa.select(JobRun.name))}
    for name in sorted(missing):
        try:
            with db.sessionmaker() as session, session.begin():
                session.add(JobRun(name=name, next_run_at=utc_now()))
        except IntegrityError:
            # Another process was faster.
            continue


def _claim(job: Job, *, due: bool = True) -> bool:
    now = utc_now()
    # Moments further ahead than any turn or lease were written while the clock was wrong.
    free = sa.or_(
        JobRun.claimed_until.is_(None),
        JobRun.claimed_until < now,
        JobRun.claimed_until > now + job.lease + RETRY,
    )
    conditions = [JobRun.name == job.name, free]
    if due:
        furthest = now + max(job.every, timedelta(days=1)) + timedelta(hours=2)
        conditions.append(sa.or_(JobRun.next_run_at <= now, JobRun.next_run_at > furthest))
    with db.sessionmaker() as session:
        # Most of the time nothing is due, and a look takes no lock.
        if session.scalar(sa.select(JobRun.name).where(*conditions)) is None:
            return False
    with db.sessionmaker() as session, session.begin():
        claimed = session.execute(
            sa.update(JobRun)
            .where(*conditions)
            .values(claimed_until=now + job.lease, started_at=now, finished_at=None)
        )
        return bool(claimed.rowcount == 1)  # type: ignore[attr-defined]


def _run(job: Job) -> bool:
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    started = utc_now()
    error = ""
    # A context of its own: the session that the job leaves behind ends with it.
    with app.app_context():
        try:
            job.run()
        except Exception as failure:
            # A text may repeat what a person wrote: only the kind is kept.
            error = type(failure).__name__
            log.warning("the job %s failed: %s", job.name, error)
    next_run = job.next_after(started, ZoneInfo(app.config["BRIDGE"].time_zone))
    if error:
        next_run = min(next_run, utc_now() + RETRY)
    _note(job, next_run_at=next_run, finished_at=utc_now(), error=error)
    return not error


def _note(job: Job, **values: Any) -> None:
    with db.sessionmaker() as session, session.begin():
        session.execute(
            sa.update(JobRun).where(JobRun.name == job.name).values(claimed_until=None, **values)
        )
