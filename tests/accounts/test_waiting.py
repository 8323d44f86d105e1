"""Hashing a password takes long: whoever writes meanwhile does not wait for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient

from bridge.accounts import service
from bridge.accounts.models import Role, TokenPurpose, User
from bridge.accounts.passwords import hash_password
from bridge.accounts.tokens import issue_token
from bridge.extensions import db
from tests.client import Stranger, sign_in, submit
from tests.employers.test_application import APPLICATION
from tests.factories import make_user
from tests.search.test_waiting import write_beside

PASSWORD, NEW = "семь бобров под мостом", "восемь бобров под мостом"

Act = Callable[[FlaskClient, User], Any]


def register(client: FlaskClient, _user: User) -> Any:
    values = {"name": "Иван", "email": "ivan@example.com", "password": PASSWORD}
    return submit(client, "/register", values)


def apply(client: FlaskClient, _user: User) -> Any:
    return submit(client, "/employers/apply", APPLICATION)


def reset(client: FlaskClient, user: User) -> Any:
    token = issue_token(user, TokenPurpose.RESET)
    db.session.commit()
    return submit(client, f"/reset/{token}", {"password": NEW})


def join(client: FlaskClient, user: User) -> Any:
    invited = service.create_user("new@example.com", "Новый", Role.STAFF, actor=user)
    token = issue_token(invited, TokenPurpose.INVITE)
    db.session.commit()
    return submit(client, f"/invitation/{token}", {"name": "Олег Новый", "password": NEW})


def enter(client: FlaskClient, user: User) -> Any:
    return submit(client, "/sign-in", {"email": user.email, "password": PASSWORD})


def change(client: FlaskClient, user: User) -> Any:
    sign_in(client, user)
    values = {"present": PASSWORD, "new": NEW}
    return submit(client, "/account", values, action="/account/password")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("act", "hashed"),
    [(register, 1), (apply, 1), (reset, 1), (join, 1), (enter, 1), (change, 2)],
)
def test_nobody_waits_while_a_password_is_hashed(
    app: Flask, monkeypatch: pytest.MonkeyPatch, act: Act, hashed: int
) -> None:
    user = make_user(Role.STAFF, password_hash=hash_password(PASSWORD))
    db.session.commit()
    seen = []

    def noted(name: str) -> Callable[..., Any]:
        usual = getattr(PasswordHasher, name)

        def hash_or_verify(*values: Any) -> Any:
            # As another process, whenever the hasher is at work.
            write_beside()
            seen.append(name)
            return usual(*values)

        return hash_or_verify

    for name in ("hash", "verify"):
        monkeypatch.setattr(PasswordHasher, name, noted(name))
    # Whose requests have a transaction of their own, as in the server.
    client = Stranger(app, app.response_class)
    assert act(client, user).status_code == 303
    assert len(seen) == hashed
