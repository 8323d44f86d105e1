"""Cookies that were copied or planted, links that are older than the password, foreign tokens."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from bridge.accounts.models import Role, TokenPurpose, User
from bridge.accounts.passwords import hash_password
from bridge.accounts.tokens import issue_token
from bridge.extensions import db
from tests.client import Stranger, sign_in, submit
from tests.factories import make_user

PASSWORD = "семь бобров под мостом"
HASH = hash_password(PASSWORD)
ELSEWHERE = (
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "https://evil.example",
    "https:evil.example",
    "javascript:alert(1)",
    "/\t/evil.example",
    "/\r\nLocation: https://evil.example",
    "\x00//evil.example",
    " //evil.example",
)


@pytest.fixture
def user(app: Flask) -> User:
    make_user(Role.STAFF)
    user = make_user(Role.STAFF, email="anna@example.com", password_hash=HASH)
    db.session.commit()
    return user


def stranger(app: Flask) -> FlaskClient:
    return Stranger(app, app.response_class)


def cookie_of(client: FlaskClient) -> str:
    cookie = client.get_cookie("bridge")
    assert cookie is not None
    return cookie.value


def enter(client: FlaskClient) -> None:
    values = {"email": "anna@example.com", "password": PASSWORD}
    assert submit(client, "/sign-in", values).status_code == 303


def test_a_copied_cookie_is_worth_nothing_after_signing_out(app: Flask, user: User) -> None:
    client, thief = stranger(app), stranger(app)
    enter(client)
    thief.set_cookie("bridge", cookie_of(client))
    assert thief.get("/account").status_code == 200
    submit(client, "/account", action="/sign-out")
    assert thief.get("/account").status_code == 303


def test_a_planted_cookie_does_not_become_a_signed_in_one(app: Flask, user: User) -> None:
    attacker, victim = stranger(app), stranger(app)
    attacker.get("/sign-in")
    planted = cookie_of(attacker)
    victim.set_cookie("bridge", planted)
    enter(victim)
    assert cookie_of(victim) != planted
    assert attacker.get("/account").status_code == 303


def test_a_token_of_another_session_is_refused(app: Flask, user: User) -> None:
    attacker, victim = stranger(app), stranger(app)
    page = attacker.get("/sign-in").text
    token = page.partition('name="csrf_token" value="')[2].partition('"')[0]
    sign_in(victim, user)
    for foreign in (token, "", "x" * 5000, "\x00", "🚀"):
        data = {"csrf_token": foreign, "name": "Другое Имя", "locale": "ru", "version": "1"}
        assert victim.post("/account", data=data).status_code == 400
    db.session.refresh(user)
    assert user.name != "Другое Имя"


def test_a_new_password_makes_older_links_worthless(app: Flask, user: User) -> None:
    token = issue_token(user, TokenPurpose.RESET)
    client = stranger(app)
    enter(client)
    values = {"present": PASSWORD, "new": "другая длинная фраза"}
    assert submit(client, "/account", values, action="/account/password").status_code == 303
    assert stranger(app).get(f"/reset/{token}").status_code == 410


def test_a_link_is_good_for_its_own_purpose_only(app: Flask, user: User) -> None:
    pages = {
        TokenPurpose.CONFIRM: "confirm",
        TokenPurpose.RESET: "reset",
        TokenPurpose.INVITE: "invitation",
    }
    for purpose, own in pages.items():
        token = issue_token(user, purpose)
        found = {page: stranger(app).get(f"/{page}/{token}").status_code for page in pages.values()}
        assert found == {page: 200 if page == own else 410 for page in pages.values()}


def test_nobody_is_sent_to_another_site(app: Flask, user: User) -> None:
    client = stranger(app)
    sign_in(client, user)
    for path in ELSEWHERE:
        assert client.get("/sign-in", query_string={"next": path}).location == "/"
        language = submit(client, "/account", {"next": path, "locale": "en"}, action="/language")
        assert language.location == "/"
    values = {"email": "anna@example.com", "password": PASSWORD, "next": ELSEWHERE[0]}
    assert submit(stranger(app), "/sign-in", values).location == "/"
