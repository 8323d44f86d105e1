"""The list of letters that did not arrive: who, what kind, what the server said; never the text."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from bridge.accounts.models import Role, User
from bridge.audit import AuditEntry
from bridge.database import utc_now
from bridge.extensions import db
from bridge.mail.models import MailState, OutboxMail
from bridge.mail.sender import send_waiting
from tests.client import sign_in, submit
from tests.factories import make_user
from tests.queries import count_queries

LETTERS = "/staff/letters/"


@pytest.fixture
def staff(app: Flask, client: FlaskClient) -> User:
    staff = make_user(Role.STAFF)
    sign_in(client, staff)
    return staff


def put(number: int, state: MailState = MailState.FAILED, **values: object) -> OutboxMail:
    reader = make_user(Role.STUDENT, name=f"Анна Читатель{number}", email=f"reader{number}@x.test")
    mail = OutboxMail(
        user_id=reader.id,
        kind="contacts/offer",
        subject=f"subject-canary-{number}",
        text="text-canary",
        html="html-canary",
        message_id=f"<{number}@localhost>",
        state=state,
        attempts=3,
        failed_at=utc_now() if state is MailState.FAILED else None,
        error="550 No such person …",
    )
    for name, value in values.items():
        setattr(mail, name, value)
    db.session.add(mail)
    db.session.commit()
    return mail


def again(mail: OutboxMail) -> OutboxMail:
    db.session.expire_all()
    db.session.refresh(mail)
    db.session.commit()
    return mail


def test_it_shows_who_and_why_and_no_text(client: FlaskClient, staff: User) -> None:
    put(1)
    put(2, MailState.WAITING, error="451 Greylisted")
    put(3, MailState.WAITING, error="")
    put(4, MailState.SENT)
    put(5, MailState.DROPPED)
    put(6, user_id=None, address="somebody@x.test")
    page = client.get(LETTERS).text
    assert "Анна Читатель1" in page
    assert "A contact request" in page
    assert "550 No such person …" in page
    assert "somebody without an account" in page
    assert page.count('<th scope="row">') == 2
    retried = client.get(f"{LETTERS}?show=retried").text
    assert "Анна Читатель2" in retried
    assert retried.count('<th scope="row">') == 1
    assert "/retry" not in retried
    for text in (page, retried, client.get(f"{LETTERS}?show=dropped").text):
        assert "canary" not in text
        assert "@x.test" not in text


def test_a_letter_is_sent_again_with_its_message_id(
    app: Flask, client: FlaskClient, staff: User
) -> None:
    mail = put(1)
    answer = submit(client, LETTERS, action=f"{LETTERS}{mail.id}/retry")
    assert answer.status_code == 303
    assert (again(mail).state, mail.attempts, mail.failed_at) == (MailState.WAITING, 0, None)
    assert send_waiting() == (1, 0)
    folder = app.config["BRIDGE"].data_dir / "mail"
    assert [path.name for path in folder.iterdir()] == ["1@localhost.eml"]
    entries = db.session.execute(
        sa.select(AuditEntry.action, AuditEntry.actor_id, AuditEntry.details).where(
            AuditEntry.subject_type == "outbox_mail"
        )
    ).all()
    details = {"from": "failed", "kind": "contacts/offer"}
    assert entries == [("outbox_mail.waiting", staff.id, details)]


def test_giving_up_can_be_taken_back(client: FlaskClient, staff: User) -> None:
    mail = put(1)
    submit(client, LETTERS, action=f"{LETTERS}{mail.id}/drop")
    assert again(mail).state is MailState.DROPPED
    assert f"{LETTERS}{mail.id}/retry" in client.get(LETTERS).text, "the undo of the message"
    submit(client, f"{LETTERS}?show=dropped", action=f"{LETTERS}{mail.id}/retry")
    assert again(mail).state is MailState.WAITING


def test_what_was_sent_or_emptied_is_not_sent_again(client: FlaskClient, staff: User) -> None:
    sent, emptied, failed = put(1, MailState.SENT), put(2, text=""), put(3)
    late = put(4, good_until=utc_now())
    token = submit_token(client, failed)
    for mail, status in ((sent, 409), (emptied, 422), (late, 422)):
        answer = client.post(f"{LETTERS}{mail.id}/retry", data=token)
        assert answer.status_code == status
    assert client.post(f"{LETTERS}{sent.id}/drop", data=token).status_code == 409
    assert (again(sent).state, again(emptied).state) == (MailState.SENT, MailState.FAILED)


def submit_token(client: FlaskClient, mail: OutboxMail) -> dict[str, str]:
    from tests.client import forms_of

    forms = forms_of(client.get(LETTERS))
    (fields,) = (fields for action, fields in forms if action == f"{LETTERS}{mail.id}/drop")
    return {"csrf_token": fields["csrf_token"][0]}


def test_the_list_costs_the_same_for_any_length(client: FlaskClient, staff: User) -> None:
    counts = []
    put(0)
    for _round in range(2):
        with count_queries() as queries:
            assert client.get(LETTERS).status_code == 200
        counts.append(len(queries))
        for number in range(1 + 30 * _round, 25 + 30 * _round):
            put(number)
    assert counts == [5, 5], "the reader, the counts, how many, the page, the bell"


@pytest.mark.parametrize("role", [Role.STUDENT, Role.MEMBER])
def test_it_is_the_staff_s_alone(app: Flask, client: FlaskClient, role: Role) -> None:
    sign_in(client, make_user(role))
    assert client.get(LETTERS).status_code == 403
