"""«Download my data»: everything of one's own, nothing private of others."""

from __future__ import annotations

import io
import json
import re
import zipfile
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask, current_app
from flask.testing import FlaskClient
from flask_babel import force_locale
from markupsafe import escape

from bridge.accounts.models import Role, User
from bridge.accounts.passwords import hash_password
from bridge.audit import AuditEntry
from bridge.candidates.models import Candidate, Sight
from bridge.candidates.service import note_opening
from bridge.contacts import service as contacts
from bridge.contacts.files import CheckedFile
from bridge.contacts.models import ContactRequest, FileKind, MessageFile
from bridge.database import Model, as_of, utc_now
from bridge.extensions import db
from bridge.notices.models import Notice
from bridge.personal import belongs, line_of
from bridge.rights import exporting
from bridge.rights.collecting import downloaded
from bridge.rights.exporting import archive
from bridge.rights.models import DataExport, ExportState
from bridge.students.models import Profile
from bridge.web.i18n import short_datetime
from tests.client import sign_in, submit
from tests.factories import make_student, make_user
from tests.rights.canary import CANARY, plant
from tests.rights.test_erasure import make_meeting

PASSWORD = "a long password"


def opened(content: bytes) -> tuple[dict[str, Any], str]:
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        assert file.namelist()[:3] == ["data.json", "data.html", "README.txt"]
        return json.loads(file.read("data.json")), file.read("data.html").decode()


def make_owner() -> tuple[Profile, User]:
    profile, member, request = make_meeting()
    request.note, request.student_note = "Заметка университета", "Слова студента"
    profile.user.password_hash = hash_password(PASSWORD)
    db.session.commit()
    # As the page does, which has written nothing itself.
    with current_app.test_request_context():
        candidate = db.session.get_one(Candidate, request.candidate_id)
        note_opening(candidate, Sight.MASKED, actor=db.session.get_one(User, member.user_id))
        db.session.rollback()
    return profile, member.user


def test_it_holds_everything_of_one_s_own_and_no_secret(app: Flask) -> None:
    profile, member = make_owner()
    make_student(user=make_user(Role.STUDENT, name="Чужая Фамилия", email="foreign@example.test"))
    db.session.commit()
    data, page = opened(archive(profile.user, "ru"))
    (request,) = data["tables"]["contact_request"]
    assert request["message"] == "Приглашаем на встречу."
    assert (request["note"], request["student_note"]) == ("Заметка университета", "Слова студента")
    assert request["requested_by_id"] == "member"
    assert [row["author_id"] for row in data["tables"]["message"]] == ["you", "member"]
    assert data["tables"]["candidate"][0]["opened_at"] is not None
    assert data["tables"]["profile"][0]["summary"] == f"Люблю {CANARY}"
    whole = json.dumps(data, ensure_ascii=False) + page
    for secret in (profile.user.password_hash, "foreign@example.test", "Чужая", member.email,
                   member.name):  # fmt: skip
        assert secret not in whole
    assert "Заметка университета" in page
    assert '<html lang="ru">' in page
    assert "Заявки" in page or "Запросы" in page


