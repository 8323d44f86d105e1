"""Registering, confirming the address, and what the answer must not tell."""

from __future__ import annotations

import re
import time
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from bridge.accounts import service
from bridge.accounts.models import AccountToken, Role, TokenPurpose, User
from bridge.accounts.passwords import hash_password
from bridge.accounts.tokens import issue_token
from bridge.audit import AuditEntry
from bridge.consents.models import Purpose
from bridge.database import utc_now
from bridge.extensions import db
from bridge.mail.models import OutboxMail
from tests.client import sign_in, submit
from tests.consents.test_consents import publish, receipts
from tests.factories import make_user

PASSWORD = "семь бобров под мостом"
PERSON = {"name": "Иван Петров", "email": "Ivan@Example.com", "password": PASSWORD, "locale": "en"}


def letters() -> list[OutboxMail]:
    return list(db.session.scalars(sa.select(OutboxMail).order_by(OutboxMail.id)))


def link_in(letter: OutboxMail) -> str:
    found = re.search(r"http://localhost(/\S+)", letter.text)
    assert found
    return found.group(1)


def actions() -> list[str]:
    return list(db.session.scalars(sa.select(AuditEntry.action).order_by(AuditEntry.id)))


def test_a_student_registers_confirms_and_signs_in(app: Flask, client: FlaskClient) -> None:
    response = submit(client, "/register", PERSON)
    assert response.status_code == 303
    assert "ivan@example.com" in client.get(response.location).text
    user = db.session.scalars(sa.select(User)).one()
    assert (user.email, user.name, user.role) == ("ivan@example.com", "Иван Петров", Role.STUDENT)
    assert user.profile is not None
    assert user.profile.published_at is None
    (letter,) = letters()
    assert (letter.recipient, letter.subject) == (
        "ivan@example.com",
        "Confirm your address on Bridge",
    )
    credentials = {"email": "IVAN@example.com ", "password": PASSWORD}
    early = submit(client, "/sign-in", credentials)
    assert early.status_code == 422
    assert "The e-mail address is not confirmed yet" in early.text

    assert submit(client, link_in(letter)).status_code == 303
    entered = submit(client, "/sign-in?next=/account", credentials)
    assert (entered.status_code, entered.location) == (303, "/account")
    assert "Иван Петров" in client.get("/account").text
    assert actions() == ["user.created", "user.confirmed", "session.started"]


def test_the_link_is_good_once(app: Flask, client: FlaskClient) -> None:
    submit(client, "/register", PERSON)
    path = link_in(letters()[0])
    assert client.get(path).status_code == 200, "a program that scans letters opens every link"
    assert submit(client, path).status_code == 303
    assert client.get(path).status_code == 410
    assert client.get("/confirm/nonsense").status_code == 410


def test_the_link_is_too_old_after_48_hours(app: Flask, client: FlaskClient) -> None:
    submit(client, "/register", PERSON)
    token = db.session.scalars(sa.select(AccountToken)).one()
    assert timedelta(hours=47) < token.expires_at - utc_now() <= timedelta(hours=48)
    token.expires_at = utc_now() - timedelta(seconds=1)
    db.session.commit()
    assert client.get(link_in(letters()[0])).status_code == 410


def test_a_link_of_another_purpose_confirms_nothing(app: Flask, client: FlaskClient) -> None:
    user = make_user(Role.STUDENT, email_confirmed_at=None)
    token = issue_token(user, TokenPurpose.RESET)
    db.session.commit()
    assert client.get(f"/confirm/{token}").status_code == 410
    assert client.get(f"/reset/{token}").status_code == 200


def test_the_letter_comes_again_and_both_links_work(app: Flask, client: FlaskClient) -> None:
    sent = submit(client, "/register", PERSON)
    again = submit(client, sent.location, action="/confirm/resend")
    assert again.status_code == 303
    first, second = letters()
    assert link_in(first) != link_in(second)
    assert submit(client, link_in(first)).status_code == 303
    assert client.get(link_in(second)).status_code == 410


def test_a_known_address_gets_the_same_page_and_its_owner_a_letter(
    app: Flask, client: FlaskClient
) -> None:
    make_user(Role.STAFF, email="known@example.com", password_hash=hash_password(PASSWORD))
    db.session.commit()
    pages, durations = [], []
    for address in ("known@example.com", "new@example.com"):
        started = time.monotonic()
        response = submit(client, "/register", {**PERSON, "email": address})
        durations.append(time.monotonic() - started)
        shown = client.get(response.location).text.replace(address, "ADDRESS")
        pages.append((response.status_code, response.location, re.sub('value="[^"]*"', "", shown)))
    assert pages[0] == pages[1]
    assert min(durations) >= 0.3
    assert [letter.subject for letter in letters()] == [
        "You are already registered on Bridge",
        "Confirm your address on Bridge",
    ]
    assert db.session.scalar(sa.select(sa.func.count(User.id))) == 2


def test_whoever_registers_a_foreign_address_first_is_put_out_by_its_owner(
    app: Flask, client: FlaskClient
) -> None:
    submit(client, "/register", {**PERSON, "password": "the password of a thief"})
    submit(client, "/register", PERSON)
    path = link_in(letters()[1])
    assert path.startswith("/reset/")
    assert submit(client, path, {"password": PASSWORD}).status_code == 303
    thief = submit(
        client, "/sign-in", {"email": PERSON["email"], "password": "the password of a thief"}
    )
    assert thief.status_code == 422
    owner = submit(client, "/sign-in", {"email": PERSON["email"], "password": PASSWORD})
    assert owner.status_code == 303


