"""Whoever asks for nothing for a while is signed out, the staff sooner than others."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from bridge import create_app
from bridge.accounts.models import LoginSession, Role, User
from bridge.config import ConfigurationError
from bridge.database import as_of, utc_now
from bridge.extensions import db
from tests.attacks.pages import client_of
from tests.conftest import make_config
from tests.factories import make_user

HOURS = {Role.STUDENT: 72, Role.MEMBER: 72, Role.STAFF: 12, Role.ADMIN: 12}
PAGE = "/account"


def status(client: FlaskClient, hours: float) -> int:
    """Of a page so many hours from now."""
    with as_of(utc_now() + timedelta(hours=hours)):
        return client.get(PAGE).status_code


def open_sessions(user: User) -> int:
    db.session.rollback()
    still_open = sa.select(sa.func.count()).where(
        LoginSession.user_id == user.id, LoginSession.ended_at.is_(None)
    )
    return db.session.scalar(still_open) or 0


@pytest.mark.parametrize("role", [Role.STUDENT, Role.ADMIN])
def test_who_was_away_too_long_signs_in_anew(app: Flask, role: Role) -> None:
    hours = HOURS[role]
    user, other = make_user(role), make_user(role)
    client, elsewhere = client_of(app, user), client_of(app, other)
    # Each request begins the time anew.
    assert [status(client, n * (hours - 1)) for n in (1, 2, 3)] == [200, 200, 200]
    cookie = client.get_cookie("bridge")
    assert cookie is not None
    late = 3 * (hours - 1) + hours + 0.1
    with as_of(utc_now() + timedelta(hours=late)):
        answer = client.get(PAGE)
        assert (answer.status_code, answer.location) == (303, f"/sign-in?next={PAGE}")
        page = client.get(answer.location).text
        assert "You were signed out, since you had not been here for a while." in page
        assert "You were signed out" not in client.get("/sign-in").text, "told once"
        thief = client_of(app, None)
        thief.set_cookie("bridge", cookie.value)
        assert thief.get(PAGE).status_code == 303, "a copy of the cookie is worth as little"
    assert (open_sessions(user), open_sessions(other)) == (0, 1)
    assert status(elsewhere, 0) == 200


def test_an_old_copy_of_a_cookie_in_use_is_worth_nothing(app: Flask) -> None:
    client, copy = client_of(app, make_user(Role.STAFF)), client_of(app, None)
    assert status(client, 0) == 200
    old = client.get_cookie("bridge")
    assert old is not None
    assert [status(client, hours) for hours in (8, 16)] == [200, 200]
    copy.set_cookie("bridge", old.value)
    assert status(copy, 17) == 303


def test_the_hours_are_settings(tmp_path: Path, database_url: str) -> None:
    values = {"DATABASE_URL": database_url, "IDLE_HOURS": "2", "STAFF_IDLE_HOURS": "1"}
    app = create_app(make_config(tmp_path, **values))
    with app.app_context():
        people = [make_user(Role.MEMBER), make_user(Role.STAFF)]
        found = [status(client_of(app, user), 1.5) for user in people]
        db.engine.dispose()
    assert found == [200, 303]


@pytest.mark.parametrize("value", ["0", "-1", "never", "1.5"])
def test_no_hours_are_refused(tmp_path: Path, value: str) -> None:
    for name in ("IDLE_HOURS", "STAFF_IDLE_HOURS"):
        with pytest.raises(ConfigurationError, match=name):
            make_config(tmp_path, **{name: value})
