"""Fields that a form does not have are not taken from whoever sends them."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from bridge.database import Model
from bridge.extensions import db
from tests.attacks.pages import Form, client_of, forms_of, forms_on
from tests.attacks.test_bad_input import LEAVING, STARTS
from tests.contracts.world import make_world

# Written by the platform itself whenever something is saved.
OWN_TABLES = {
    *("audit_entry", "search_clock", "search_change", "login_session", "outbox_mail"),
    *("throttle", "passkey_challenge"),
}
OWN_COLUMNS = {"version", "updated_at", "changed_at"}
COLUMNS = sorted(
    {column.name for table in Model.metadata.tables.values() for column in table.columns}
)
VALUES = ("1", "admin", "published", "approved", "2026-01-01")

Rows = dict[str, dict[Any, dict[str, Any]]]


def rows() -> Rows:
    found = {
        name: {
            tuple(row[key.name] for key in table.primary_key): dict(row)
            for row in db.session.execute(sa.select(table)).mappings()
        }
        for name, table in Model.metadata.tables.items()
        if name not in OWN_TABLES
    }
    db.session.rollback()
    return found


def changes(before: Rows, after: Rows) -> set[str]:
    """table.column of every value that differs, table of every row that came or went."""
    found = set()
    for table, now in after.items():
        if before[table].keys() != now.keys():
            found.add(table)
        for key in before[table].keys() & now.keys():
            old, new = before[table][key], now[key]
            found |= {f"{table}.{name}" for name in new if new[name] != old[name]}
    return {name for name in found if name.partition(".")[2] not in OWN_COLUMNS}


@pytest.mark.parametrize("kind", ["student", "member"])
def test_columns_that_are_no_fields_stay(app: Flask, kind: str) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    world = make_world()
    client = client_of(app, world.people[kind])
    wrong, tried = [], 0
    for number, form in enumerate(forms_of(client, STARTS[kind])):
        if (
            form.method != "POST"
            or form.action in LEAVING
            or not form.fields.keys() - {"csrf_token"}
        ):
            continue
        # Sent as it stands a form of something that exists changes nothing.
        before = rows()
        extra = {name: [VALUES[number % len(VALUES)]] for name in COLUMNS}
        plain = _present(client, form)
        if client.post(form.action, data=plain).status_code >= 400:
            continue
        allowed = changes(before, rows())
        tried += 1
        before = rows()
        client.post(form.action, data={**extra, **_present(client, form)})
        beyond = changes(before, rows()) - allowed
        if beyond:
            wrong.append(f"{form.action}: {sorted(beyond)}")
    assert wrong == []
    assert tried >= 4


def _present(client: Any, form: Form) -> dict[str, list[str]]:
    """The form's values as its page shows them now."""
    now = [one for one in forms_on(client, form.page) if one.pattern == form.pattern]
    return now[0].fields if now else form.fields
