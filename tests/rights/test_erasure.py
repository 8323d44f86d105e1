"""Erasure leaves nothing of a person anywhere, and the figures as they were."""

from __future__ import annotations

import logging
import re
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from bridge import audit
from bridge.accounts.models import Role, User
from bridge.accounts.passwords import hash_password
from bridge.accounts.service import deactivate, reactivate
from bridge.candidates.models import Candidate
from bridge.candidates.service import new_pseudonym
from bridge.contacts import service as contacts
from bridge.contacts.models import ContactRequest, Message, RequestState
from bridge.database import as_of, utc_now
from bridge.employers.models import Member
from bridge.errors import StaleStateError
from bridge.extensions import db
from bridge.mail.models import OutboxMail
from bridge.mail.sender import send_waiting
from bridge.mail.service import enqueue
from bridge.rights.models import ErasureOrigin, ErasureRequest, ErasureState
from bridge.rights.service import (
    NotErasableError,
    ask_for_erasure,
    cancel,
    erase,
    erase_due,
    sweep,
)
from bridge.search.index import current_index, live_index
from bridge.students.models import EntryKind, Profile, ProfileEntry
from matching import Query
from tests.client import sign_in, submit
from tests.conftest import Figure
from tests.factories import make_employer, make_member, make_student, make_user, make_vacancy
from tests.rights.canary import CANARY, holding, plant, plantable

NOW = timedelta(0)
# A word of the profile that is not the student's name, which the index never gets.
WORD = "ornitopter88"


def make_meeting() -> tuple[Profile, Member, ContactRequest]:
    """A student and a representative in conversation, everything with the canary in it."""
    staff = make_user(Role.STAFF)
    student = make_user(Role.STUDENT, name=f"Имя {CANARY}", email=f"{CANARY}@example.test")
    profile = make_student(
        skills=("python",), user=student, summary=f"Люблю {CANARY}", phone=CANARY
    )
    profile.entries.append(ProfileEntry(kind=EntryKind.PROJECT, title=f"Проект {CANARY}"))
    member = make_member(make_employer(), name="Анна Кадрова", email="anna@plant.test")
    vacancy = make_vacancy(member.employer, must=("python",))
    candidate = Candidate(vacancy=vacancy, profile=profile, pseudonym=new_pseudonym())
    db.session.add(candidate)
    db.session.commit()
    request = contacts.request_contact(candidate, "Приглашаем на встречу.", actor=member.user)
    contacts.approve(request, actor=staff)
    contacts.accept(request, actor=student)
    contacts.write_message(request, f"Здравствуйте, это {CANARY}", actor=student)
    contacts.write_message(request, f"Добрый день, {CANARY}", actor=member.user)
    audit.record("profile.changed", profile, actor=student, section=CANARY)
    db.session.commit()
    return profile, member, request


def erase_now(user: User) -> ErasureRequest:
    request = ask_for_erasure(user, actor=user, term=NOW)
    erase(request, actor=user)
    db.session.commit()
    sweep()
    return request


def files_with(folder: Path, token: str) -> set[str]:
    """The files and folders of the data folder that hold the token, however deep."""
    return {
        path.relative_to(folder).parts[0]
        for path in folder.rglob("*")
        if path.is_file() and token.encode() in path.read_bytes()
    }


def places_with(tokens: tuple[str, ...], folder: Path, written: str) -> set[str]:
    """Columns, files and the log, where any of the tokens is left."""
    found: set[str] = set()
    for token in tokens:
        found |= holding(token) | files_with(folder, token)
        db.session.rollback()
        found |= {"log"} if token in written else set()
    return found


def tell(figure: Figure, planted: set[str], left_over: set[str]) -> None:
    name = db.engine.dialect.name
    figure(
        **{
            f"columns with the canary before erasure ({name})": len(planted),
            f"places with the canary after erasure ({name})": len(left_over),
        }
    )


