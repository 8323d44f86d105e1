"""Retention: what is just inside a term stays, what is outside goes, and the preview counts."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from bridge import audit
from bridge.accounts import service as accounts
from bridge.accounts.models import LoginSession, Role, User
from bridge.audit import AuditEntry
from bridge.contacts import service as contacts
from bridge.contacts.files import CheckedFile
from bridge.contacts.models import ContactRequest, FileKind, RequestState
from bridge.database import as_of, utc_now
from bridge.employers.models import EmployerState
from bridge.extensions import db
from bridge.mail.models import MailState, OutboxMail
from bridge.rights.models import ErasureRequest, ErasureState
from bridge.rights.retention import apply_terms, preview
from bridge.rights.service import erase_due
from bridge.rights.terms import present_terms
from tests.client import sign_in, submit
from tests.consents.test_consents import approved_request
from tests.factories import make_employer, make_member, make_student, make_user

HOUR = timedelta(hours=1)
FILE = CheckedFile("записка.txt", FileKind.TXT, "Текст".encode())


def ago(name: str, more: timedelta) -> object:
    """A block that happens a term and `more` ago."""
    return as_of(utc_now() - timedelta(days=present_terms()[name]) - more)


def requested(
    name: str, more: timedelta, end: Callable[[ContactRequest], None] = lambda _request: None
) -> ContactRequest:
    """A request that was approved, and maybe ended, a term and `more` ago."""
    with ago(name, more):  # type: ignore[attr-defined]
        request = approved_request(make_student(skills=("python",)))
        request.inputs = b"{}"
        end(request)
    return request


def finished(more: timedelta, text: str = "Слова переписки") -> ContactRequest:
    """The same with a conversation that is over."""

    def talk(request: ContactRequest) -> None:
        student = request.profile.user
        contacts.accept(request, actor=student)
        contacts.write_message(request, text, [FILE], actor=student)
        contacts.close(request, actor=student)

    return requested("conversations", more, talk)


def test_requests_nobody_answers_end_and_finished_ones_lose_their_words(app: Flask) -> None:
    made = [
        requested("unanswered", HOUR),
        requested("unanswered", -HOUR),
        finished(HOUR),
        finished(-HOUR),
        finished(HOUR, text=""),
        requested("conversations", HOUR, contacts.expire),
    ]
    # A file alone is something said, too.
    made[4].message, made[4].inputs = "", None
    db.session.commit()
    counts = preview()
    assert (counts["unanswered"], counts["conversations"]) == (1, 3)
    assert [request.state for request in made[:2]] == [RequestState.APPROVED] * 2
    handled = apply_terms()
    assert (handled["unanswered"], handled["conversations"]) == (1, 3)
    assert apply_terms()["conversations"] == 0
    states = db.session.execute(
        sa.select(
            ContactRequest.state,
            ContactRequest.reason_code,
            ContactRequest.message != "",
            ContactRequest.inputs,
        ).order_by(ContactRequest.id)
    ).all()
    assert [tuple(row) for row in states] == [
        (RequestState.ENDED, "expired", True, b"{}"),
        (RequestState.APPROVED, "", True, b"{}"),
        (RequestState.CLOSED, "", False, None),
        (RequestState.CLOSED, "", True, b"{}"),
        (RequestState.CLOSED, "", False, None),
        (RequestState.EXPIRED, "", False, None),
    ]
    written = [[(one.text, len(one.files)) for one in request.messages] for request in made[2:]]
    assert written == [[("", 0)], [("Слова переписки", 1)], [("", 0)], []]
    applied = db.session.scalars(
        sa.select(AuditEntry.details).where(AuditEntry.action == "term.applied")
    ).all()
    assert {"term": "conversations", "rows": 3} in applied


def test_accounts_end_by_their_terms(app: Flask) -> None:
    def account(name: str, more: timedelta, role: Role = Role.STUDENT, **values: object) -> User:
        created = utc_now() - timedelta(days=present_terms()[name]) - more
        return make_user(role, created_at=created, **values)

    unconfirmed = {"email_confirmed_at": None, "password_hash": "x"}
    old = account("unconfirmed", HOUR, **unconfirmed)
    young = account("unconfirmed", -HOUR, **unconfirmed)
    invited = account("unconfirmed", HOUR, email_confirmed_at=None)
    today = utc_now().date()
    left = make_student(graduates_on=today - timedelta(days=present_terms()["graduates"] + 2))
    here = make_student(graduates_on=date(today.year, today.month, 1))
    gone = make_employer(
        state=EmployerState.REJECTED,
        created_at=utc_now() - timedelta(days=present_terms()["rejected"]) - HOUR,
    )
    fresh = make_employer(state=EmployerState.REJECTED)
    rejected, waiting, working = make_member(gone), make_member(fresh), make_member()
    db.session.commit()
    counts = preview()
    assert (counts["unconfirmed"], counts["graduates"], counts["rejected"]) == (1, 1, 1)
    rejected_id = rejected.user_id
    apply_terms()
    asked = db.session.execute(
        sa.select(ErasureRequest.user_id, ErasureRequest.due_at - ErasureRequest.asked_at > HOUR)
        if db.engine.dialect.name == "postgresql"
        else sa.select(ErasureRequest.user_id, ErasureRequest.due_at > ErasureRequest.asked_at)
    ).all()
    assert dict(asked) == {old.id: False, left.user_id: True, rejected_id: False}
    assert erase_due() == 2
    assert [user.erased_at is not None for user in (old, young, invited, left.user)] == [
        True,
        False,
        False,
        False,
    ]
    # The graduate is closed and written to; the letter's link keeps the account.
    assert not left.user.is_active
    assert all(user.is_active for user in (young, invited, here.user, waiting.user, working.user))
    assert apply_terms()["graduates"] == 0
    with as_of(utc_now() + timedelta(days=31)):
        assert erase_due() == 1
    states = db.session.scalars(sa.select(ErasureRequest.state)).all()
    assert states == [ErasureState.DONE] * 3


def test_letters_sessions_and_the_log_are_deleted(app: Flask) -> None:
    user = make_user(Role.STAFF)
    terms = present_terms()
    for more in (HOUR, -HOUR):
        with ago("letters", more):  # type: ignore[attr-defined]
            letter = OutboxMail(address="a@b.test", subject="", text="", message_id=f"<{more}>")
            letter.state = MailState.SENT
            db.session.add(letter)
        started = utc_now() - timedelta(days=terms["sessions"]) - more
        db.session.add(LoginSession(user_id=user.id, token_hash=str(more), created_at=started))
        with ago("audit", more):  # type: ignore[attr-defined]
            audit.record("user.created", user, actor=None)
    db.session.add(OutboxMail(address="a@b.test", subject="", text="", message_id="<waits>"))
    db.session.commit()
    assert {name: count for name, count in preview().items() if count} == {
        "letters": 1,
        "sessions": 1,
        "audit": 1,
    }
    apply_terms()
    assert db.session.scalars(sa.select(OutboxMail.message_id).order_by(OutboxMail.id)).all() == [
        f"<{-HOUR}>",
        "<waits>",
    ]
    assert db.session.scalars(sa.select(LoginSession.token_hash)).all() == [str(-HOUR)]
    entries = db.session.scalars(sa.select(AuditEntry.action)).all()
    assert entries.count("user.created") == 1


def test_an_administrator_sets_terms_and_sees_what_is_due(app: Flask, client: FlaskClient) -> None:
    admin = make_user(Role.ADMIN)
    with as_of(utc_now() - timedelta(days=20)):
        make_user(Role.STUDENT, email_confirmed_at=None, password_hash="x")
    sign_in(client, admin)
    page = "/admin/terms"
    assert submit(client, page, {"unconfirmed": "-1"}).status_code == 422
    assert preview()["unconfirmed"] == 0
    assert submit(client, page, {"unconfirmed": "10"}).status_code == 303
    assert present_terms()["unconfirmed"] == 10
    assert preview()["unconfirmed"] == 1
    changed = db.session.scalars(
        sa.select(AuditEntry.details).where(AuditEntry.action == "term.set")
    ).all()
    assert changed == [{"term": "unconfirmed", "from": 30, "to": 10}]
    done = submit(client, page, action="/admin/terms/apply")
    assert done.status_code == 303
    assert preview()["unconfirmed"] == 0


def test_who_keeps_the_account_is_left_alone_for_a_further_term(
    app: Flask, client: FlaskClient
) -> None:
    days = present_terms()["graduates"]
    left, other = (
        make_student(graduates_on=utc_now().date() - timedelta(days=days + 2)).user
        for _person in range(2)
    )
    db.session.commit()
    assert apply_terms()["graduates"] == 2
    letter = db.session.scalars(sa.select(OutboxMail).where(OutboxMail.address == left.email)).one()
    path = re.search(r"/erasure/\S+", letter.text)
    assert path is not None
    db.session.rollback()
    assert submit(client, path.group()).location == "/sign-in"
    assert apply_terms()["graduates"] == 0
    with as_of(utc_now() + timedelta(days=days - 1)):
        assert (apply_terms()["graduates"], erase_due()) == (0, 1)
    assert (left.is_active, left.erased_at) == (True, None)
    assert other.erased_at is not None
    with as_of(utc_now() + timedelta(days=days + 1)):
        assert apply_terms()["graduates"] == 1
    assert not left.is_active


def test_colleagues_who_never_came_are_erased_when_their_last_link_is_long_too_old(
    app: Flask,
) -> None:
    days = present_terms()["unconfirmed"] + 14
    long_ago = utc_now() - timedelta(days=days) - HOUR
    never = {"email_confirmed_at": None, "created_at": long_ago}
    forgotten, student, _staff = (
        make_user(role, **never) for role in (Role.MEMBER, Role.STUDENT, Role.STAFF)
    )
    asked_again, came = make_user(Role.MEMBER, **never), make_user(Role.MEMBER)
    for user, more in ((forgotten, HOUR), (asked_again, HOUR), (asked_again, -HOUR)):
        with as_of(utc_now() - timedelta(days=days) - more):
            accounts.invite(user, actor=came)
    db.session.commit()
    assert preview()["unconfirmed"] == 1
    apply_terms()
    assert erase_due() == 1
    assert (forgotten.name, forgotten.erased_at is not None) == ("—", True)
    assert [user.erased_at for user in (student, asked_again, came)] == [None] * 3
