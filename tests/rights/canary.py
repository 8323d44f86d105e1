"""Canary tokens in whatever can hold a person's data, found from the metadata alone: a table or a
column that is added later is covered without a word here."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

import sqlalchemy as sa

from bridge.accounts.models import User
from bridge.database import Model
from bridge.extensions import db
from bridge.personal import Owner, belongs, line_of

CANARY = "kanareika77"
LEAST_LENGTH = len(CANARY)
# By these a function finds the rows of a person.
LEADING = {"address"}


def is_text(column: sa.Column[Any]) -> bool:
    return isinstance(column.type, sa.String | sa.JSON | sa.LargeBinary) and not isinstance(
        column.type, sa.Enum
    )


def plant(user: User) -> set[str]:
    """Give the person a row of every table that can hold one, and write the canary into each text
    of all their rows that no reason keeps. Returns the names of the columns, `table.column`."""
    planted = set()
    for table in Model.metadata.sorted_tables:
        for owner in line_of(table).owners:
            goes = owner.delete or owner.clear or owner.replace
            if goes and not _exists(belongs(table, owner, user), table):
                _insert(table, owner, user)
    for table in Model.metadata.sorted_tables:
        # The log is written once and not changed: its entries get the canary when they are made.
        for owner in line_of(table).owners if table.name != "audit_entry" else ():
            for column in _writable(table, owner):
                mine = belongs(table, owner, user)
                value = _canary(column, table)
                done = db.session.execute(sa.update(table).where(mine).values({column.name: value}))
                if done.rowcount:  # type: ignore[attr-defined]
                    planted.add(f"{table.name}.{column.name}")
    db.session.execute(sa.text("DELETE FROM audit_permit"))
    db.session.expire_all()
    return planted


def plantable() -> set[str]:
    """Where `plant` must have left the canary, but for rows that a function of a person finds."""
    return {
        f"{table.name}.{column.name}"
        for table in Model.metadata.sorted_tables
        for owner in line_of(table).owners
        if isinstance(owner.path, str) and table.name != "audit_entry"
        for column in _writable(table, owner)
    }


def holding(token: str = CANARY) -> set[str]:
    """Every column of the database that holds the token, however it is declared."""
    found = set()
    for table in Model.metadata.sorted_tables:
        for column in table.columns:
            if is_text(column):
                text = sa.cast(column, sa.Text) if not _is_binary(column) else column
                pattern: Any = f"%{token}%"
                if _is_binary(column):
                    rows = db.session.scalars(sa.select(column)).all()
                    hit = any(token.encode() in (row or b"") for row in rows)
                else:
                    hit = _exists(text.like(pattern), table)
                if hit:
                    found.add(f"{table.name}.{column.name}")
    return found


def _is_binary(column: sa.Column[Any]) -> bool:
    return isinstance(column.type, sa.LargeBinary)


def _exists(condition: sa.ColumnElement[bool], table: sa.Table) -> bool:
    found = db.session.scalar(sa.select(sa.literal(1)).select_from(table).where(condition).limit(1))
    return found is not None


def _writable(table: sa.Table, owner: Owner) -> Iterator[sa.Column[Any]]:
    """Texts that leave with the person by this owner, long enough, and not what leads to them."""
    gone = {*owner.clear.split(), *owner.replace}
    # By these the rows of other tables are found; the tests write the canary into them.
    gone -= {"email", *_repeated()} if table.name == "user" else set()
    leading = {str(owner.path).partition("=")[0].partition(":")[0], *LEADING}
    for column in table.columns if owner.delete or gone else ():
        least = LEAST_LENGTH + (10 if column.unique else 0)
        fits = (getattr(column.type, "length", None) or least) >= least
        goes = owner.delete or column.name in gone
        if goes and fits and is_text(column) and column.name not in leading:
            yield column


def _repeated() -> set[str]:
    return {
        owner.path.partition("=")[2]
        for table in Model.metadata.sorted_tables
        for owner in line_of(table).owners
        if isinstance(owner.path, str)
    }


def _canary(column: sa.Column[Any], table: sa.Table) -> Any:
    if isinstance(column.type, sa.JSON):
        return {"words": [CANARY], CANARY: 1}
    if _is_binary(column):
        return CANARY.encode()
    if column.unique:
        return sa.literal(CANARY + "-") + sa.cast(table.c.id, sa.String)
    return CANARY


def _insert(table: sa.Table, owner: Owner, user: User) -> None:
    """One row of the table that is the person's by this owner; tables without a path of columns
    are left to the test."""
    if not isinstance(owner.path, str):
        return
    values: dict[str, Any] = {}
    if "=" in owner.path:
        name, _, attribute = owner.path.partition("=")
        values[name] = getattr(user, attribute)
    elif ":" in owner.path:
        kind, _, number = owner.path.partition(":")
        values |= {kind: "user", number: user.id}
    else:
        step, _, rest = owner.path.partition(".")
        name, _, target = step.partition(">")
        values[name] = _own_key(table.c[name], target, rest, user)
    _fill(table, values)


def _fill(table: sa.Table, values: dict[str, Any]) -> None:
    """Insert a row; what must be there and is not given is anything of its kind."""
    for column in table.columns:
        if column.name not in values and not column.nullable and not _numbered(column):
            values[column.name] = _anything(column)
    db.session.execute(sa.insert(table).values(values))


def _numbered(column: sa.Column[Any]) -> bool:
    """The database gives the number itself."""
    return column is column.table.autoincrement_column  # type: ignore[attr-defined]


def _own_key(column: sa.Column[Any], target: str, rest: str, user: User) -> Any:
    if not rest:
        return user.id
    referred = (
        Model.metadata.tables[target] if target else next(iter(column.foreign_keys)).column.table
    )
    mine = belongs(referred, Owner(rest), user)
    if not _exists(mine, referred):
        _insert(referred, Owner(rest), user)
    return db.session.scalar(sa.select(referred.c.id).where(mine).limit(1))


def _anything(column: sa.Column[Any]) -> Any:
    for key in column.foreign_keys:
        found = sa.select(key.column).limit(1)
        if db.session.scalar(found) is None:
            _fill(key.column.table, {})
        return db.session.scalar(found)
    kind = column.type
    if isinstance(kind, sa.Enum):
        assert kind.enum_class is not None
        return next(iter(kind.enum_class))
    if isinstance(kind, sa.JSON):
        return {}
    # Of no person: what goes with one gets its canary when the row is there.
    if isinstance(kind, sa.String):
        return uuid4().hex[: kind.length or None]
    if isinstance(kind, sa.LargeBinary):
        return b""
    if isinstance(kind, sa.Boolean):
        return False
    if isinstance(kind, sa.Integer | sa.Numeric):
        return 1
    return date(2026, 1, 1) if isinstance(kind, sa.Date) else datetime(2026, 1, 1, tzinfo=UTC)
