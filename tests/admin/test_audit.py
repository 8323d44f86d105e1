"""The audit log is read by act, actor, object and day."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from bridge.accounts.models import Role, User
from bridge.audit import AuditEntry
from bridge.extensions import db
from tests.client import sign_in
from tests.factories import make_user
from tests.queries import count_queries

# Midnight of 2026-05-02 in Moscow.
MIDNIGHT = datetime(2026, 5, 1, 21, 0, tzinfo=UTC)


@pytest.fixture
def staff(app: Flask, client: FlaskClient) -> User:
    sign_in(client, make_user(Role.ADMIN, name="Ада Админ"))
    return make_user(Role.STAFF, name="Пётр Служащий", email="petr@example.com")


def put(action: str, subject_id: int, actor: User | None, at: datetime = MIDNIGHT) -> None:
    subject_type = action.partition(".")[0]
    db.session.add(
        AuditEntry(
            at=at,
            actor_id=actor.id if actor else None,
            action=action,
            subject_type=subject_type,
            subject_id=subject_id,
            details={"from": "submitted"},
        )
    )
    db.session.commit()


def found(client: FlaskClient, query: str) -> list[str]:
    """The acts in the list, in its order."""
    page = client.get(f"/admin/audit?{query}")
    assert page.status_code == 200
    rows = page.text.split('id="list"')[1].split("<tr>")[2:]
    return [row.split("<code>")[1].split("</code>")[0] for row in rows]


def test_the_log_is_filtered_and_newest_first(app: Flask, client: FlaskClient, staff: User) -> None:
    put("vacancy.published", 7, staff, MIDNIGHT - timedelta(minutes=1))
    put("vacancy.closed", 7, None, MIDNIGHT)
    put("vacancy.published", 8, staff, MIDNIGHT + timedelta(hours=23))
    put("case.approved", 7, staff, MIDNIGHT + timedelta(days=1))

    every = ["case.approved", "vacancy.published", "vacancy.closed", "vacancy.published"]
    assert found(client, "") == every
    assert found(client, "action=vacancy.closed") == ["vacancy.closed"]
    assert found(client, "subject_type=vacancy&subject_id=7") == [
        "vacancy.closed",
        "vacancy.published",
    ]
    assert found(client, "actor=ПЁТР") == [action for action in every if action != "vacancy.closed"]
    assert found(client, "since=2026-05-02&until=2026-05-02") == [
        "vacancy.published",
        "vacancy.closed",
    ]


@pytest.mark.parametrize(
    "query",
    [
        "subject_id=x",
        "subject_id=99999999999999999999",
        "since=yesterday",
        "since=0001-01-01",
        "until=9999-12-31",
        "actor=" + "x" * 300,
    ],
)
def test_a_bad_filter_is_said_and_left_out(
    app: Flask, client: FlaskClient, staff: User, query: str
) -> None:
    put("vacancy.closed", 7, staff)
    assert found(client, query) == ["vacancy.closed"]
    name = query.partition("=")[0]
    assert f'id="{name}-error"' in client.get(f"/admin/audit?{query}").text


@pytest.mark.parametrize("query", ["action=%00", "actor=%00", "subject_type=%00%27", "page=0"])
def test_no_filter_breaks_the_page(
    app: Flask, client: FlaskClient, staff: User, query: str
) -> None:
    put("vacancy.closed", 7, staff)
    assert client.get(f"/admin/audit?{query}").status_code == 200


def test_the_log_takes_few_queries(app: Flask, client: FlaskClient, staff: User) -> None:
    for number in range(60):
        put("vacancy.closed", number + 1, make_user(Role.STAFF) if number % 2 else None)
    with count_queries() as queries:
        assert len(found(client, "")) == 50
    # who reads, the acts, the kinds of object, how many, the page
    assert len(queries) == 6, queries
