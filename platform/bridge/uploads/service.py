"""A table that staff bring in the browser: a dry run, its report, then the taking over."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta

import sqlalchemy as sa
from flask import current_app
from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy.exc import DBAPIError, OperationalError

from bridge import audit
from bridge.accounts.models import User
from bridge.database import utc_now, writing
from bridge.errors import StaleStateError, log_without_values
from bridge.extensions import db
from bridge.imports import Outcome, Result, import_rows
from bridge.tables import Table, TableError, parse_table
from bridge.transitions import transition
from bridge.uploads.kinds import Kind, kinds_of
from bridge.uploads.models import TableUpload, UploadState

# Up to so many rows the reader waits for; more are left to the job.
AT_ONCE = 200
REFUSED_MOST = 200
KEPT = timedelta(days=1)
# No request takes so long.
DEAD = timedelta(minutes=10)


def upload(kind: Kind, content: bytes, *, actor: User, invites: bool = False) -> TableUpload:
    """Keep a table and check it, at once where it is short. TableError where it is none of the
    kind."""
    table = _table(kind, content)
    made = TableUpload(
        kind=kind.name,
        content=content,
        invites=invites,
        locale=actor.locale,
        total=len(table.rows),
        uploaded_by_id=actor.id,
    )
    db.session.add(made)
    audit.record("table_upload.checking", made, actor=actor, table=kind.name, rows=len(table.rows))
    db.session.commit()
    if len(table.rows) <= AT_ONCE:
        _work(made)
    return made


def apply(uploaded: TableUpload, *, actor: User) -> None:
    """Take the checked table over, at once where it is short. StaleStateError where somebody did
    so or dropped it already."""
    _move(uploaded, UploadState.APPLYING, UploadState.CHECKED, actor=actor, done=0)
    db.session.commit()
    if uploaded.total <= AT_ONCE:
        _work(uploaded)


def drop(uploaded: TableUpload, *, actor: User | None) -> None:
    """Forget it; nothing of it has been taken over."""
    unfinished = (UploadState.CHECKING, UploadState.CHECKED)
    _move(uploaded, UploadState.DROPPED, *unfinished, actor=actor, content=None)


def work() -> None:
    """The job: check and take over what waits, and forget what nobody came back to. What a process
    died on is begun anew: what it had taken over stands there unchanged."""
    waiting = sa.select(TableUpload).where(
        TableUpload.state.in_((UploadState.CHECKING, UploadState.APPLYING)),
        # Of a short one the request takes care, unless it died.
        sa.or_(TableUpload.total > AT_ONCE, TableUpload.moved_at < utc_now() - DEAD),
    )
    for uploaded in db.session.scalars(waiting.order_by(TableUpload.id)).all():
        try:
            _work(uploaded)
        except Exception as error:
            # It is tried again; it must not keep the others.
            db.session.rollback()
            log_without_values(current_app, error)
    old = sa.select(TableUpload).where(
        TableUpload.state == UploadState.CHECKED, TableUpload.moved_at < utc_now() - KEPT
    )
    for uploaded in db.session.scalars(old).all():
        drop(uploaded, actor=None)
    db.session.commit()


def forget_files() -> None:
    """Somebody is being erased: no file that may name them stays, nor can be taken over."""
    kept = sa.select(TableUpload).where(TableUpload.content.is_not(None))
    for uploaded in db.session.scalars(kept).all():
        if uploaded.state is UploadState.APPLYING:
            uploaded.content = None
        else:
            drop(uploaded, actor=None)


def _work(uploaded: TableUpload) -> None:
    state, content, number = uploaded.state, uploaded.content, uploaded.id
    applying = state is UploadState.APPLYING
    db.session.commit()
    if content is None:
        # Somebody was erased after a process had died on it.
        _move(uploaded, UploadState.DROPPED, UploadState.APPLYING, actor=None)
        db.session.commit()
        return

    def note(done: int) -> None:
        with writing() as session:
            session.execute(
                sa.update(TableUpload).where(TableUpload.id == number).values(done=done)
            )

    try:
        with force_locale(uploaded.locale):
            kind = kinds_of(current_app)[uploaded.kind]
            table = _table(kind, content)
            results = import_rows(
                table.rows, kind.importer(uploaded), apply=applying, progress=note
            )
            report = _report(results, table)
    except TableError as error:
        # It was a table when it came: the machine has no memory or no time for it now.
        report = {"refused": [{"row": "", "column": "", "reason": str(error)}]}
        _end(uploaded, state, UploadState.DROPPED, content=None, **report)
        return
    except Exception as error:
        if isinstance(error, DBAPIError) and _is_for_a_while(error):
            raise
        db.session.rollback()
        # Tried again it would break off at the same row for ever.
        log_without_values(current_app, error)
        _end(uploaded, state, UploadState.DROPPED, content=None, refused=[_broken_off(uploaded)])
        return
    if applying:
        _end(uploaded, state, UploadState.DONE, content=None, **report)
    else:
        _end(uploaded, state, UploadState.CHECKED, **report)


def _end(uploaded: TableUpload, begun_in: UploadState, to: UploadState, **values: object) -> None:
    """Commits; nothing where it came to another state meanwhile."""
    db.session.rollback()
    db.session.refresh(uploaded)
    try:
        _move(uploaded, to, begun_in, actor=None, **values)
    except StaleStateError:
        db.session.rollback()
    db.session.commit()


def _is_for_a_while(error: DBAPIError) -> bool:
    """Whether the database is away or has no room, which says nothing of the table."""
    return isinstance(error, OperationalError) or error.connection_invalidated


def _broken_off(uploaded: TableUpload) -> dict[str, object]:
    with force_locale(uploaded.locale):
        reason = _(
            "The work on the file broke off on our side; the administrators will find it in the "
            "log. What was taken over before stays."
        )
    return {"row": "", "column": "", "reason": reason}


def _report(results: Sequence[Result], table: Table) -> dict[str, object]:
    counts = Counter(result.outcome.value for result in results)
    refused = [
        {
            "row": result.number,
            "column": table.headers.get(result.column, ""),
            "reason": result.reason,
        }
        for result in results
        if result.outcome is Outcome.REFUSED
    ]
    return {"counts": dict(counts), "refused": refused[:REFUSED_MOST]}


def _table(kind: Kind, content: bytes) -> Table:
    return parse_table(content).with_fields(kind.columns, required=kind.required)


def _move(
    uploaded: TableUpload,
    to: UploadState,
    *allowed: UploadState,
    actor: User | None,
    **values: object,
) -> None:
    moved = {"moved_at": utc_now(), **values}
    transition(uploaded, to, allowed_from=allowed, actor=actor, values=moved)
