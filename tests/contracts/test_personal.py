"""Every column of every table is declared: whose it is, what erasure and download do with it."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from flask import Flask

from bridge.accounts.models import Role
from bridge.database import Model
from bridge.extensions import db
from bridge.personal import belongs, line_of
from bridge.rights.collecting import downloaded
from bridge.rights.columns import COLUMNS, is_technical
from bridge.rights.labels import TABLES as NAMED
from tests.factories import make_user

WHAT_TO_DO = (
    "Every table says in one line, `__personal__ = Personal(...)` under its `__tablename__`, what "
    "it holds of people; platform/bridge/personal.py explains it and has examples. "
)
TABLES = sorted(Model.metadata.tables)


def is_free_text(column: sa.Column[object]) -> bool:
    """Can hold whatever somebody writes: no choice of ours, number, moment or truth."""
    kind = column.type
    return isinstance(kind, sa.String | sa.JSON | sa.LargeBinary) and not isinstance(kind, sa.Enum)


@pytest.mark.parametrize("name", TABLES)
def test_every_column_is_declared(name: str) -> None:
    table = Model.metadata.tables[name]
    try:
        line = line_of(table)
    except LookupError as error:
        pytest.fail(f"{error}. {WHAT_TO_DO}")
    undeclared = {column.name for column in table.columns} - line.named
    assert undeclared == set(), (
        f"__personal__ of the table {name} does not name these columns. {WHAT_TO_DO}"
        "Add each to the first argument (goes with its row, or is a number, moment, choice or "
        "reference), to an Owner's clear (emptied when that person is erased) or to kept, with the "
        "reason why the text may stay."
    )
    downloaded = {column for owner in line.owners for column in (owner.download or "").split()}
    assert line.named | downloaded <= {column.name for column in table.columns}, (
        f"{name} has no such columns"
    )


@pytest.mark.parametrize("name", TABLES)
def test_texts_of_a_row_that_stays_are_emptied_or_kept_for_a_reason(name: str) -> None:
    table = Model.metadata.tables[name]
    line = line_of(table)
    if not line.owners or line.deleted:
        return
    texts = {column.name for column in table.columns if is_free_text(column)}
    assert texts - line.emptied - set(line.kept) == set(), (
        f"rows of {name} stay when their owner is erased, and these columns can hold any text: "
        f"name them in an Owner's clear, or in kept with the reason. {WHAT_TO_DO}"
    )
    assert all(reason.strip() for reason in line.kept.values())


def test_every_path_leads_to_a_person(app: Flask) -> None:
    user = make_user(Role.STUDENT)
    for table in Model.metadata.tables.values():
        for owner in line_of(table).owners:
            db.session.execute(sa.select(sa.literal(1)).where(belongs(table, owner, user))).all()


def test_who_refers_to_an_account_is_somebody_s() -> None:
    """A table that refers to accounts, even by other tables, says whose its rows are."""
    silent = {
        table.name
        for table in Model.metadata.tables.values()
        if not line_of(table).owners
        and any(key.column.table.name in ("user", "profile") for key in table.foreign_keys)
    }
    assert silent == set(), f"these tables refer to people and name no Owner. {WHAT_TO_DO}"


def test_every_kind_of_rows_has_a_name_for_its_owner() -> None:
    """Before an erasure people read what goes: never the name of a table."""
    owned = {name for name in TABLES if line_of(Model.metadata.tables[name]).owners}
    assert owned - set(NAMED) == set()


def test_every_column_that_people_download_has_a_name() -> None:
    """On the page of one's own data, or it is for programs alone."""
    read = {
        (column.name, f"{table.name}.{column.name}")
        for table in Model.metadata.tables.values()
        for owner in line_of(table).owners
        for column in downloaded(table, owner)
        if not is_technical(column.name, table.name)
    }
    assert {full for name, full in read if not {name, full} & set(COLUMNS)} == set()
    used = {part for pair in read for part in pair}
    assert set(COLUMNS) - used == set(), "names of columns that nobody downloads"
