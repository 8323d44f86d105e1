"""Whether an address has an account is told by no page, no work behind it and no time."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from bridge.accounts.models import Role, User
from bridge.accounts.passwords import hash_password
from bridge.database import utc_now
from bridge.extensions import db
from bridge.mail.models import OutboxMail
from tests.client import Stranger, submit
from tests.factories import make_user

HASH = hash_password("семь бобров под мостом")
ADDRESSES = (
    "known@example.com",
    "waiting@example.com",
    "closed@example.com",
    "invited@example.com",
)
UNKNOWN = "nobody@example.com"


@pytest.fixture(autouse=True)
def people(app: Flask) -> list[User]:
    known = make_user(Role.STAFF, email=ADDRESSES[0], password_hash=HASH)
    waiting = make_user(
        Role.STUDENT, email=ADDRESSES[1], password_hash=HASH, email_confirmed_at=None
    )
    closed = make_user(
        Role.STUDENT, email=ADDRESSES[2], password_hash=HASH, deactivated_at=utc_now()
    )
    invited = make_user(Role.STUDENT, email=ADDRESSES[3], email_confirmed_at=None)
    db.session.commit()
    return [known, waiting, closed, invited]


def shown(answer: str, address: str) -> str:
    """The page without what differs at every opening: the address itself, tokens."""
    return re.sub(r'value="[^"]*"', "", answer.replace(address, "ADDRESS"))


def visit(app: Flask, address: str, page: str, values: dict[str, str]) -> tuple[object, ...]:
    """Everything that a stranger sees of asking, and how many letters wait because of it."""
    client: FlaskClient = Stranger(app, app.response_class)
    before = letters()
    answer = submit(client, page, {**values, "email": address})
    following = client.get(answer.location).text if answer.location else ""
    return (
        answer.status_code,
        answer.location,
        shown(answer.text, address),
        shown(following, address),
        sorted(answer.headers.keys()),
        letters() - before,
    )


def letters() -> int:
    found = db.session.scalar(sa.select(sa.func.count(OutboxMail.id))) or 0
    db.session.rollback()
    return found


@pytest.mark.parametrize(
    ("page", "values", "expected_letters"),
    [
        ("/forgot", {}, 1),
        ("/sign-in", {"password": "not the password"}, 0),
    ],
)
def test_known_and_unknown_addresses_look_alike(
    app: Flask, page: str, values: dict[str, str], expected_letters: int
) -> None:
    unknown = visit(app, UNKNOWN, page, values)
    assert unknown[-1] == expected_letters
    assert [visit(app, address, page, values) == unknown for address in ADDRESSES] == [True] * 4


def test_registering_looks_alike(app: Flask) -> None:
    values = {"name": "Иван Петров", "password": "восемь бобров на плоту", "locale": "en"}
    unknown = visit(app, UNKNOWN, "/register", values)
    assert unknown[-1] == 1
    for address in (ADDRESSES[0], ADDRESSES[1], ADDRESSES[3]):
        assert visit(app, address, "/register", values) == unknown


def test_asking_for_the_letter_again_looks_alike(app: Flask) -> None:
    found = []
    for address in (UNKNOWN, *ADDRESSES):
        client: FlaskClient = Stranger(app, app.response_class)
        # The button stands on the page after registering.
        submit(client, "/forgot", {"email": address})
        token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/sign-in").text)
        assert token
        before = letters()
        data = {"csrf_token": token.group(1), "email": address}
        answer = client.post("/confirm/resend", data=data)
        found.append((answer.status_code, answer.location, letters() - before))
    assert found == [(303, "/letter-sent?resend=1", 1)] * 5


def test_nobody_s_mailbox_is_flooded_not_even_a_stranger_s(app: Flask) -> None:
    client: FlaskClient = Stranger(app, app.response_class)
    for _ in range(8):
        submit(client, "/forgot", {"email": UNKNOWN})
    assert letters() == 5
