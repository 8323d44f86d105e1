"""What was typed is not lost with the session or at a gate: it comes back and is sent once more."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from markupsafe import escape
from werkzeug.test import TestResponse
from wtforms import PasswordField
from wtforms.fields.core import UnboundField

from bridge.accounts.models import Role, User
from bridge.accounts.passwords import hash_password
from bridge.accounts.sessions import end_all_sessions
from bridge.config import Config
from bridge.consents import service as consents
from bridge.consents.labels import suggestions
from bridge.consents.models import ConsentDocument, Purpose
from bridge.database import as_of, utc_now
from bridge.extensions import db
from bridge.hiring import service as hiring
from bridge.hiring.labels import StudentReason
from bridge.kept import SECRET
from bridge.vacancies.models import Vacancy
from bridge.web.forms import BaseForm
from tests.accounts.authenticator import PASSWORD, set_up
from tests.client import Stranger, forms_of, sign_in, submit
from tests.contacts.scene import make_scene
from tests.factories import make_member, make_user
from tests.hiring.scene import accepted_request, stage_of

OWN = {"Sec-Fetch-Site": "same-origin", "Referer": "http://localhost/hr/vacancies/new"}
PAGE = "/hr/vacancies/new"
TEXT = "Расчёт лопаток турбины:\nпрочность, «тепло» & <усталость>. " * 4


@pytest.fixture
def hr(app: Flask) -> User:
    return make_member(name="Анна Кадрова").user


def written(client: FlaskClient) -> dict[str, Any]:
    """The form of a new vacancy, filled in."""
    fields = next(found for target, found in forms_of(client.get(PAGE)) if target == PAGE)
    return {**fields, "title": "Расчётчик", "text": TEXT, "city": "Королёв"}


def kept(answer: TestResponse) -> dict[str, list[str]]:
    """What the page would send again to where it was meant for."""
    return next(found for target, found in forms_of(answer) if target == PAGE)


def vacancies() -> list[tuple[str, str]]:
    found = [(one.title, one.text) for one in db.session.scalars(sa.select(Vacancy))]
    db.session.commit()
    return found


def test_what_was_typed_outlives_signing_out_in_another_tab(client: FlaskClient, hr: User) -> None:
    sign_in(client, hr)
    form = written(client)
    submit(client, "/account", action="/sign-out")
    answer = client.post(PAGE, data=form, headers=OWN)
    assert answer.status_code == 400
    assert "You are signed out" in answer.text
    assert 'href="/sign-in" target="_blank"' in answer.text
    assert kept(answer)["text"] == [TEXT]
    assert vacancies() == []
    # Signed in again in the other tab; the token of this page is the signed-out session's.
    with client.session_transaction() as session:
        session.clear()
    sign_in(client, hr)
    answer = client.post(PAGE, data=kept(answer), headers=OWN)
    assert answer.status_code == 400
    assert "You are signed in as Анна Кадрова." in answer.text
    assert client.post(PAGE, data=kept(answer), headers=OWN).status_code == 303
    assert vacancies() == [("Расчётчик", TEXT.strip())]


def test_a_session_that_was_ended_elsewhere_keeps_it_too(client: FlaskClient, hr: User) -> None:
    sign_in(client, hr)
    form = written(client)
    end_all_sessions(hr)
    db.session.commit()
    answer = client.post(PAGE, data=form, headers=OWN)
    assert answer.status_code == 403
    assert kept(answer)["title"] == ["Расчётчик"]
    assert vacancies() == []


def test_older_browsers_name_the_page_alone(client: FlaskClient, hr: User) -> None:
    sign_in(client, hr)
    form = written(client) | {"csrf_token": "of another session"}
    answer = client.post(PAGE, data=form, headers={"Referer": OWN["Referer"]})
    assert kept(answer)["text"] == [TEXT]
    assert f'href="{PAGE}"' in answer.text


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site", "Referer": OWN["Referer"]},
        {"Origin": "https://evil.example"},
        {"Referer": "http://localhost.evil.example/"},
        {},
    ],
)
def test_what_another_site_sends_is_not_offered(
    client: FlaskClient, hr: User, headers: dict[str, str]
) -> None:
    sign_in(client, hr)
    form = written(client) | {"csrf_token": "guessed"}
    answer = client.post(PAGE, data=form, headers=headers)
    assert answer.status_code == 400
    assert "Расчётчик" not in answer.text
    assert "open for too long" in answer.text
    assert vacancies() == []


def test_no_page_repeats_a_password(client: FlaskClient) -> None:
    sign_in(client, make_user(Role.STAFF))
    typed = {
        **dict.fromkeys(("present", "new", "password", "identity_password"), "тайная фраза"),
        **dict.fromkeys(("code", "identity_code", "identity_credential"), "тайный код"),
    }
    answer = client.post("/account/password", data=typed, headers=OWN)
    assert answer.status_code == 400
    assert "Send again" in answer.text
    assert "тайн" not in answer.text


def owed_document() -> ConsentDocument:
    """One whose term is over: every account that has not agreed waits. Commits."""
    with as_of(utc_now() - timedelta(days=2)):
        texts = suggestions()[Purpose.MEMBER.value]
        document = consents.draft(Purpose.MEMBER, texts, actor=make_user(Role.STAFF))
        consents.publish(document, actor=None, grace=timedelta(days=1))
    db.session.commit()
    return document


def test_a_consent_that_is_due_keeps_what_was_typed(app: Flask, hr: User) -> None:
    client = Stranger(app, app.response_class)
    hr.password_hash = hash_password(PASSWORD)
    sign_in(client, hr)
    form = written(client)
    document = owed_document()
    foreign = client.post(PAGE, data=form, headers={"Sec-Fetch-Site": "cross-site"})
    assert (foreign.status_code, foreign.location) == (303, "/consents")
    answer = client.post(PAGE, data=form | {"password": "тайная фраза"}, headers=OWN)
    assert answer.status_code == 403
    assert "Read the document first" in answer.text
    assert 'href="/consents" target="_blank"' in answer.text
    assert kept(answer)["text"] == [TEXT]
    assert "тайная" not in answer.text
    # To send it again before the decision leads to the same page, with nothing lost.
    answer = client.post(PAGE, data=kept(answer), headers=OWN)
    assert (answer.status_code, kept(answer)["text"], vacancies()) == (403, [TEXT], [])
    submit(client, "/consents", {"consent": "y"}, action=f"/documents/{document.id}/consent")
    assert client.post(PAGE, data=kept(answer), headers=OWN).status_code == 303
    assert vacancies() == [("Расчётчик", TEXT.strip())]


def test_a_second_factor_that_is_due_keeps_what_was_typed(app: Flask) -> None:
    client, page = Stranger(app, app.response_class), "/staff/courses/new"
    sign_in(client, make_user(Role.STAFF, password_hash=hash_password(PASSWORD)))
    form = forms_of(client.get(page))[-1][1] | {"name_ru": "Сопротивление материалов"}
    config: Config = app.config["BRIDGE"]
    object.__setattr__(config, "second_factor_required", True)
    foreign = client.post(page, data=form)
    assert (foreign.status_code, foreign.location) == (303, "/account/security")
    answer = client.post(page, data=form, headers=OWN)
    assert answer.status_code == 403
    assert 'href="/account/security" target="_blank"' in answer.text
    again = dict(forms_of(answer))[page]
    assert again["name_ru"] == ["Сопротивление материалов"]
    set_up(client)
    answer = client.post(page, data=again, headers=OWN)
    assert answer.status_code == 422, "it arrives, and lacks the skills that a course teaches"
    assert "Сопротивление материалов" in answer.text


def test_a_reason_is_no_secret(client: FlaskClient) -> None:
    """A code of a reason is kept, that of a second factor is not."""
    for path, name, is_kept in (
        ("/staff/employers/1/suspend", "reason_code", True),
        ("/staff/moderation/bulk", "bulk-reason_code", True),
        ("/account/confirm", "identity_code", False),
        ("/account/confirm", "identity_password", False),
        ("/account/authenticator/confirm", "code", False),
    ):
        answer = client.post(path, data={name: "не-тайна", "note": TEXT}, headers=OWN)
        fields = next(found for target, found in forms_of(answer) if target == path)
        assert (name in fields) is is_kept, name
        assert "note" in fields


def test_an_error_shows_what_was_written(client: FlaskClient, app: Flask) -> None:
    scene = make_scene()
    request = accepted_request(scene)
    sign_in(client, scene.member.user)
    page = f"/requests/{request.id}/stage/decline"
    form = next(found for target, found in forms_of(client.get(page)) if "note" in found)
    hiring.decline(stage_of(request), StudentReason.OTHER, "", actor=scene.profile.user)
    db.session.commit()
    sent = {**form, "reason": "other", "note": TEXT}
    answer = client.post(page, data=sent, headers=OWN)
    assert answer.status_code == 409
    assert f'<p class="prose">{escape(TEXT)}</p>' in answer.text
    # To send it once more would change nothing.
    assert page not in dict(forms_of(answer))
    foreign = client.post(page, data=sent, headers={"Sec-Fetch-Site": "cross-site"})
    assert "лопаток" not in foreign.text


def test_signing_out_twice_is_no_error(client: FlaskClient, hr: User) -> None:
    sign_in(client, hr)
    old = next(found for target, found in forms_of(client.get("/account")) if target == "/sign-out")
    submit(client, "/account", action="/sign-out")
    answer = client.post("/sign-out", data=old, headers=OWN)
    assert (answer.status_code, answer.location) == (303, "/")


def test_whoever_was_too_late_is_led_back_to_the_page(client: FlaskClient, hr: User) -> None:
    sign_in(client, hr)
    submit(client, PAGE, {"title": "Расчётчик", "city": "Королёв", "text": TEXT})
    (number,) = db.session.scalars(sa.select(Vacancy.id)).all()
    db.session.commit()
    page = f"/hr/vacancies/{number}"
    token = {"csrf_token": forms_of(client.get("/account"))[0][1]["csrf_token"]}
    for sender, link in (
        (f"http://localhost/vacancies/{number}?q=1", f"/vacancies/{number}?q=1"),
        ("https://evil.example/x", None),
    ):
        answer = client.post(f"{page}/reopen", data=token, headers={"Referer": sender})
        assert answer.status_code == 409
        assert ("Open the page anew" in answer.text) is (link is not None)
        assert link is None or f'href="{link}"' in answer.text
        assert "evil.example" not in answer.text


def test_secrets_are_left_out_and_nothing_else(app: Flask) -> None:
    """Over all forms: a reason chosen for a decision is no secret, though it is called a code."""
    forms = [BaseForm]
    for form in forms:
        forms += form.__subclasses__()
    fields = {
        (name, field.field_class)
        for form in forms
        for name in dir(form)
        if isinstance(field := getattr(form, name), UnboundField)
    }
    secret = {name for name, kind in fields if issubclass(kind, PasswordField)}
    assert {"password", "identity_password", "present", "new"} <= secret
    proofs = {"code", "credential", "identity_code", "identity_credential"}
    left_out = {name for name, _kind in fields if SECRET.search(name)}
    assert left_out == secret | proofs
    assert "reason_code" in {name for name, _kind in fields}
