"""«Download my data»: a ZIP of what the platform holds of a person, as JSON and to be read."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable, Sequence

import sqlalchemy as sa
from flask import render_template
from flask_babel import force_locale

from bridge import audit
from bridge.accounts.models import User
from bridge.contacts.files import MEGABYTE
from bridge.contacts.models import Message, MessageFile
from bridge.database import utc_now, writing
from bridge.extensions import db
from bridge.rights.collecting import Row, count_rows, rows_of, tables
from bridge.rights.labels import table_label
from bridge.rights.models import DataExport, ExportState
from bridge.rights.reading import readable
from bridge.rights.terms import EXPORT, term

FORMAT = 1
# Up to so many rows and bytes of files the reader waits for it; more are collected by a job.
AT_ONCE = 2_000
AT_ONCE_BYTES = 20 * MEGABYTE
# Of files that the person has sent; the database keeps the ZIP in one piece.
FILES_BYTES = 200 * MEGABYTE
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
    if count_rows(user) <= AT_ONCE and sum(size for *_name, size in _sent(user)) <= AT_ONCE_BYTES:
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
    """The ZIP: data.json, data.html in the reader's language, README.txt, and in `files` what the
    person has sent in conversations."""
    held: dict[str, list[Row]] = {}
    listed = tables()
    for number, table in enumerate(listed, start=1):
        if rows := rows_of(table, user, locale):
            held[table.name] = rows
        if progress and number % 10 == 0:
            progress(number, len(listed))
    files = _packed(user)
    for row in held.get("message_file", ()):
        row["content"] = files.get(row["id"], row["content"])
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
        readme = render_template("rights/export.txt", megabytes=FILES_BYTES // MEGABYTE)
        file.writestr("README.txt", readme)
        for number, path in files.items():
            # One at a time: together they are too much to hold twice.
            content = sa.select(MessageFile.content).where(MessageFile.id == number)
            file.writestr(path, db.session.scalar(content) or b"")
    return buffer.getvalue()


def _packed(user: User) -> dict[int, str]:
    """Which of the files that the person has sent go into the ZIP, the latest first, and where:
    number -> path."""
    paths, room = {}, FILES_BYTES
    for number, name, size in _sent(user):
        if size > room:
            break
        room -= size
        paths[number] = f"files/{number}-{name}"
    return paths


def _sent(user: User) -> Sequence[tuple[int, str, int]]:
    """Number, name and size in bytes of each file that the person has sent, the latest first."""
    own = (
        sa.select(MessageFile.id, MessageFile.name, MessageFile.size)
        .join(Message, Message.id == MessageFile.message_id)
        .where(Message.author_id == user.id)
        .order_by(MessageFile.id.desc())
    )
    return [(number, name, size) for number, name, size in db.session.execute(own)]


def _page(user: User, held: dict[str, list[Row]], locale: str) -> str:
    sections = [
        (table_label(name), list(readable(name, rows, user))) for name, rows in held.items()
    ]
    return render_template(
        "rights/export.html", user=user, sections=sections, made_at=utc_now(), locale=locale
    )
