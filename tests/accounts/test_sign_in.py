"""Signing in and out, forgotten passwords, invitations."""

from __future__ import annotations

import logging
from pathlib import Path

import click
import pytest
import sqlalchemy as sa
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient

from bridge import create_app
from bridge.accounts import service
from bridge.accounts.models import LoginSession, Role, Throttle, User
from bridge.accounts.passwords import hash_password, needs_rehash
from bridge.audit import AuditEntry
from bridge.config import ConfigurationError
from bridge.database import utc_now
from bridge.extensions import db
from bridge.metrics import REFUSED_PROOFS
from tests.accounts.test_registration import PASSWORD, letters, link_in
from tests.client import sign_in, submit
from tests.conftest import make_config
from tests.factories import make_user

FIRST = "the first password"
HASH = hash_password(FIRST)


@pytest.fixture
def user(app: Flask) -> User:
    user = make_user(Role.STAFF, email="anna@example.com", password_hash=HASH)
    make_user(Role.STAFF, password_hash=hash_password(PASSWORD))
    db.session.commit()
    return user


def enter(client: FlaskClient, password: str = FIRST, email: str = "anna@example.com") -> int:
    return submit(client, "/sign-in", {"email": email, "password": password}).status_code


def open_sessions(user: User) -> int | None:
    return db.session.scalar(
        sa.select(sa.func.count(LoginSession.id)).where(
            LoginSession.user_id == user.id, LoginSession.ended_at.is_(None)
        )
    )


def test_signing_out_ends_the_session_on_the_server(
    app: Flask, client: FlaskClient, user: User
) -> None:
    assert enter(client) == 303
    copy = client.get_cookie("bridge")
    assert copy is not None
    assert submit(client, "/account", action="/sign-out").status_code == 303
    assert open_sessions(user) == 0
    db.session.commit()
    thief = app.test_client()
    thief.set_cookie("bridge", copy.value)
    assert thief.get("/account").status_code == 303
    assert thief.get("/account").location.startswith("/sign-in")


@pytest.mark.parametrize(
    ("email", "password"),
    [
        ("anna@example.com", "wrong password"),
        ("nobody@example.com", FIRST),
        ("nonsense", FIRST),
        ("anna@example.com' or '1'='1", FIRST),
    ],
)
def test_what_does_not_fit_gets_one_answer(
    app: Flask, client: FlaskClient, user: User, email: str, password: str
) -> None:
    response = submit(client, "/sign-in", {"email": email, "password": password})
    assert response.status_code == 422
    assert "The e-mail address or the password does not fit." in response.text
    assert password not in response.text