def test_no_canary_is_left_of_a_student(
    app: Flask,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
    figure: Figure,
) -> None:
    caplog.set_level(logging.DEBUG)
    data_dir = app.config["BRIDGE"].data_dir
    profile, _member, _request = make_meeting()
    student, user_id = profile.user, profile.user_id
    make_student(skills=("welding",))
    db.session.add(ProfileEntry(profile=profile, kind=EntryKind.PROJECT, title=f"Строю {WORD}"))
    db.session.commit()
    live_index().rebuild()
    assert current_index().search(Query(WORD)).hits[0].id == profile.id
    db.session.rollback()
    send_waiting()
    request = ask_for_erasure(student, actor=student, term=timedelta(days=3))
    planted = plant(student)
    enqueue(student, "accounts/password-changed")
    db.session.commit()
    assert plantable() <= planted
    assert planted | {"audit_entry.details"} <= holding()
    assert "mail" in files_with(data_dir, CANARY)
    assert "index" in files_with(data_dir, WORD)
    db.session.rollback()
    caplog.clear()
    capfd.readouterr()
    erase(request, actor=None)
    db.session.commit()
    sweep()
    with as_of(utc_now() + timedelta(hours=2)):
        sent, failed = send_waiting()
        assert (sent > 0, failed) == (True, 0)
    with as_of(utc_now() + timedelta(hours=4)):
        sweep()
    db.session.commit()
    index = current_index()

    written = caplog.text + "".join(capfd.readouterr())
    left_over = places_with((CANARY, WORD), data_dir, written)
    tell(figure, planted, left_over)
    assert left_over == set()
    assert profile.id not in index
    assert not any(hit.score for hit in index.search(Query(WORD)).hits)
    left = db.session.get_one(User, user_id)
    assert (left.name, left.email) == ("—", f"erased-{user_id}@erased.invalid")
    assert left.erased_at is not None
    assert not left.is_active
    assert db.session.scalars(sa.select(ErasureRequest.swept_at)).one() is not None


def test_no_canary_is_left_of_a_representative_but_the_others_words(app: Flask) -> None:
    profile, member, request = make_meeting()
    member.user.name, member.employer.contact_name = f"Анна {CANARY}", f"Анна {CANARY}"
    member.user.email, user_id = f"{CANARY}@plant.test", member.user_id
    employer, other = member.employer, make_member(member.employer)
    audit.record("member.invited", member, actor=member.user, words=[CANARY])
    namesake = make_employer(contact_name=f"Анна {CANARY}")
    db.session.commit()
    before = holding()
    erasure = ask_for_erasure(member.user, actor=member.user, term=NOW)
    planted = plant(member.user)
    erase(erasure, actor=member.user)
    db.session.commit()
    # The student's own data stay, and so does the correspondence, whose author has no name now.
    kept = {"contact_request.message", "message.text", "employer.contact_name"}
    gone = planted - before - kept
    assert gone
    assert holding() & gone == set()
    author = db.session.get_one(User, user_id)
    assert (author.name, author.erased_at is not None) == ("—", True)
    texts = db.session.scalars(sa.select(Message.text).where(Message.author_id == author.id))
    assert texts.all() == [f"Добрый день, {CANARY}"]
    assert (employer.contact_name, namesake.contact_name) == ("", f"Анна {CANARY}")
    assert db.session.scalars(sa.select(Member.id)).all() == [other.id]
    assert request.state is RequestState.ACCEPTED
    assert profile.user.name == f"Имя {CANARY}"


def test_figures_stay_and_open_conversations_end(app: Flask) -> None:
    profile, member, request = make_meeting()
    noise = make_student(skills=("python",), summary="Другой студент.")
    db.session.commit()
    counts = [
        db.session.scalar(sa.select(sa.func.count()).select_from(model))
        for model in (ContactRequest, Message, Candidate, Profile)
    ]
    asked_at, accepted_at = request.created_at, request.accepted_at
    erase_now(profile.user)
    assert counts == [
        db.session.scalar(sa.select(sa.func.count()).select_from(model))
        for model in (ContactRequest, Message, Candidate, Profile)
    ]
    db.session.refresh(request)
    assert (request.created_at, request.accepted_at) == (asked_at, accepted_at)
    assert (request.state, request.reason_code) == (RequestState.CLOSED, "account-erased")
    assert (request.message, request.basis) == ("", {})
    assert noise.summary == "Другой студент."
    client = app.test_client()
    sign_in(client, member.user)
    page = client.get(f"/requests/{request.id}")
    assert page.status_code == 200
    assert CANARY not in page.text


def test_one_may_change_one_s_mind_until_the_day(app: Flask) -> None:
    profile, _member, _request = make_meeting()
    student = profile.user
    client = app.test_client()
    sign_in(client, student)
    student.password_hash = hash_password("a long password")
    db.session.commit()
    assert submit(client, "/account/erase", {"password": "wrong"}).status_code == 422
    answer = submit(client, "/account/erase", {"password": "a long password"})
    assert answer.location == "/account/closed"
    assert "it will be erased" in client.get("/account/closed").text
    assert client.get("/profile").status_code == 303
    assert erase_due() == 0
    db.session.refresh(student)
    assert not student.is_active
    db.session.commit()
    assert profile.id not in current_index()
    letter = db.session.scalars(
        sa.select(OutboxMail.text).where(OutboxMail.text.contains("/erasure/"))
    ).one()
    path = re.search(r"/erasure/\S+", letter)
    assert path is not None
    assert submit(client, path.group()).location == "/sign-in"
    db.session.refresh(student)
    assert student.is_active
    assert client.get(path.group()).status_code == 410
    with as_of(utc_now() + timedelta(days=4)):
        assert erase_due() == 0
    assert student.name == f"Имя {CANARY}"
    assert profile.id in current_index()


