"""One's own account, the command that makes accounts."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from bridge.accounts.models import LoginSession, Role, User
from bridge.accounts.passwords import hash_password, verify_password
from bridge.extensions import db
from bridge.mail.models import OutboxMail
from tests.client import sign_in, submit
from tests.factories import make_user

FIRST = "the first password"
HASH = hash_password(FIRST)


@pytest.fixture
def user(app: Flask, client: FlaskClient) -> User:
    make_user(Role.STAFF)
    user = make_user(Role.STAFF, email="anna@example.com", password_hash=HASH)
    sign_in(client, user)
    return user


def fresh(user: User) -> User:
    db.session.refresh(user)
    db.session.commit()
    return user


def test_name_and_language_are_changed(app: Flask, client: FlaskClient, user: User) -> None:
    response = submit(client, "/account", {"name": "Анна Новая", "locale": "ru"})
    assert response.status_code == 303
    assert (fresh(user).name, user.locale) == ("Анна Новая", "ru")


@pytest.mark.parametrize(("field", "value"), [("name", " "), ("name", "x" * 121), ("locale", "x")])
def test_a_bad_name_or_language_changes_nothing(
    app: Flask, client: FlaskClient, user: User, field: str, value: str
) -> None:
    before = user.name
    response = submit(client, "/account", {field: value})
    assert response.status_code == 422
    assert f'id="{field}-error"' in response.text
    assert (fresh(user).name, user.locale) == (before, "en")


def test_of_two_windows_the_later_is_told(app: Flask, client: FlaskClient, user: User) -> None:
    assert submit(client, "/account", {"name": "Первое Имя"}).status_code == 303
    response = submit(client, "/account", {"name": "Второе Имя", "version": "1"})
    assert response.status_code == 409
    assert 'value="Второе Имя"' in response.text
    assert fresh(user).name == "Первое Имя"


def test_columns_that_are_not_on_the_form_are_not_changed(
    app: Flask, client: FlaskClient, user: User
) -> None:
    submit(client, "/account", {"role": "admin", "email": "x@example.com", "is_demo": "1"})
    assert (fresh(user).role, user.email, user.is_demo) == (Role.STAFF, "anna@example.com", False)


def test_a_new_password_ends_the_other_sessions(
    app: Flask, client: FlaskClient, user: User
) -> None:
    other = app.test_client()
    sign_in(other, user)
    response = submit(
        client,
        "/account",
        {"present": FIRST, "new": "семь бобров под мостом"},
        action="/account/password",
    )
    assert response.status_code == 303
    assert verify_password(fresh(user).password_hash, "семь бобров под мостом")
    assert client.get("/account").status_code == 200
    assert other.get("/account").status_code == 303
    letter = db.session.scalars(sa.select(OutboxMail)).one()
    assert letter.subject == "Your password on Bridge was changed"


@pytest.mark.parametrize(
    ("present", "new", "wrong"),
    [
        ("not the first one", "семь бобров под мостом", "present"),
        (FIRST, "short", "new"),
        (FIRST, "anna2026", "new"),
        (FIRST, FIRST, "new"),
        ("", "", "present"),
    ],
)
def test_a_password_is_not_changed_on_bad_input(
    app: Flask, client: FlaskClient, user: User, present: str, new: str, wrong: str
) -> None:
    values = {"present": present, "new": new}
    response = submit(client, "/account", values, action="/account/password")
    assert response.status_code == 422
    assert f'id="{wrong}-error"' in response.text
    assert fresh(user).password_hash == HASH


def test_the_other_sessions_are_ended_at_will(app: Flask, client: FlaskClient, user: User) -> None:
    other = app.test_client()
    sign_in(other, user)
    sign_in(other, user)
    assert client.get("/account/security").text.count("since ") == 3
    assert submit(client, "/account/security", action="/account/sessions/end").status_code == 303
    still_open = sa.select(sa.func.count(LoginSession.id)).where(LoginSession.ended_at.is_(None))
    assert db.session.scalar(still_open) == 1
    db.session.commit()
    assert other.get("/account/security").status_code == 303


def make(app: Flask, *arguments: str, stdin: str = "") -> tuple[int, str]:
    result = app.test_cli_runner().invoke(args=["create-user", *arguments], input=stdin)
    return result.exit_code, result.output


def test_the_command_makes_an_administrator(app: Flask, client: FlaskClient) -> None:
    arguments = ("Root@Example.com", "--name", "Ада Админ", "--role", "admin", "--password-stdin")
    assert make(app, *arguments, stdin=f"{FIRST}\n") == (0, "Made: root@example.com, admin.\n")
    entered = submit(client, "/sign-in", {"email": "root@example.com", "password": FIRST})
    assert entered.status_code == 303
    assert make(app, *arguments, stdin=f"{FIRST}\n")[0] == 1


def test_the_command_invites(app: Flask) -> None:
    assert make(app, "s@example.com", "--name", "Служащий", "--role", "staff")[0] == 0
    assert "/invitation/" in db.session.scalars(sa.select(OutboxMail)).one().text


@pytest.mark.parametrize(
    ("arguments", "stdin"),
    [
        (("nonsense", "--name", "A", "--role", "staff"), ""),
        (("a@example.com", "--name", " ", "--role", "staff"), ""),
        (("a@example.com", "--name", "x" * 121, "--role", "staff"), ""),
        (("a@example.com", "--name", "A", "--role", "king"), ""),
        (("a@example.com", "--name", "A", "--role", "staff", "--password-stdin"), "short\n"),
        (("a@example.com", "--name", "A", "--role", "staff", "--password-stdin"), ""),
    ],
)
def test_the_command_names_what_is_wrong(
    app: Flask, arguments: tuple[str, ...], stdin: str
) -> None:
    code, output = make(app, *arguments, stdin=stdin)
    assert code in (1, 2)
    assert "Error: " in output
    assert "Traceback" not in output
    assert db.session.scalar(sa.select(sa.func.count(User.id))) == 0
