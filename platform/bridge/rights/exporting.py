"""«Download my data»: a ZIP of what the platform holds of a person, as JSON and to be read."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable

import sqlalchemy as sa
from flask import render_template
from flask_babel import force_locale

from bridge import audit
from bridge.accounts.models import User
from bridge.database import utc_now, writing
from bridge.extensions import db
from bridge.rights.collecting import Row, count_rows, rows_of, tables
from bridge.rights.labels import table_label
from bridge.rights.models import DataExport, ExportState
from bridge.rights.reading import readable
from bridge.rights.terms import EXPORT, term

FORMAT = 1
# Up to so many rows the reader waits for the file; more are collected by a job.
AT_ONCE = 2_000
Progress = Callable[[int, int], None]


def ask_for_export(user: User) -> DataExport:
    """Make the file at once where it is small, else leave it to `make_waiting`. One that waits or
    is there already is given again."""
    known = db.session.scalar(
        sa.select(DataExport).where(
            DataExport.user_id == user.id,
            DataExport.state == ExportState.WAITING,
        )
    )
    if known is not None:
        return known
    export = DataExport(user_id=user.id, locale=user.locale)
    db.session.add(export)
    audit.record("data_export.asked", export, actor=user)
    if count_rows(user) <= AT_ONCE:
        _finish(export, archive(user, user.locale))
    return export


def make_waiting() -> int:
    """Make every file that waits, the oldest first. Commits; says how many."""
    waiting = sa.select(DataExport.id).where(DataExport.state == ExportState.WAITING)
    ids = list(db.session.scalars(waiting.order_by(DataExport.id)))
    db.session.commit()
    for export_id in ids:
        export = db.session.get_one(DataExport, export_id)
        user = db.session.get_one(User, export.user_id)

        def note(done: int, total: int, export_id: int = export_id) -> None:
            # On SQLite one transaction at a time may write: the reading one ends here.
            db.session.rollback()
            with writing() as session:
                session.execute(
                    sa.update(DataExport)
                    .where(DataExport.id == export_id)
                    .values(done=done, total=total)
                )

        content = archive(user, export.locale, note)
        db.session.rollback()
        _finish(export, content)
        db.session.commit()
    return len(ids)


def expire() -> int:
    """Empty the files whose time is over. Commits; says how many."""
    due = sa.select(DataExport).where(
        DataExport.state == ExportState.READY, DataExport.expires_at <= utc_now()
    )
    exports = db.session.scalars(due).all()
    for export in exports:
        export.state, export.content = ExportState.EXPIRED, None
    db.session.commit()
    return len(exports)


def _finish(export: DataExport, content: bytes) -> None:
    export.content = content
    export.state = ExportState.READY
    export.ready_at = utc_now()
    export.expires_at = utc_now() + term(EXPORT)


def archive(user: User, locale: str, progress: Progress | None = None) -> bytes:
    """The ZIP: data.json, data.html in the reader's language, README.txt."""
    held: dict[str, list[Row]] = {}
    listed = tables()
    for number, table in enumerate(listed, start=1):
        if rows := rows_of(table, user, locale):
            held[table.name] = rows
        if progress and number % 10 == 0:
            progress(number, len(listed))
    document = {
        "format": FORMAT,
        "made_at": utc_now().isoformat(),
        "account": user.id,
        "tables": held,
    }
    buffer = io.BytesIO()
    with force_locale(locale), zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("data.json", json.dumps(document, ensure_ascii=False, indent=1))
        file.writestr("data.html", _page(user, held, locale))
        file.writestr("README.txt", render_template("rights/export.txt"))
    return buffer.getvalue()


def _page(user: User, held: dict[str, list[Row]], locale: str) -> str:
    sections = [
        (table_label(name), list(readable(name, rows, user))) for name, rows in held.items()
    ]
    return render_template(
        "rights/export.html", user=user, sections=sections, made_at=utc_now(), locale=locale
    )