def test_its_page_is_read_in_words(app: Flask) -> None:
    profile, member = make_owner()
    request = db.session.scalars(sa.select(ContactRequest)).one()
    moment = request.created_at
    data, page = opened(archive(profile.user, "ru"))
    (row,) = data["tables"]["contact_request"]
    part = page.split("<h2")[1 + list(data["tables"]).index("contact_request")]
    shown = dict(re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", part, re.DOTALL))
    with current_app.test_request_context(), force_locale("ru"):
        expected = {
            "Вакансия": escape(request.vacancy.title),
            "Предприятие": escape(member.member.employer.name) if member.member else "",
            "Кто запросил": "Представитель предприятия",
            "Состояние": "Контакты открыты",
            "Создано": short_datetime(moment),
            "Из отклика": "нет",
        }
    assert {name: shown[name] for name in expected} == expected
    # What only programs need stays in the JSON.
    assert {"id", "version", "inputs"} <= set(row)
    words = set(re.findall(r"<dt>(.*?)</dt>", page))
    assert {word for word in words if re.search("[a-z]{3}", word)} == set()


def test_a_notice_is_told_as_its_reader_sees_it(app: Flask) -> None:
    profile, _member = make_owner()
    request = db.session.scalars(sa.select(ContactRequest)).one()
    told = {"kind": "contacts/offer", "user_id": profile.user_id, "subject_id": request.id}
    gone = {"kind": "interviews/booked_student", "user_id": profile.user_id, "subject_id": 10**6}
    db.session.execute(sa.delete(Notice))
    db.session.add_all((Notice(**told), Notice(**gone)))
    db.session.commit()
    data, page = opened(archive(profile.user, "en"))
    part = page.split("<h2")[1 + list(data["tables"]).index("notice")]
    shown = [value for name, value in re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", part, re.DOTALL)
             if name == "About what"]  # fmt: skip
    assert shown == [
        f"{request.employer.name} would like to meet you\n"
        f"Your profile was chosen for the vacancy “{request.vacancy.title}”. "
        "The university has checked the request.",
        "An interview",
    ]


def test_every_table_with_something_of_the_person_is_in_it(app: Flask) -> None:
    profile, _member = make_owner()
    plant(profile.user)
    db.session.commit()
    data, _page = opened(archive(profile.user, "en"))
    expected = {
        table.name
        for table in Model.metadata.sorted_tables
        for owner in line_of(table).owners
        if downloaded(table, owner)
        and db.session.scalar(
            sa.select(sa.literal(1))
            .select_from(table)
            .where(belongs(table, owner, profile.user))
            .limit(1)
        )
    }
    assert set(data["tables"]) == expected
    assert len(expected) > 15


def sent(request: ContactRequest, name: str, *, actor: User) -> MessageFile:
    """A file that goes with a message, its content unlike any other."""
    content = f"Содержание {name} ".encode() * 10
    checked = CheckedFile(f"{name}.txt", FileKind.TXT, content)
    contacts.write_message(request, "Вот.", [checked], actor=actor)
    db.session.commit()
    return db.session.scalars(sa.select(MessageFile).order_by(MessageFile.id.desc())).first()  # type: ignore[return-value]


def test_it_holds_the_files_that_one_has_sent(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    profile, member = make_owner()
    request = db.session.scalars(sa.select(ContactRequest)).one()
    first, theirs, last = (
        sent(request, name, actor=actor)
        for name, actor in (
            ("резюме", profile.user),
            ("задание", member),
            ("решение", profile.user),
        )
    )

    def files(owner: User) -> tuple[dict[str, bytes], list[str]]:
        with zipfile.ZipFile(io.BytesIO(archive(owner, "ru"))) as file:
            rows = json.loads(file.read("data.json"))["tables"]["message_file"]
            return {
                name: file.read(name) for name in file.namelist() if name.startswith("files/")
            }, [row["content"] for row in rows]

    paths = {one.id: f"files/{one.id}-{one.name}" for one in (first, theirs, last)}
    held = f"{theirs.size} bytes"
    assert files(profile.user) == (
        {paths[last.id]: last.content, paths[first.id]: first.content},
        [paths[first.id], held, paths[last.id]],
    )
    assert files(member) == ({paths[theirs.id]: theirs.content}, [paths[theirs.id]])
    monkeypatch.setattr(exporting, "FILES_BYTES", last.size + first.size - 1)
    assert files(profile.user) == (
        {paths[last.id]: last.content},
        [f"{first.size} bytes", held, paths[last.id]],
    )
    # Large files are left to the job.
    for limit, state in ((last.size, ExportState.WAITING), (last.size * 2, ExportState.READY)):
        monkeypatch.setattr(exporting, "AT_ONCE_BYTES", limit)
        asked = exporting.ask_for_export(profile.user)
        assert asked.state is state
        db.session.rollback()


def test_a_representative_s_file_holds_no_student(app: Flask) -> None:
    profile, member = make_owner()
    data, page = opened(archive(member, "en"))
    assert [row["message"] for row in data["tables"]["contact_request"]] == [
        "Приглашаем на встречу."
    ]
    whole = json.dumps(data, ensure_ascii=False) + page
    for private in (profile.user.name, profile.user.email, "Слова студента", "Здравствуйте"):
        assert private not in whole


def test_the_password_is_asked_and_the_file_expires(app: Flask, client: FlaskClient) -> None:
    profile, member = make_owner()
    sign_in(client, profile.user)
    page = "/account/data"
    assert submit(client, page, {"password": "wrong"}).status_code == 422
    assert db.session.scalars(sa.select(DataExport)).all() == []
    assert submit(client, page, {"password": PASSWORD}).status_code == 303
    export = db.session.scalars(sa.select(DataExport)).one()
    address = f"/account/data/{export.id}.zip"
    db.session.rollback()
    assert address in client.get(page).text
    answer = client.get(address)
    assert answer.mimetype == "application/zip"
    assert opened(answer.data)[0]["account"] == profile.user_id
    db.session.rollback()
    actions = db.session.scalars(
        sa.select(AuditEntry.action).where(AuditEntry.subject_type == "data_export")
    ).all()
    assert actions == ["data_export.asked", "data_export.downloaded"]
    db.session.rollback()
    other = app.test_client()
    sign_in(other, member)
    assert other.get(address).status_code == 404
    with as_of(utc_now() + timedelta(hours=1)):
        assert client.get(address).location.startswith("/account/confirm"), "it was long ago"
    with as_of(utc_now() + timedelta(days=8)):
        sign_in(client, profile.user)
        assert client.get(address).status_code == 404
        assert exporting.expire() == 1
        db.session.commit()
        assert "has expired" in client.get(page).text
    db.session.refresh(export, ["state", "content"])
    assert (export.state, export.content) == (ExportState.EXPIRED, None)


def test_a_large_one_is_made_by_the_job(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "AT_ONCE", 3)
    profile, _member = make_owner()
    sign_in(client, profile.user)
    submit(client, "/account/data", {"password": PASSWORD})
    assert "The file is being made" in client.get("/account/data").text
    submit(client, "/account/data", {"password": PASSWORD})
    db.session.commit()
    assert (exporting.make_waiting(), exporting.make_waiting()) == (1, 0)
    export = db.session.scalars(sa.select(DataExport)).one()
    assert export.state is ExportState.READY
    assert export.done > 0
    address = f"/account/data/{export.id}.zip"
    db.session.rollback()
    data, _page = opened(client.get(address).data)
    assert data["tables"]["profile"][0]["summary"] == f"Люблю {CANARY}"
