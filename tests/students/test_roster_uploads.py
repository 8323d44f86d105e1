"""The roster in the browser: checked first, then taken over, and its file is not kept."""

from __future__ import annotations

import io
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.exc import OperationalError
from werkzeug.test import TestResponse

from bridge import events
from bridge.accounts.models import Role, User
from bridge.audit import AuditEntry
from bridge.database import as_of, utc_now
from bridge.extensions import db
from bridge.imports import Outcome
from bridge.mail.models import OutboxMail
from bridge.students.models import Profile
from bridge.students.roster import KIND
from bridge.tables import Row
from bridge.uploads import service as uploads
from bridge.uploads.kinds import kinds_of
from bridge.uploads.models import TableUpload, UploadState
from tests.client import bring_table, forms_of, sign_in, submit
from tests.factories import make_student, make_user

PAGE = "/staff/students/roster"
HEADER = "зачётка;ФИО;Почта;Курс"
ANNA = "23-001;Анна Ёлкина;anna@example.test;3"
BORIS = "23-002;Борис Мягков;boris@example.test;1"
WRONG = "23-003;Вера Кривая;vera@@example;3"
YEAR = "23-004;Глеб Вечный;gleb@example.test;9"


@pytest.fixture
def desk(app: Flask, client: FlaskClient) -> FlaskClient:
    sign_in(client, make_user(Role.STAFF))
    return client


def bring(desk: FlaskClient, *lines: str, header: str = HEADER, **values: str) -> TestResponse:
    return bring_table(desk, PAGE, header, *lines, **values)


def only() -> TableUpload:
    db.session.expire_all()
    return db.session.scalars(sa.select(TableUpload)).one()


def students() -> list[str]:
    found = sa.select(User.email).join(Profile, Profile.user_id == User.id).order_by(User.email)
    emails = list(db.session.scalars(found))
    db.session.rollback()
    return emails


def test_a_roster_is_checked_then_taken_over(desk: FlaskClient) -> None:
    answer = bring(desk, ANNA, WRONG, BORIS, YEAR)
    assert answer.status_code == 303
    assert students() == []
    page = desk.get(answer.location).text
    assert "What it would change" in page
    assert "Nobody gets a letter" in page
    # By the row of the file and its own heading, and never the cell.
    for row, column, reason in ((3, "Почта", "this is no e-mail address"), (5, "Курс", "1 to 6")):
        assert f'<th scope="row">{row}</th><td lang="en">{column}</td>' in page
        assert reason in page
    assert "Кривая" not in page
    assert "vera@@" not in page
    (number,) = db.session.scalars(sa.select(TableUpload.id)).all()
    assert submit(desk, answer.location, action=f"{PAGE}/{number}/apply").status_code == 303
    assert students() == ["anna@example.test", "boris@example.test"]
    done = only()
    assert (done.state, done.content, done.done) == (UploadState.DONE, None, 4)
    assert done.counts == {"created": 2, "refused": 2}
    assert db.session.scalars(sa.select(OutboxMail)).all() == []
    acts = sa.select(AuditEntry.action).where(AuditEntry.subject_type == "table_upload")
    assert [act.partition(".")[2] for act in db.session.scalars(acts.order_by(AuditEntry.id))] == [
        "checking", "checked", "applying", "done",
    ]  # fmt: skip
    db.session.rollback()
    assert "What it has changed" in desk.get(answer.location).text
    # A second time the same changes nothing.
    again = bring(desk, ANNA, BORIS)
    assert "There is nothing to take over." in desk.get(again.location).text


def test_whoever_has_not_joined_is_invited_where_that_was_ticked(desk: FlaskClient) -> None:
    make_student(user=make_user(Role.STUDENT, email="boris@example.test", password_hash="x"))
    db.session.commit()
    answer = bring(desk, ANNA, BORIS, invites="y")
    assert db.session.scalars(sa.select(OutboxMail)).all() == []
    db.session.rollback()
    submit(desk, answer.location, action=f"{answer.location}/apply")
    assert db.session.scalars(sa.select(OutboxMail.recipient)).all() == ["anna@example.test"]


@pytest.mark.parametrize(
    ("header", "text"),
    [
        ("ФИО;Курс", "The file lacks these columns"),
        ("", "The file lacks these columns"),
        ("зачётка;ФИО;Почта;почта", "These columns occur twice"),
    ],
)
def test_a_broken_file_is_told_at_its_field(desk: FlaskClient, header: str, text: str) -> None:
    answer = bring(desk, ANNA, header=header)
    assert answer.status_code == 422
    assert text in answer.text
    assert 'aria-invalid="true"' in answer.text
    assert db.session.scalars(sa.select(TableUpload)).all() == []


def test_no_file_and_no_table_are_told_too(desk: FlaskClient) -> None:
    token = forms_of(desk.get(PAGE))[-1][1]["csrf_token"]
    assert "Choose a file." in desk.post(PAGE, data={"csrf_token": token}).text
    for content in (b"PK\x03\x04 torn", b"\xd0\xcf\x11\xe0", b"", b"\x00\x01\x02"):
        file = (io.BytesIO(content), "roster.xlsx")
        answer = desk.post(PAGE, data={"csrf_token": token, "file": file})
        assert (answer.status_code, db.session.scalars(sa.select(TableUpload)).all()) == (422, [])
        db.session.rollback()


