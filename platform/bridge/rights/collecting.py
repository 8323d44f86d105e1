"""Collecting what the platform holds of a person, table by table, as each model's `__personal__`
says. References to other people are said by their part, never by a name."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from bridge.accounts.models import User
from bridge.database import Model
from bridge.extensions import db
from bridge.personal import Owner, belongs, line_of

# What a row of these is called, in the order of preference: the reader's language, any.
NAMES = {
    "vacancy": ("title",),
    "employer": ("name",),
    "skill": ("name_{locale}",),
    "direction": ("name_{locale}",),
    "consent_document": ("title_{locale}",),
}
Row = dict[str, Any]


def tables() -> list[sa.Table]:
    """The tables that hold something of people, in an order that a reader can follow."""
    held = [table for table in Model.metadata.sorted_tables if line_of(table).owners]
    return sorted(held, key=lambda table: table.name != "user")


def rows_of(table: sa.Table, user: User, locale: str) -> list[Row]:
    """The person's rows of a table: JSON values by column. A row that is theirs in two ways comes
    once, with the columns of the first."""
    seen: set[tuple[Any, ...]] = set()
    found = []
    for owner in line_of(table).owners:
        columns = downloaded(table, owner)
        if not columns:
            continue
        keys = list(table.primary_key.columns)
        wanted = {column.name: _read(column) for column in (*keys, *columns)}
        select = sa.select(*wanted.values()).where(belongs(table, owner, user)).order_by(*keys)
        for record in db.session.execute(select).mappings():
            key = tuple(record[column.name] for column in keys)
            if key not in seen:
                seen.add(key)
                found.append({column.name: record[column.name] for column in columns})
    return [dict(row) for row in _readable(table, found, user, locale)]


def _read(column: sa.Column[Any]) -> sa.ColumnElement[Any]:
    """Of bytes, which may be megabytes a row, only how many."""
    if not isinstance(column.type, sa.LargeBinary):
        return column
    size = sa.cast(sa.func.length(column), sa.String)
    return (size + sa.literal(" bytes")).label(column.name)


def downloaded(table: sa.Table, owner: Owner) -> list[sa.Column[Any]]:
    """The columns that the person gets by this owner."""
    hidden = line_of(table).hidden
    wanted = None if owner.download is None else owner.download.split()
    return [
        column
        for column in table.columns
        if column.name not in hidden and (wanted is None or column.name in wanted)
    ]


def count_rows(user: User) -> int:
    return sum(
        db.session.scalar(sa.select(sa.func.count()).where(belongs(table, owner, user))) or 0
        for table in tables()
        for owner in line_of(table).owners
        if downloaded(table, owner)
    )


def _readable(table: sa.Table, rows: Iterable[Row], user: User, locale: str) -> Iterator[Row]:
    names: dict[tuple[str, Any], Any] = {}
    for row in rows:
        readable = {}
        for name, value in row.items():
            target = _target(table.c[name])
            if target is not None and value is not None:
                if (target, value) not in names:
                    names[target, value] = _name(target, value, user, locale)
                value = names[target, value]
            readable[name] = _json(value)
        yield readable


def _target(column: sa.Column[Any]) -> str | None:
    return next((key.column.table.name for key in column.foreign_keys), None)


def _name(target: str, key: Any, user: User, locale: str) -> Any:
    """What a reference is told as: people by their part, vacancies and the like by their name, and
    what is only a row by its number."""
    if target == "user":
        if key == user.id:
            return "you"
        other = db.session.get(User, key)
        return other.role.value if other is not None else None
    if target not in NAMES:
        return key
    table = Model.metadata.tables[target]
    columns = [table.c[name.format(locale=locale)] for name in NAMES[target]]
    return db.session.scalar(sa.select(*columns).where(table.c.id == key))


def _json(value: Any) -> Any:
    if isinstance(value, enum.Enum):
        return value.value
    if isinstance(value, datetime | date):
        return value.isoformat()
    return value
