"""Emptying the database of a person, table by table, as each model's `__personal__` says."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import sqlalchemy as sa

from bridge import audit
from bridge.accounts.models import User
from bridge.database import Model
from bridge.extensions import db
from bridge.personal import Owner, belongs, line_of

# Databases limit the number of values in a statement.
BATCH = 500
Keys = list[tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Share:
    """The rows of one table that belong to a person in one way."""

    table: sa.Table
    owner: Owner
    keys: Keys


def shares(user: User) -> list[Share]:
    """Every row of every table that is the person's in some way; rows of tables that refer to
    others come before those."""
    found = []
    for table in reversed(Model.metadata.sorted_tables):
        for owner in line_of(table).owners:
            select = sa.select(*table.primary_key.columns).where(belongs(table, owner, user))
            keys = [tuple(row) for row in db.session.execute(select)]
            if keys:
                found.append(Share(table, owner, keys))
    return found


def erase_rows(user: User) -> dict[str, int]:
    """Delete and empty what belongs to the person: name of the table -> rows touched. What stays
    of the account is its number. Objects of the session are stale afterwards and expired."""
    db.session.flush()
    touched: dict[str, int] = {}
    # All rows are found before the first changes: the paths lead over what is emptied.
    found = shares(user)
    with audit.permit():
        for share in found:
            if share.owner.delete or share.owner.clear or share.owner.replace:
                _erase(share)
                name = share.table.name
                touched[name] = touched.get(name, 0) + len(share.keys)
    db.session.expire_all()
    return touched


def _erase(share: Share) -> None:
    table = share.table
    values = {} if share.owner.delete else new_values(table, share.owner)
    for keys in _batches(share.keys):
        theirs = _is_one_of(table, keys)
        if share.owner.delete:
            db.session.execute(sa.delete(table).where(theirs))
        else:
            db.session.execute(sa.update(table).where(theirs).values(values))


def new_values(table: sa.Table, owner: Owner) -> dict[str, Any]:
    """What an erased person's row that stays holds in the columns that `owner` empties."""
    values: dict[str, Any] = {name: empty_value(table.c[name]) for name in owner.clear.split()}
    for name, value in owner.replace.items():
        values[name] = _numbered(table, value) if isinstance(value, str) else value
    if "version" in table.c:
        # Somebody who has the row open in a form is told that it changed.
        values["version"] = table.c.version + 1
    return values


def empty_value(column: sa.Column[Any]) -> Any:
    """Null where the column may be; else what its type has for nothing."""
    if column.nullable:
        return sa.null()
    if isinstance(column.type, sa.JSON):
        default = column.default
        return default.arg(None) if default is not None and default.is_callable else {}  # type: ignore[attr-defined]
    empty: Sequence[tuple[type[Any], Any]] = (
        (sa.Boolean, False),
        (sa.Integer, 0),
        (sa.LargeBinary, b""),
        (sa.String, ""),
    )
    for kind, value in empty:
        if isinstance(column.type, kind) and not isinstance(column.type, sa.Enum):
            return value
    raise LookupError(f"{column} may not be null: say in the Owner's replace what it shall hold")


def _numbered(table: sa.Table, text: str) -> Any:
    before, mark, after = text.partition("{id}")
    if not mark:
        return text
    return sa.literal(before) + sa.cast(table.c.id, sa.String) + sa.literal(after)


def _batches(keys: Keys) -> Iterator[Keys]:
    rest = iter(keys)
    while batch := list(islice(rest, BATCH)):
        yield batch


def _is_one_of(table: sa.Table, keys: Iterable[tuple[Any, ...]]) -> sa.ColumnElement[bool]:
    columns = list(table.primary_key.columns)
    if len(columns) == 1:
        return columns[0].in_([key[0] for key in keys])
    return sa.tuple_(*columns).in_(list(keys))
