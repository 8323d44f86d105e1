"""Fields that a form does not have are not taken from whoever sends them.

Every form that a person reaches is sent twice on the same database: as its page has it, and with
every column of every table beside that. What the database holds afterwards must be the same.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from bridge.database import Model, UtcDateTime
from bridge.extensions import db
from tests.attacks.pages import Form, client_of, forms_of
from tests.attacks.test_bad_input import LEAVING, OF_EVERY_PAGE, STARTS
from tests.attacks.test_double_clicks import filled
from tests.conftest import Figure
from tests.contracts.world import World, make_world

COLUMNS = sorted(
    {column.name for table in Model.metadata.tables.values() for column in table.columns}
)
# One of them fits a column of any kind.
VALUES = ("1", "admin", "published", "approved", "2026-01-01")
# Made by chance or by the clock, so that two runs of one act write different values; what people
# are told holds pseudonyms and moments too.
CHANCE = ("_hash", "pseudonym", "message_id", "sealed_secret", "content", "nonce", "uid")
TOLD = {"outbox_mail.subject", "outbox_mail.text", "outbox_mail.html", "notice.data"}
# Counted for the sender, whatever is sent.
OWN_TABLES = {"throttle", "passkey_challenge"}

Row = dict[str, Any]
Rows = dict[str, dict[tuple[Any, ...], Row]]


class Copy:
    """The database as it was, to which it can be put back; SQLite's own backup does it at once."""

    def __init__(self, app: Flask) -> None:
        self.path = str(app.config["BRIDGE"].database_url.database)
        self.kept = sqlite3.connect(":memory:")
        with closing(sqlite3.connect(self.path)) as source:
            source.backup(self.kept)

    def put_back(self) -> None:
        db.session.rollback()
        db.engine.dispose()
        with closing(sqlite3.connect(self.path)) as target:
            self.kept.backup(target)


def rows() -> Rows:
    found: Rows = {}
    for name, table in Model.metadata.tables.items():
        if name not in OWN_TABLES:
            key = [column.name for column in table.primary_key]
            every = db.session.execute(sa.text(f'SELECT * FROM "{name}"')).mappings()
            found[name] = {tuple(row[part] for part in key): dict(row) for row in every}
    db.session.rollback()
    return found


def is_steady(column: sa.Column[Any]) -> bool:
    """Whether two runs of one act write the same."""
    made = column.name.endswith(CHANCE) or str(column) in TOLD
    return not made and not isinstance(column.type, sa.DateTime | UtcDateTime | sa.LargeBinary)


def differences(before: Rows, alone: Rows, beside: Rows) -> list[str]:
    """Where two acts on `before` differ in what they did: table.column of a value, table of a row.
    Of what chance or the clock makes it counts whether it was touched."""
    found = set()
    for name, ones in alone.items():
        others = beside[name]
        if ones.keys() != others.keys():
            found.add(name)
        for key in ones.keys() & others.keys():
            was, one, other = before[name].get(key), ones[key], others[key]
            for column in Model.metadata.tables[name].columns:
                left, right = one[column.name], other[column.name]
                if not is_steady(column):
                    old = None if was is None else was[column.name]
                    left, right = left == old, right == old
                if left != right:
                    found.add(str(column))
    return sorted(found)


@pytest.fixture
def world(app: Flask) -> World:
    app.config["WTF_CSRF_ENABLED"] = False
    app.config["PROPAGATE_EXCEPTIONS"] = False
    return make_world()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("kind", STARTS)
def test_columns_that_are_no_fields_change_nothing(
    app: Flask, world: World, kind: str, figure: Figure
) -> None:
    client = client_of(app, world.people[kind])
    forms = [form for form in forms_of(client, STARTS[kind]) if is_tried(form, kind)]
    cookie, copy = client.get_cookie("bridge"), Copy(app)
    db.session.rollback()
    before = rows()

    def after(form: Form, data: dict[str, list[str]]) -> Rows:
        copy.put_back()
        sender = client_of(app, None)
        # As it was: some forms end the session or begin one.
        if cookie is not None:
            sender.set_cookie("bridge", cookie.value)
        assert sender.post(form.action, data=data).status_code < 500
        return rows()

    wrong, effective = [], 0
    for number, form in enumerate(forms):
        plain = filled(form)
        extra = {name: [VALUES[number % len(VALUES)]] for name in COLUMNS if name not in plain}
        alone, beside = after(form, plain), after(form, {**extra, **plain})
        effective += alone != before
        if found := differences(before, alone, beside):
            wrong.append(f"{form.action}: {found}")
    figure(
        **{
            f"forms sent with {len(COLUMNS)} foreign fields ({kind})": len(forms),
            f"of them that did something ({kind})": effective,
            f"changes by foreign fields ({kind})": len(wrong),
        }
    )
    assert wrong == []
    assert effective >= 1


def is_tried(form: Form, kind: str) -> bool:
    shared = form.action.startswith(OF_EVERY_PAGE) and kind != "student"
    return form.method == "POST" and form.action not in LEAVING and not shared