def test_who_sets_a_password_at_an_unconfirmed_address_agrees_for_themselves(
    app: Flask, client: FlaskClient
) -> None:
    document = publish(Purpose.ACCOUNT)
    submit(client, "/register", {**PERSON, "consent": "y"})
    submit(client, "/register", {**PERSON, "consent": "y"})
    path = link_in(letters()[-1])
    assert path.startswith("/reset/")
    refused = submit(client, path, {"password": PASSWORD})
    assert refused.status_code == 422
    assert 'id="consent-error"' in refused.text
    assert submit(client, path, {"password": PASSWORD, "consent": "y"}).status_code == 303
    user = db.session.scalars(sa.select(User).where(User.email == "ivan@example.com")).one()
    assert receipts(user) == [(document.id, "register", False), (document.id, "reset", True)]
    assert user.consent_due_at is None
    # The address is confirmed now: whoever forgets the password has agreed already.
    submit(client, "/forgot", {"email": PERSON["email"]})
    assert 'name="consent"' not in client.get(link_in(letters()[-1])).text


@pytest.mark.parametrize("page", ["/register", "/confirm/resend"])
def test_who_was_invited_comes_in_by_an_invitation_whatever_they_press(
    app: Flask, client: FlaskClient, page: str
) -> None:
    invited = make_user(Role.STUDENT, email="ivan@example.com", email_confirmed_at=None)
    service.invite(invited, actor=None)
    db.session.commit()
    submit(client, "/register", PERSON)
    if page == "/confirm/resend":
        submit(client, "/letter-sent?resend=1", action=page)
    assert all(link_in(letter).startswith("/invitation/") for letter in letters())
    assert len(letters()) == (2 if page == "/register" else 3)


def test_no_link_sets_a_password_after_another_did(app: Flask, client: FlaskClient) -> None:
    user = make_user(Role.STUDENT, email="ivan@example.com", email_confirmed_at=None)
    stranger = make_user(Role.STUDENT, email_confirmed_at=None)
    invitation, reset = (
        issue_token(user, purpose) for purpose in (TokenPurpose.INVITE, TokenPurpose.RESET)
    )
    foreign = issue_token(stranger, TokenPurpose.INVITE)
    db.session.commit()
    assert submit(client, f"/reset/{reset}", {"password": PASSWORD}).status_code == 303
    assert client.get(f"/invitation/{invitation}").status_code == 410
    assert client.get(f"/invitation/{foreign}").status_code == 200


def test_letters_to_one_address_are_few(app: Flask, client: FlaskClient) -> None:
    make_user(Role.STAFF, email="known@example.com", password_hash=hash_password(PASSWORD))
    make_user(Role.STAFF, email="other@example.com", password_hash=hash_password(PASSWORD))
    db.session.commit()
    for _time in range(8):
        assert submit(client, "/forgot", {"email": "known@example.com"}).status_code == 303
    assert len(letters()) == 5
    submit(client, "/forgot", {"email": "other@example.com"})
    assert len(letters()) == 6


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "   "),
        ("name", "x" * 121),
        ("email", ""),
        ("email", "nonsense"),
        ("email", "a@b"),
        ("email", "иван@example.com"),
        ("email", "x" * 300 + "@example.com"),
        ("email", "a@example.com\nBcc: b@example.com"),
        ("password", ""),
        ("password", "sevench"),
        ("password", "x" * 1001),
        ("password", "12345678"),
        ("password", "пароль 123"),
        ("password", "ivan@example.com"),
        ("password", "Петров Иван 2004"),
        ("password", "aaaaaaaaaa"),
        # Of the place, alone and with digits; from the lists of leaks.
        ("password", "Мост-2026!"),
        ("password", "Leonov University 1"),
        ("password", "университет имени Леонова"),
        ("password", "technology127"),
        ("password", "chelsea1"),
        ("password", "Michael-1"),
        ("locale", "tlh"),
    ],
)
def test_bad_input_is_named_beside_its_field_and_the_rest_is_kept(
    app: Flask, client: FlaskClient, field: str, value: str
) -> None:
    response = submit(client, "/register", {**PERSON, field: value})
    assert response.status_code == 422
    assert f'id="{field}-error"' in response.text
    if field != "name":
        assert 'value="Иван Петров"' in response.text
    assert PASSWORD not in response.text
    assert db.session.scalar(sa.select(sa.func.count(User.id))) == 0


@pytest.mark.parametrize(
    "password",
    [
        "восемь8!",
        "x1y7" * 18,
        "x1y" * 24 + "z",
        "длинный " * 125,
        "🚀🛰️🌍🌕☄️🌠🔭👩‍🚀",
        "\x00\x01 nul inside",
    ],
)
def test_every_password_of_allowed_length_opens_its_account(
    app: Flask, client: FlaskClient, password: str
) -> None:
    assert submit(client, "/register", {**PERSON, "password": password}).status_code == 303
    submit(client, link_in(letters()[0]))
    entered = submit(client, "/sign-in", {"email": PERSON["email"], "password": password})
    assert entered.status_code == 303


def test_two_at_once_make_one_account(app: Flask) -> None:
    make_user(Role.STUDENT, email="ivan@example.com")
    with pytest.raises(service.EmailTakenError):
        service.create_user(" IVAN@EXAMPLE.COM", "Иван", Role.STUDENT, actor=None)
    assert (
        service.register("ivan@example.com", "И", Role.STUDENT, password=PASSWORD, locale="ru")
        is None
    )
    assert db.session.scalar(sa.select(sa.func.count(User.id))) == 1


def test_who_is_signed_in_goes_home(app: Flask, client: FlaskClient) -> None:
    sign_in(client, make_user(Role.ADMIN))
    assert client.get("/register").status_code == 302
    assert client.get("/sign-in").status_code == 302
