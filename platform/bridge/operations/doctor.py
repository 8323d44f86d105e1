"""Is all well? Each check says what it found and what to do about it."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Callable
from datetime import timedelta

import sqlalchemy as sa
from flask import current_app
from sqlalchemy.exc import SQLAlchemyError

from bridge.commands import connection_trouble
from bridge.database import reading, utc_now
from bridge.extensions import db
from bridge.jobs.models import JobRun
from bridge.jobs.registry import jobs_of
from bridge.mail.models import OutboxMail
from bridge.operations import deployment
from bridge.operations.deployment import present_config
from bridge.operations.findings import Finding, Level, Result
from bridge.schema import present_revision, schema_trouble
from bridge.search.index import live_index

FREE_SPACE_LEAST = 1024**3
# The server looks every few seconds and every worker runs the jobs: what is later has stopped.
LATE = timedelta(minutes=30)


def examine() -> list[Finding]:
    """Make every check; what needs the database is left out where it does not answer."""
    findings = [_found(name, check) for name, check in MACHINE.items()]
    database = _found("database", _database)
    findings.append(database)
    if database.level is not Level.FAULT:
        findings += [_found(name, check) for name, check in CONTENT.items()]
    return findings


def _found(name: str, check: Callable[[], Result]) -> Finding:
    try:
        level, text = check()
    except SQLAlchemyError as error:
        text = connection_trouble(error) or f"could not be checked ({type(error).__name__})"
        return Finding(Level.FAULT, name, text)
    return Finding(level, name, text)


def _mode() -> Result:
    config = present_config()
    if config.mode != "production":
        return Level.WARNING, f"BRIDGE_MODE is {config.mode}: set production before people use it"
    if not config.is_https:
        return Level.FAULT, "BASE_URL is not https: passwords would travel in clear"
    return Level.OK, "production over https"


def _secret() -> Result:
    path = present_config().data_dir / "secret-key"
    if path.exists() and stat.S_IMODE(path.stat().st_mode) & 0o077:
        return Level.FAULT, f"others can read {path.name}: chmod 600 it and set a new SECRET_KEY"
    return Level.OK, "the secret is its owner's alone"


def _space() -> Result:
    folder = present_config().data_dir
    if not os.access(folder, os.W_OK):
        return Level.FAULT, "DATA_DIR cannot be written: give it to the user of the server"
    free = shutil.disk_usage(folder).free
    if free < FREE_SPACE_LEAST:
        return Level.FAULT, f"only {free // 1024**2} MiB are free in DATA_DIR: make room"
    return Level.OK, f"{free // 1024**3} GiB are free in DATA_DIR"


def _database() -> Result:
    present = present_revision()
    trouble = schema_trouble(present)
    if trouble is not None:
        return Level.FAULT, trouble
    return Level.OK, f"{db.engine.dialect.name} answers, its schema is {present}"


def _integrity() -> Result:
    if db.engine.dialect.name != "sqlite":
        return Level.OK, "PostgreSQL watches over its own files"
    with reading() as session:
        found = session.scalar(sa.text("PRAGMA integrity_check"))
        broken = session.execute(sa.text("PRAGMA foreign_key_check")).first()
    if found != "ok" or broken is not None:
        return Level.FAULT, "the database is damaged: restore the last backup"
    return Level.OK, "the database is whole"


def _mail() -> Result:
    waits = OutboxMail.sent_at.is_(None) & OutboxMail.failed_at.is_(None)
    late = db.session.scalar(
        sa.select(sa.func.count()).where(waits, OutboxMail.next_attempt_at < utc_now() - LATE)
    )
    failed = db.session.scalar(
        sa.select(sa.func.count()).where(OutboxMail.failed_at > utc_now() - timedelta(days=7))
    )
    if late:
        return Level.FAULT, f"{late} letters wait too long: does the server run, is MAIL_URL right?"
    if failed:
        return Level.WARNING, f"{failed} letters were given up in the last week: see their list"
    return Level.OK, "no letter waits too long"


def _jobs() -> Result:
    rows = {row.name: row for row in db.session.scalars(sa.select(JobRun))}
    failed = sorted(name for name, row in rows.items() if row.error)
    late = sorted(
        name
        for name in jobs_of(current_app)
        if name not in rows or rows[name].next_run_at < utc_now() - LATE
    )
    if failed:
        return Level.FAULT, f"failed when last run: {', '.join(failed)}; the log says where"
    if late:
        return Level.WARNING, f"not run lately: {', '.join(late)}; does the server run?"
    return Level.OK, "every job ran when it was due"


def _index() -> Result:
    index = live_index().current()
    return Level.OK, f"{len(index)} profiles can be found"


MACHINE: dict[str, Callable[[], Result]] = {
    "mode": _mode,
    "secret": _secret,
    "disk": _space,
    "folder": deployment.folder,
    "storage": deployment.storage,
    "proxy": deployment.proxy,
}
CONTENT: dict[str, Callable[[], Result]] = {
    "accounts": deployment.accounts,
    "integrity": _integrity,
    "mail": _mail,
    "jobs": _jobs,
    "index": _index,
}