def test_a_long_roster_is_left_to_the_job(
    desk: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "AT_ONCE", 1)
    answer = bring(desk, ANNA, BORIS)
    page = desk.get(answer.location).text
    assert "0 of 2 rows" in page
    assert "You can leave" in page
    uploads.work()
    assert only().state is UploadState.CHECKED
    db.session.rollback()
    submit(desk, answer.location, action=f"{answer.location}/apply")
    assert (students(), only().state) == ([], UploadState.APPLYING)
    uploads.work()
    assert students() == ["anna@example.test", "boris@example.test"]
    assert (only().state, only().content) == (UploadState.DONE, None)


def test_a_file_that_cannot_be_read_any_more_ends_so(desk: FlaskClient) -> None:
    answer = bring(desk, ANNA)
    only().content = b"PK\x03\x04 torn"
    db.session.commit()
    assert submit(desk, answer.location, action=f"{answer.location}/apply").status_code == 303
    assert (only().state, only().content) == (UploadState.DROPPED, None)
    db.session.rollback()
    assert "The XLSX file is damaged." in desk.get(answer.location).text
    assert students() == []


def test_a_file_that_breaks_the_work_ends_and_keeps_back_no_other(
    app: Flask, desk: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def importer(upload: TableUpload) -> Callable[[Row], Outcome]:
        usual = KIND.importer(upload)

        def import_row(row: Row) -> Outcome:
            if "Мягков" in row.values["name"]:
                raise KeyError("a mistake of the program, with Мягков in its message")
            return usual(row)

        return import_row

    monkeypatch.setitem(kinds_of(app), KIND.name, replace(KIND, importer=importer))
    monkeypatch.setattr(uploads, "AT_ONCE", 1)
    old = bring(desk, ANNA)
    db.session.execute(sa.update(TableUpload).values(moved_at=utc_now() - timedelta(hours=25)))
    db.session.commit()
    broken, fine = bring(desk, ANNA, BORIS), bring(desk, ANNA, ANNA)
    uploads.work()
    states = db.session.execute(sa.select(TableUpload.state).order_by(TableUpload.id))
    assert states.scalars().all() == [
        UploadState.DROPPED,
        UploadState.DROPPED,
        UploadState.CHECKED,
    ]
    db.session.rollback()
    assert "broke off on our side" in desk.get(broken.location).text
    assert "Мягков" not in desk.get(broken.location).text
    assert "broke off" not in desk.get(old.location).text + desk.get(fine.location).text
    # Where the browser waits for it, its answer is the same.
    monkeypatch.setattr(uploads, "AT_ONCE", 200)
    answer = bring(desk, BORIS)
    assert answer.status_code == 303
    assert "broke off on our side" in desk.get(answer.location).text


def test_a_database_that_is_away_ends_no_file(app: Flask, desk: FlaskClient) -> None:
    def importer(_upload: TableUpload) -> Callable[[Row], Outcome]:
        raise OperationalError("", {}, sqlite3.OperationalError())

    usual = kinds_of(app)[KIND.name]
    kinds_of(app)[KIND.name] = replace(KIND, importer=importer)
    try:
        bring(desk, ANNA)
        db.session.rollback()
        with as_of(utc_now() + timedelta(hours=1)):
            uploads.work()
        assert only().state is UploadState.CHECKING
    finally:
        kinds_of(app)[KIND.name] = usual
    db.session.rollback()
    with as_of(utc_now() + timedelta(hours=1)):
        uploads.work()
    assert only().state is UploadState.CHECKED


def test_it_is_taken_over_once_and_not_after_it_was_removed(desk: FlaskClient) -> None:
    answer = bring(desk, ANNA)
    token = {"csrf_token": forms_of(desk.get(answer.location))[-1][1]["csrf_token"]}
    assert desk.post(f"{answer.location}/apply", data=token).status_code == 303
    assert desk.post(f"{answer.location}/apply", data=token).status_code == 409
    assert desk.post(f"{answer.location}/drop", data=token).status_code == 409
    other = bring(desk, BORIS)
    assert desk.post(f"{other.location}/drop", data=token).status_code == 303
    assert desk.post(f"{other.location}/apply", data=token).status_code == 409
    assert students() == ["anna@example.test"]


def test_no_file_is_kept_for_long_nor_when_somebody_is_erased(desk: FlaskClient) -> None:
    bring(desk, ANNA)
    with as_of(utc_now() + timedelta(hours=23)):
        uploads.work()
    assert only().content is not None
    db.session.rollback()
    with as_of(utc_now() + timedelta(hours=25)):
        uploads.work()
    assert (only().state, only().content) == (UploadState.DROPPED, None)
    db.session.delete(only())
    db.session.commit()
    bring(desk, ANNA)
    events.account_erasing.send(make_student().user, actor=None)
    assert (only().state, only().content) == (UploadState.DROPPED, None)