def test_the_job_erases_after_the_term_and_once(app: Flask) -> None:
    profile, _member, _request = make_meeting()
    student = profile.user
    ask_for_erasure(student, actor=student, term=timedelta(days=3))
    db.session.commit()
    with pytest.raises(NotErasableError):
        ask_for_erasure(student, actor=student, term=NOW)
    db.session.rollback()
    with as_of(utc_now() + timedelta(days=3, minutes=-1)):
        assert erase_due() == 0
    with as_of(utc_now() + timedelta(days=3, minutes=1)):
        assert (erase_due(), erase_due()) == (1, 0)
    assert student.erased_at is not None
    with pytest.raises(NotErasableError):
        ask_for_erasure(student, actor=student, term=NOW)


def test_an_administrator_who_opens_the_account_again_ends_the_erasure(app: Flask) -> None:
    profile, _member, _request = make_meeting()
    request = ask_for_erasure(profile.user, actor=profile.user, term=timedelta(days=3))
    reactivate(profile.user, actor=make_user(Role.ADMIN))
    db.session.commit()
    assert request.state is ErasureState.CANCELLED
    with pytest.raises(StaleStateError):
        cancel(request, actor=None)


def test_an_account_that_an_administrator_closed_is_not_opened_by_the_letter(
    app: Flask, client: FlaskClient
) -> None:
    profile, _member, _request = make_meeting()
    other = make_student().user
    deactivate(profile.user, actor=make_user(Role.ADMIN))
    sign_in(client, make_user(Role.STAFF))
    for user, shown in ((profile.user, "is closed already"), (other, "closes at once")):
        page = f"/staff/people/{user.id}/erase"
        assert shown in client.get(page).text
        assert submit(client, page, {"reference": "№ 12 от 01.02.2026"}).status_code == 303
    texts = {
        letter.address: "/erasure/" in letter.text
        for letter in db.session.scalars(
            sa.select(OutboxMail).where(OutboxMail.kind == "rights/erasure-asked")
        )
    }
    assert texts == {profile.user.email: False, other.email: True}
    closed = sa.select(ErasureRequest.token_hash).where(ErasureRequest.user_id == profile.user_id)
    assert db.session.scalars(closed).all() == [None]
    reactivate(profile.user, actor=None)
    db.session.commit()
    with as_of(utc_now() + timedelta(days=4)):
        assert erase_due() == 1
    assert [user.erased_at is None for user in (profile.user, other)] == [True, False]


def test_staff_erase_on_a_written_request(app: Flask, client: FlaskClient) -> None:
    profile, _member, _request = make_meeting()
    staff, user_id = make_user(Role.STAFF), profile.user_id
    sign_in(client, staff)
    page = f"/staff/people/{user_id}/erase"
    assert submit(client, page, {"reference": ""}).status_code == 422
    done = submit(client, page, {"reference": "№ 12 от 01.02.2026", "at_once": "y"})
    assert done.location == "/staff/erasures"
    listed = client.get("/staff/erasures").text
    assert "№ 12 от 01.02.2026" in listed
    assert f"Number {user_id}" in listed
    assert CANARY not in listed
    assert client.get(page).status_code == 404
    assert client.get(f"/staff/people/{staff.id}/erase").status_code == 404
    assert db.session.scalars(sa.select(ErasureRequest.origin)).all() == [ErasureOrigin.WRITTEN]


@pytest.mark.parametrize("act", ["UPDATE audit_entry SET action = 'x'", "DELETE FROM audit_entry"])
def test_nobody_changes_the_log(app: Flask, act: str) -> None:
    audit.record("user.created", make_user(Role.STUDENT), actor=None)
    db.session.commit()
    with pytest.raises(sa.exc.DBAPIError, match="stay as they are"):
        db.session.execute(sa.text(act))
    db.session.rollback()
    assert db.session.scalars(sa.select(audit.AuditEntry.action)).all() == ["user.created"]


def test_even_with_the_permit_only_details_are_emptied(app: Flask) -> None:
    audit.record("user.created", make_user(Role.STUDENT), actor=None, role="student")
    db.session.commit()
    for column, value in (("action", "'x'"), ("actor_id", "1"), ("subject_id", "99")):
        with pytest.raises(sa.exc.DBAPIError, match="stay as they are"), audit.permit():
            db.session.execute(sa.text(f"UPDATE audit_entry SET {column} = {value}"))
        db.session.rollback()
    with audit.permit():
        db.session.execute(sa.text("UPDATE audit_entry SET details = '{}'"))
    db.session.commit()
    assert db.session.scalars(sa.select(audit.AuditEntry.details)).all() == [{}]
    assert db.session.scalars(sa.select(audit.AuditPermit)).all() == []
