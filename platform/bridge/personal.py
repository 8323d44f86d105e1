"""What each table holds of people: whose it is, what erasure does to it, what its owner downloads.

Every model says it in one line under its `__tablename__`; a test fails for a column that no line
names (`tests/contracts/test_personal.py`), and erasure, download and the canary tests of both walk
these lines, so that a new table is covered as soon as it has one. The three kinds of table:

    # says nothing of anybody: only its columns
    __personal__ = Personal("id code name_ru name_en")
    # a person's own: the row goes with them
    __personal__ = Personal("id profile_id skill_id", Owner("profile_id.user_id", delete=True))
    # stays, for the figures or the other side: what is emptied, and which text stays and why
    __personal__ = Personal(
        "id profile_id state created_at",
        Owner("profile_id.user_id", clear="message basis"),
        kept={"reason_code": "a code"},
    )
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from bridge.database import Model

# Given a User: which rows of the table are that person's.
Condition = Callable[[Any], sa.ColumnElement[bool]]
CODE = "one of the platform's own codes"


@dataclass(frozen=True, slots=True)
class Owner:
    """How a row belongs to a person, and what becomes of it when the person is erased.

    path: from the row to the person, one of
        "user_id"                     a column that refers to the account
        "profile_id.user_id"          over the rows that the columns refer to
        "profile_id>profile.user_id"  the same where no foreign key says it
        "recipient=email"             a column that repeats one of the account
        "kind:subject_id"             the table's name (or `subjects` of it) and the row's number in
                                      two columns: the person is that row's first owner
        a function of the User        for whatever else
    delete: the row goes.
    clear: the columns that are emptied where the row stays.
    replace: the columns that get another value; `{id}` in a text is the row's number.
    download: the columns that the person may download, None for all that are not hidden.
    """

    path: str | Condition
    delete: bool = False
    clear: str = ""
    replace: Mapping[str, Any] = field(default_factory=dict)
    download: str | None = None
    subjects: Mapping[str, str] = field(default_factory=dict)


class Personal:
    """A table's line.

    columns: those that need no more words: they go with the row or, where it stays, hold numbers,
        moments, choices and references, none of which tells who an erased person was.
    owners: the first is whom the row is about; others merely did something with it.
    kept: texts that stay when the row's owner is erased -> why they may.
    hidden: columns that nobody downloads, such as hashes.
    """

    def __init__(
        self,
        columns: str,
        *owners: Owner,
        kept: Mapping[str, str] | None = None,
        hidden: str = "",
    ) -> None:
        self.columns = frozenset(columns.split())
        self.owners = owners
        self.kept = dict(kept or {})
        self.hidden = frozenset(hidden.split())

    @property
    def deleted(self) -> bool:
        """The row goes with the person it is about."""
        return bool(self.owners) and self.owners[0].delete

    @property
    def emptied(self) -> frozenset[str]:
        """The columns whose content goes where the row stays."""
        return frozenset(
            name for owner in self.owners for name in (*owner.clear.split(), *owner.replace)
        )

    @property
    def named(self) -> frozenset[str]:
        return self.columns | self.emptied | self.hidden | frozenset(self.kept)


def belongs(table: sa.Table, owner: Owner, user: Any) -> sa.ColumnElement[bool]:
    """The condition on rows of `table` that are `user`'s by `owner`. LookupError for a path that
    leads nowhere."""
    path = owner.path
    if not isinstance(path, str):
        return path(user)
    if "=" in path:
        name, _, attribute = path.partition("=")
        return sa.and_(table.c[name] == getattr(user, attribute))
    if ":" in path:
        return _subject_of(table, owner, user)
    return _reached(table, path, user)


def line_of(table: sa.Table) -> Personal:
    """The line of a table; LookupError where its model has none."""
    for mapper in Model.registry.mappers:
        if mapper.local_table is table:
            found = vars(mapper.class_).get("__personal__")
            if isinstance(found, Personal):
                return found
    raise LookupError(f"the model of the table {table.name} has no __personal__")


def _reached(table: sa.Table, path: str, user: Any) -> sa.ColumnElement[bool]:
    step, _, rest = path.partition(".")
    name, _, target = step.partition(">")
    column = table.c[name]
    if not rest:
        return sa.and_(column == user.id)
    referred = Model.metadata.tables[target] if target else _referred(column)
    return column.in_(sa.select(referred.c.id).where(_reached(referred, rest, user)))


def _referred(column: sa.Column[Any]) -> sa.Table:
    for key in column.foreign_keys:
        return key.column.table
    raise LookupError(f"{column} refers to no table: write {column.name}>its_table in the path")


def _subject_of(table: sa.Table, owner: Owner, user: Any) -> sa.ColumnElement[bool]:
    kind, _, number = str(owner.path).partition(":")
    subjects = owner.subjects or {
        other.name: other.name
        for other in Model.metadata.tables.values()
        if other is not table and "id" in other.c and _is_plainly_owned(other)
    }
    conditions = []
    for value, name in subjects.items():
        subject = Model.metadata.tables[name]
        theirs = sa.select(subject.c.id).where(belongs(subject, line_of(subject).owners[0], user))
        conditions.append(sa.and_(table.c[kind] == value, table.c[number].in_(theirs)))
    return sa.or_(*conditions)


def _is_plainly_owned(table: sa.Table) -> bool:
    """Somebody's, and not through a name of a table that might lead back to where one came from."""
    owners = line_of(table).owners
    return bool(owners) and (bool(owners[0].subjects) or ":" not in str(owners[0].path))