def test_failures_are_in_the_log_without_what_was_typed(
    app: Flask, client: FlaskClient, user: User, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    before = REFUSED_PROOFS.labels("password")._value.get()
    for email in ("anna@example.com", "kanareika@example.com"):
        assert enter(client, "wrong password", email) == 422
    assert enter(client) == 303
    values = {"present": "wrong again", "new": "другая длинная фраза"}
    assert submit(client, "/account", values, action="/account/password").status_code == 422
    found = [
        (one.levelname, one.factor, one.account)  # type: ignore[attr-defined]
        for one in caplog.records
        if one.getMessage() == "a proof of identity was refused"
    ]
    assert found == [
        ("WARNING", "password", user.id),
        ("WARNING", "password", None),
        ("WARNING", "password", user.id),
    ]
    assert REFUSED_PROOFS.labels("password")._value.get() == before + 3
    for typed in ("anna@", "kanareika", "wrong"):
        assert typed not in caplog.text


def test_the_sixth_failure_in_a_minute_waits(app: Flask, client: FlaskClient, user: User) -> None:
    for _time in range(5):
        assert enter(client, "wrong password") == 422
    assert enter(client) == 429
    assert enter(client, email="nobody@example.com") == 422, "others are not stopped"
    db.session.execute(sa.update(Throttle).values(whole_at=Throttle.whole_at - 60))
    db.session.commit()
    assert enter(client) == 303


def test_nobody_is_sent_to_another_site(app: Flask, client: FlaskClient, user: User) -> None:
    for path in ("//evil.example", "https://evil.example", "/\\evil.example", "/\t/evil.example"):
        response = submit(
            client, "/sign-in", {"email": user.email, "password": FIRST, "next": path}
        )
        assert response.location == "/"
        submit(client, "/account", action="/sign-out")


def test_an_old_hash_is_renewed(app: Flask, client: FlaskClient, user: User) -> None:
    user.password_hash = PasswordHasher(time_cost=1, memory_cost=8192).hash(FIRST)
    db.session.commit()
    assert enter(client) == 303
    db.session.refresh(user)
    assert user.password_hash is not None
    assert not needs_rehash(user.password_hash)


def test_a_deactivated_account_does_not_open(app: Flask, client: FlaskClient, user: User) -> None:
    user.deactivated_at = utc_now()
    db.session.commit()
    assert enter(client) == 422


def test_demo_accounts_open_in_demo_mode_only(
    app: Flask, client: FlaskClient, user: User, database_url: str, tmp_path: Path
) -> None:
    user.is_demo = True
    db.session.commit()
    assert enter(client) == 422
    demo = create_app(make_config(tmp_path, DATABASE_URL=database_url, BRIDGE_MODE="demo"))
    with demo.app_context():
        assert enter(demo.test_client()) == 303
        db.engine.dispose()


def test_production_refuses_to_start_on_a_demo_database(
    app: Flask, user: User, database_url: str, tmp_path: Path
) -> None:
    production = make_config(
        tmp_path,
        DATABASE_URL=database_url,
        BRIDGE_MODE="production",
        MAIL_URL="smtp://127.0.0.1:25",
    )
    create_app(production)
    user.is_demo = True
    db.session.commit()
    with pytest.raises(ConfigurationError, match="1 accounts of the demo university"):
        create_app(production)
    # Nor under Flask's own server; commands do run, to look into it and to leave it.
    with (
        click.Context(click.Command("run"), info_name="run"),
        pytest.raises(ConfigurationError, match="1 accounts of the demo university"),
    ):
        create_app(production)
    with click.Context(click.Command("flask"), info_name="flask"):
        create_app(production)


def test_a_forgotten_password_is_set_anew_and_every_session_ends(
    app: Flask, client: FlaskClient, user: User
) -> None:
    sign_in(app.test_client(), user)
    response = submit(client, "/forgot", {"email": "Anna@example.com"})
    unknown = submit(app.test_client(), "/forgot", {"email": "nobody@example.com"})
    assert (response.status_code, response.location) == (unknown.status_code, unknown.location)
    letter, other = letters()
    assert other.subject == "There is no account with this address on Bridge"
    path = link_in(letter)
    assert submit(client, path, {"password": "short"}).status_code == 422
    assert submit(client, path, {"password": "anna@example.com"}).status_code == 422
    assert submit(client, path, {"password": PASSWORD}).status_code == 303
    assert client.get(path).status_code == 410
    assert open_sessions(user) == 0
    db.session.commit()
    assert enter(client) == 422
    assert enter(client, PASSWORD) == 303
    assert "user.password-reset" in set(db.session.scalars(sa.select(AuditEntry.action)))


def test_the_link_in_the_letter_follows_the_settings_not_the_host(
    app: Flask, client: FlaskClient, user: User
) -> None:
    page = client.get("/forgot", headers={"Host": "evil.example"})
    assert page.status_code == 400
    submit(client, "/forgot", {"email": user.email})
    assert "http://localhost/reset/" in letters()[0].text


def test_an_invitation_brings_a_person_in(app: Flask, client: FlaskClient, user: User) -> None:
    invited = service.create_user("new@example.com", "Новый", Role.STAFF, actor=user, locale="en")
    service.invite(invited, actor=user)
    db.session.commit()
    assert enter(client, "", "new@example.com") == 422
    path = link_in(letters()[0])
    assert submit(client, path, {"name": "", "password": PASSWORD}).status_code == 422
    response = submit(client, path, {"name": "Олег Новый", "password": PASSWORD})
    assert (response.status_code, response.location) == (303, "/")
    db.session.refresh(invited)
    assert invited.name == "Олег Новый"
    assert invited.email_confirmed_at is not None
    assert client.get("/account").status_code == 200
    assert client.get(path).status_code == 410


def test_who_forgot_that_they_were_invited_is_invited_again(
    app: Flask, client: FlaskClient
) -> None:
    make_user(Role.STUDENT, email="new@example.com", email_confirmed_at=None)
    db.session.commit()
    submit(client, "/forgot", {"email": "new@example.com"})
    assert link_in(letters()[0]).startswith("/invitation/")
