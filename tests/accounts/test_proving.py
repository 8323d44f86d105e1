"""Before what matters the person shows once more who they are, and what was typed is kept."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from bridge.accounts.models import LoginSession, Role, User
from bridge.accounts.passwords import hash_password
from bridge.database import utc_now
from bridge.extensions import db
from tests.accounts.authenticator import PASSWORD, set_up
from tests.client import Stranger, forms_of, sign_in, submit
from tests.factories import make_user

HASH = hash_password(PASSWORD)
NEW = {"name": "Новый Сотрудник", "email": "new@example.com", "role": "staff", "locale": "ru"}
PAGE = "/admin/accounts/new"


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return Stranger(app, app.response_class)


@pytest.fixture
def admin(app: Flask, client: FlaskClient) -> User:
    admin = make_user(Role.ADMIN, password_hash=HASH)
    sign_in(client, admin)
    return admin


def a_while_passes() -> None:
    db.session.execute(sa.update(LoginSession).values(proved_at=utc_now() - timedelta(minutes=16)))
    db.session.commit()


def made() -> int | None:
    return db.session.scalar(sa.select(sa.func.count()).where(User.email == NEW["email"]))


def test_nobody_is_asked_soon_after_signing_in(client: FlaskClient, admin: User) -> None:
    assert submit(client, PAGE, NEW).status_code == 303
    assert made() == 1


def test_it_goes_on_with_what_was_typed(client: FlaskClient, admin: User) -> None:
    a_while_passes()
    asked = submit(client, PAGE, NEW)
    assert asked.status_code == 422
    assert "Is it you?" in asked.text
    assert made() == 0
    ((_target, kept),) = [form for form in forms_of(asked) if form[0] == PAGE]
    assert {name: kept[name][0] for name in NEW} == NEW
    wrong = client.post(PAGE, data={**kept, "identity_password": "not it at all"})
    assert "The present password does not fit." in wrong.text
    ((_target, kept),) = [form for form in forms_of(wrong) if form[0] == PAGE]
    assert made() == 0
    done = client.post(PAGE, data={**kept, "identity_password": PASSWORD})
    assert done.status_code == 303
    assert made() == 1
    other = {**NEW, "email": "other@example.com"}
    assert submit(client, PAGE, other).status_code == 303, "asked once in a while"


def test_the_password_does_not_pass_by_another_s_session(
    app: Flask, client: FlaskClient, admin: User
) -> None:
    """Six wrong ones in a minute, and the right one waits too."""
    a_while_passes()
    kept = forms_of(submit(client, PAGE, NEW))[-1][1]
    for _ in range(5):
        client.post(PAGE, data={**kept, "identity_password": "not it at all"})
    late = client.post(PAGE, data={**kept, "identity_password": PASSWORD})
    assert late.status_code == 422
    assert "Too many attempts" in late.text
    assert made() == 0


def test_a_recovery_code_does_too(app: Flask, client: FlaskClient, admin: User) -> None:
    _application, codes = set_up(client)
    a_while_passes()
    kept = forms_of(submit(client, PAGE, NEW))[-1][1]
    assert client.post(PAGE, data={**kept, "identity_code": codes[0]}).status_code == 303
    assert made() == 1


def test_what_is_handed_out_comes_after_the_answer(client: FlaskClient, admin: User) -> None:
    assert client.get("/admin/audit.csv?action=user.created").status_code == 200
    a_while_passes()
    asked = client.get("/admin/audit.csv?action=user.created")
    assert asked.status_code == 303
    assert asked.location.startswith("/account/confirm?next=/admin/audit.csv")
    answered = submit(client, asked.location, {"identity_password": PASSWORD})
    assert (answered.status_code, answered.location) == (
        303,
        "/admin/audit.csv?action=user.created",
    )
    assert client.get(answered.location).status_code == 200


ASKED = (
    "/account/authenticator",
    "/account/authenticator/remove",
    "/account/passkeys",
    "/account/recovery-codes",
    "/admin/accounts/new",
    "/admin/accounts/{id}/deactivate",
    "/admin/accounts/{id}/reactivate",
    "/admin/accounts/{id}/invite",
    "/admin/accounts/{id}/factors/reset",
    "/staff/people/{id}/erase",
)


@pytest.mark.parametrize("path", ASKED)
def test_these_are_asked(app: Flask, client: FlaskClient, admin: User, path: str) -> None:
    other = make_user(Role.STUDENT, second_factor_since=utc_now())
    a_while_passes()
    token = forms_of(client.get("/account"))[0][1]["csrf_token"][0]
    answer = client.post(path.format(id=other.id), data={"csrf_token": token})
    assert answer.status_code == 422
    assert "Is it you?" in answer.text
