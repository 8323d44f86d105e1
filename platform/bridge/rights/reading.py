"""Rows of one's own data as the page shows them: names for columns, words for codes."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from flask import Flask, current_app
from flask_babel import gettext as _

from bridge.accounts.models import Role, User
from bridge.candidates.models import Candidate
from bridge.consents.models import Consent
from bridge.consents.subjects import subjects_of
from bridge.contacts.models import ContactRequest
from bridge.database import Model, UtcDateTime
from bridge.extensions import db
from bridge.interviews.models import Slot
from bridge.mail.labels import letter_topic
from bridge.notices.kinds import KINDS
from bridge.notices.models import Notice
from bridge.notices.reading import read
from bridge.rights import codes
from bridge.rights.collecting import Row
from bridge.rights.columns import column_label, is_technical
from bridge.vacancies.models import Vacancy
from bridge.web.i18n import language_name, month, short_date, short_datetime

_EXTENSION = "bridge-words-of-data"
# A row as collected -> what one of its columns says.
Words = Callable[[Row], object]


def attach_words(app: Flask, table: str, column: str, words: Words) -> None:
    """What a column says; given by a feature that comes later and knows better."""
    app.extensions.setdefault(_EXTENSION, {})[f"{table}.{column}"] = words


def readable(name: str, rows: Sequence[Row], reader: User) -> Iterator[list[tuple[object, str]]]:
    """Of each row of the table `name` the columns that say something: the label and the words."""
    together = {
        full: words(reader) for full, words in OF_TABLES.items() if full.startswith(f"{name}.")
    }
    for row in rows:
        yield list(_columns(name, row, reader, together))


def _columns(
    name: str, row: Row, reader: User, together: Mapping[str, Words]
) -> Iterator[tuple[object, str]]:
    table = Model.metadata.tables[name]
    for column, value in row.items():
        # Of two ways to the vacancy the shorter one.
        is_twice = column in ("candidate_id", "request_id") and row.get("vacancy_id")
        if value in (None, "", [], {}) or is_technical(column, name) or is_twice:
            continue
        words = together.get(f"{name}.{column}")
        if text := str(words(row)) if words else _words(table.c[column], row, reader):
            yield column_label(column, name), text


def _words(column: sa.Column[Any], row: Row, reader: User) -> str:
    value, full = row[column.name], str(column)
    attached: dict[str, Words] = current_app.extensions.get(_EXTENSION, {})
    if words := attached.get(full) or OF_COLUMNS.get(full) or OF_COLUMNS.get(column.name):
        return str(words(row))
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    if isinstance(column.type, UtcDateTime):
        return short_datetime(datetime.fromisoformat(value))
    if isinstance(column.type, sa.Date):
        return short_date(date.fromisoformat(value))
    if any(key.column.table.name == "user" for key in column.foreign_keys):
        return str(_("you") if value == "you" else codes.VALUES["role"].get(value, value))
    known = _codes_of(column, reader)
    if isinstance(value, list):
        return ", ".join(str(known.get(one, one)) for one in value)
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False)
    return str(known.get(str(value), value))


def _codes_of(column: sa.Column[Any], reader: User) -> dict[str, object]:
    table = column.table.name
    if column.name == "state":
        own = codes.STUDENT_STATES if reader.role is Role.STUDENT else {}
        return own.get(table) or codes.STATES.get(table, {})
    return codes.VALUES.get(str(column)) or codes.VALUES.get(column.name, {})


def _opened_to(row: Row) -> str:
    """For which consent of a student: the enterprise and the vacancy."""
    consent = db.session.get(Consent, row["id"])
    found = subjects_of([consent]) if consent else {}
    return ", ".join((one.employer, one.vacancy)) if (one := found.get(row["id"])) else ""


def _vacancy_of(model: type[Candidate | ContactRequest], number: int) -> str:
    title = sa.select(Vacancy.title).join(model, model.vacancy_id == Vacancy.id)
    return db.session.scalar(title.where(model.id == number)) or ""


def _time(row: Row) -> str:
    slot = db.session.get(Slot, row["slot_id"])
    return short_datetime(slot.starts_at) if slot else ""


def _basis(row: Row) -> str:
    basis = row["basis"]
    if "rank" not in basis:
        return ""
    return str(
        _(
            "%(score)s of 100, place %(rank)s of %(of)s",
            score=round(100 * basis["score"]),
            rank=basis["rank"],
            of=basis["of"],
        )
    )


def _data(row: Row) -> str:
    """What a notice tells of besides its rows: titles and names, without moments."""
    told = (value for name, value in row["data"].items() if not name.endswith("_at"))
    return ", ".join(value for value in told if value and isinstance(value, str))


def _notices(reader: User) -> Words:
    """A notice as its reader sees it now, all in few statements; what it was about and told where
    its subject is gone."""
    own = sa.select(Notice).where(Notice.user_id == reader.id)
    # Of a kind that the platform no longer knows nothing can be read.
    known = db.session.scalars(own.where(Notice.kind.in_(KINDS))).all()
    letters = {one.notice.id: one.letter for one in read(known, reader)}

    def words(row: Row) -> str:
        letter = letters.get(row["id"])
        if letter is None:
            return "\n".join(filter(None, (str(letter_topic(row["kind"])), _data(row))))
        return "\n".join(filter(None, (letter.subject, letter.lead)))

    return words


# What is read for all rows of a table at once.
OF_TABLES: dict[str, Callable[[User], Words]] = {"notice.kind": _notices}
OF_COLUMNS: dict[str, Words] = {
    "basis": _basis,
    "candidate_id": lambda row: _vacancy_of(Candidate, row["candidate_id"]),
    "consent.subject_id": _opened_to,
    "data": _data,
    "graduates_on": lambda row: month(date.fromisoformat(row["graduates_on"])),
    "language": lambda row: language_name(row["language"]),
    "locale": lambda row: language_name(row["locale"]),
    "message_file.kind": lambda row: row["kind"].upper(),
    "outbox_mail.kind": lambda row: letter_topic(row["kind"]),
    "reason_code": lambda row: codes.reason(row["reason_code"]) or row["reason_code"],
    "request_id": lambda row: _vacancy_of(ContactRequest, row["request_id"]),
    "slot_id": _time,
}
