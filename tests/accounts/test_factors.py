"""Second factors: set up, asked for, lost."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from bridge.accounts.factors import totp
from bridge.accounts.factors.models import Authenticator, Passkey, RecoveryCode
from bridge.accounts.models import LoginSession, Role, User
from bridge.accounts.passwords import hash_password
from bridge.audit import AuditEntry
from bridge.config import Config
from bridge.database import utc_now
from bridge.extensions import db
from bridge.mail.models import OutboxMail
from tests.accounts.authenticator import PASSWORD, give_code, give_password, set_up
from tests.client import Stranger, sign_in, submit
from tests.factories import make_user

HASH = hash_password(PASSWORD)
EMAIL = "anna@example.com"


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return Stranger(app, app.response_class)


@pytest.fixture
def user(app: Flask) -> User:
    make_user(Role.STAFF, second_factor_since=utc_now())
    user = make_user(Role.STAFF, email=EMAIL, password_hash=HASH)
    db.session.commit()
    return user


def other(app: Flask) -> FlaskClient:
    return Stranger(app, app.response_class)


def require(app: Flask) -> None:
    config: Config = app.config["BRIDGE"]
    object.__setattr__(config, "second_factor_required", True)


def acts() -> list[str]:
    found = sa.select(AuditEntry.action).where(AuditEntry.action.startswith("user."))
    return list(db.session.scalars(found.order_by(AuditEntry.id)))


def subjects() -> list[str]:
    return list(db.session.scalars(sa.select(OutboxMail.text).order_by(OutboxMail.id)))


def test_an_application_is_set_up_and_asked_for(
    app: Flask, client: FlaskClient, user: User
) -> None:
    elsewhere = other(app)
    sign_in(elsewhere, user)
    sign_in(client, user)
    application, codes = set_up(client)
    assert len(set(codes)) == 10
    assert elsewhere.get("/account").status_code == 303, "who had no factor to show is signed out"
    assert client.get("/account").status_code == 200

    entering = other(app)
    answer = give_password(entering, EMAIL, "/sign-in?next=/account")
    assert (answer.status_code, answer.location) == (303, "/sign-in/second")
    assert entering.get("/account").status_code == 303, "the password alone opens nothing"
    wrong = give_code(entering, "000000")
    assert wrong.status_code == 422
    assert "This code does not fit" in wrong.text
    later = utc_now() + timedelta(seconds=30)
    right = give_code(entering, application.at(later), later)
    assert (right.status_code, right.location) == (303, "/account")
    assert entering.get("/account").status_code == 200
    assert acts() == ["user.factor-added"]
    assert "an application" in subjects()[0].lower()


def test_a_code_is_good_once_and_soon(app: Flask, client: FlaskClient, user: User) -> None:
    sign_in(client, user)
    application, _codes = set_up(client)
    now = utc_now() + timedelta(minutes=2)
    code = application.at(now)

    def try_at(moment_offset: int, wanted: str = code) -> int:
        entering = other(app)
        give_password(entering, EMAIL)
        return give_code(entering, wanted, now + timedelta(seconds=moment_offset)).status_code

    assert try_at(61) == 422, "two steps late"
    assert try_at(-61) == 422, "two steps early"
    assert try_at(30) == 303, "one step late"
    assert try_at(30) == 422, "the same again"
    assert try_at(0) == 422
    earlier = application.at(now - timedelta(seconds=30))
    assert try_at(0, earlier) == 422, "an older one than the last"


def test_a_code_of_other_digits_is_an_answer_like_any(
    app: Flask, client: FlaskClient, user: User
) -> None:
    sign_in(client, user)
    application, codes = set_up(client)
    later = utc_now() + timedelta(seconds=30)
    code, wide = application.at(later), {ord(one): ord(one) - 0x30 + 0xFF10 for one in "0123456789"}
    arabic = {ord(one): ord(one) - 0x30 + 0x0660 for one in "0123456789"}
    spare = codes[0].translate(wide | {ord("-"): "－"})
    for typed, status in ((code.translate(arabic), 422), (code.translate(wide), 303), (spare, 303)):
        entering = other(app)
        give_password(entering, EMAIL)
        assert give_code(entering, typed, later).status_code == status


def test_guesses_of_codes_are_few(app: Flask, client: FlaskClient, user: User) -> None:
    sign_in(client, user)
    _application, codes = set_up(client)
    entering = other(app)
    give_password(entering, EMAIL)
    statuses = [give_code(entering, f"{number:06}").status_code for number in range(12)]
    assert statuses == [422] * 10 + [429] * 2
    assert give_code(entering, codes[0]).status_code == 429


def test_a_recovery_code_is_good_once_and_lies_nowhere(
    app: Flask, client: FlaskClient, user: User
) -> None:
    sign_in(client, user)
    _application, codes = set_up(client)
    kept = set(db.session.scalars(sa.select(RecoveryCode.code_hash)))
    assert not kept & {code for one in codes for code in (one, one.replace("-", ""))}
    for typed, status in ((codes[3], 303), (codes[3], 422), (codes[4].lower(), 303), ("", 422)):
        entering = other(app)
        give_password(entering, EMAIL)
        assert give_code(entering, typed).status_code == status
    assert "8 are left" in subjects()[-1]
    assert acts()[-2:] == ["user.recovery-code-used"] * 2
    page = client.get("/account/security").text
    assert "8 of 10 left" in page
    assert not any(code in page for code in codes)


def test_new_codes_end_the_old_ones(app: Flask, client: FlaskClient, user: User) -> None:
    sign_in(client, user)
    _application, codes = set_up(client)
    renewed = submit(client, "/account/security", action="/account/recovery-codes")
    fresh = re.findall(r"<code>([0-9A-Z-]{19})</code>", renewed.text)
    assert len(fresh) == 10
    assert not set(fresh) & set(codes)
    entering = other(app)
    give_password(entering, EMAIL)
    assert give_code(entering, codes[0]).status_code == 422
    assert give_code(entering, fresh[0]).status_code == 303


def test_the_secret_is_sealed(app: Flask, client: FlaskClient, user: User) -> None:
    sign_in(client, user)
    application, _codes = set_up(client)
    sealed = db.session.scalars(sa.select(Authenticator.sealed_secret)).one()
    assert application.secret not in sealed
    assert totp.unseal(sealed) == application.secret
    app.config["SECRET_KEY"] = "another-secret-key-0123456789-abcdefghijk"
    assert totp.unseal(sealed) is None


def test_the_second_step_needs_the_first(app: Flask, client: FlaskClient, user: User) -> None:
    assert client.get("/sign-in/second").status_code == 410
    sign_in(client, user)
    set_up(client)
    entering = other(app)
    give_password(entering, EMAIL)
    assert entering.get("/sign-in/second").status_code == 200
    user.password_hash = hash_password("another long phrase")
    db.session.commit()
    assert entering.get("/sign-in/second").status_code == 410, "it was not this password"


def test_a_new_password_through_the_mailbox_does_not_replace_the_factor(
    app: Flask, client: FlaskClient, user: User
) -> None:
    sign_in(client, user)
    set_up(client)
    forgetful = other(app)
    submit(forgetful, "/forgot", {"email": EMAIL})
    link = re.search(r"http://localhost(/reset/\S+)", subjects()[-1])
    assert link
    assert submit(forgetful, link.group(1), {"password": PASSWORD}).status_code == 303
    assert give_password(forgetful, EMAIL).location == "/sign-in/second"


def test_staff_must_have_one_where_it_is_required(
    app: Flask, client: FlaskClient, user: User
) -> None:
    require(app)
    assert give_password(client, EMAIL).location == "/"
    for path in ("/", "/staff/moderation", "/account/data", "/staff/students"):
        answer = client.get(path)
        assert (answer.status_code, answer.location) == (303, "/account/security")
    refused = submit(client, "/account/security", {"locale": "ru"}, action="/language")
    assert refused.status_code == 303
    set_up(client)
    assert client.get("/staff/moderation").status_code == 200
    last = submit(client, "/account/security", action="/account/authenticator/remove")
    assert last.status_code == 409
    db.session.refresh(user)
    assert user.second_factor_since is not None


def test_others_may_and_need_not(app: Flask, client: FlaskClient) -> None:
    require(app)
    student = make_user(Role.STUDENT, email="student@example.com", password_hash=HASH)
    sign_in(client, student)
    assert client.get("/account").status_code == 200
    set_up(client)
    removed = submit(client, "/account/security", action="/account/authenticator/remove")
    assert removed.status_code == 303
    db.session.refresh(student)
    assert student.second_factor_since is None
    assert db.session.scalar(sa.select(sa.func.count(RecoveryCode.id))) == 0
    assert give_password(other(app), "student@example.com").location == "/"


def test_an_administrator_resets_somebody_s_factors(
    app: Flask, client: FlaskClient, user: User
) -> None:
    sign_in(client, user)
    set_up(client)
    user_id = user.id
    admin = make_user(Role.ADMIN)
    office = other(app)
    sign_in(office, admin)
    path = f"/admin/accounts/{user_id}"
    assert submit(office, path, action=f"{path}/factors/reset").status_code == 303
    assert client.get("/account").status_code == 303
    assert give_password(client, EMAIL).location == "/"
    assert acts()[-1] == "user.factors-reset"
    assert "An administrator has removed your second factors" in subjects()[-1]
    again = office.post(f"{path}/factors/reset", data={"csrf_token": token_of(office, path)})
    assert again.status_code == 409
    own = f"/admin/accounts/{admin.id}"
    mine = office.post(f"{own}/factors/reset", data={"csrf_token": token_of(office, own)})
    assert mine.status_code == 403


def token_of(client: FlaskClient, path: str) -> str:
    return client.get(path).text.partition('name="csrf_token" value="')[2].partition('"')[0]


def test_the_command_lets_a_locked_out_administrator_in(
    app: Flask, client: FlaskClient, user: User
) -> None:
    sign_in(client, user)
    set_up(client)
    run = app.test_cli_runner()
    done = run.invoke(args=["reset-factors", EMAIL.upper()])
    assert (done.exit_code, "by the password alone" in done.output) == (0, True)
    assert run.invoke(args=["reset-factors", EMAIL]).exit_code == 1
    assert run.invoke(args=["reset-factors", "nobody@example.com"]).exit_code == 1
    assert give_password(other(app), EMAIL).location == "/"


def test_one_device_is_signed_out(app: Flask, client: FlaskClient, user: User) -> None:
    elsewhere, third = other(app), other(app)
    for browser in (elsewhere, third, client):
        sign_in(browser, user)
    ids = list(db.session.scalars(sa.select(LoginSession.id).order_by(LoginSession.id)))
    page = "/account/security"
    ended = submit(client, page, action=f"/account/sessions/{ids[0]}/end")
    assert ended.status_code == 303
    assert elsewhere.get("/account").status_code == 303
    assert third.get("/account").status_code == 200
    assert client.get("/account").status_code == 200
    submit(client, page, action="/account/sessions/end")
    assert third.get("/account").status_code == 303


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "{}",
        "[" * 5000,
        '{"id": "AA", "rawId": "AA", "type": "public-key", "response": {}}',
        '{"id": "AA", "rawId": "AA", "type": "public-key", "response": {"clientDataJSON": "e30", '
        '"attestationObject": "AA", "authenticatorData": "AA", "signature": "AA"}}',
        '{"id": "AA", "rawId": "AA", "type": "public-key", "response": {"clientDataJSON": '
        '"eyJ0eXBlIjoieCIsImNoYWxsZW5nZSI6IkFBIiwib3JpZ2luIjoieCJ9", '
        '"attestationObject": "AA", "authenticatorData": "AA", "signature": "AA"}}',
        "\udcff\x00",
    ],
)
def test_what_no_browser_answered_adds_no_passkey(
    app: Flask, client: FlaskClient, user: User, answer: str
) -> None:
    sign_in(client, user)
    page = "/account/passkeys/new"
    sent = {"name": "Телефон", "credential": answer.encode("utf-8", "replace").decode()}
    answered = submit(client, page, sent, action="/account/passkeys")
    assert answered.status_code == 422
    assert 'value="Телефон"' in answered.text
    assert db.session.scalar(sa.select(sa.func.count(Passkey.id))) == 0
