"""Courses, projects, thesis, experience and links of a profile."""

from __future__ import annotations

from datetime import date

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from bridge.extensions import db
from bridge.students.models import (
    EntryKind,
    Profile,
    ProfileEntry,
)
from tests.client import submit
from tests.factories import make_student
from tests.students.tabs import send


def test_entries_are_added_changed_deleted_and_restored(own: Profile, client: FlaskClient) -> None:
    values = {
        "course": {"title": "Сопромат", "organisation": "ТУ", "ended_on": "06.2026"},
        "project": {"title": "Кубсат", "started_on": "2025-09", "url": "github.com/x"},
        "thesis": {"title": "Тема", "text": "Текст"},
        "experience": {"title": "Инженер", "organisation": "Завод", "started_on": "2026-02"},
        "link": {"title": "Портфолио", "url": "http://example.test/me"},
    }
    for kind, typed in values.items():
        assert submit(client, f"/profile/{kind}/new", typed).status_code == 303, kind
    db.session.expire_all()
    entries = {entry.kind: entry for entry in own.entries}
    assert set(entries) == set(EntryKind)
    assert entries[EntryKind.COURSE].ended_on == date(2026, 6, 1)
    assert entries[EntryKind.PROJECT].url == "https://github.com/x"
    project = entries[EntryKind.PROJECT]
    page = f"/profile/entries/{project.id}"
    assert submit(client, page, {"title": "Спутник"}).status_code == 303
    db.session.expire_all()
    assert (project.title, project.started_on) == ("Спутник", date(2025, 9, 1))
    listed = client.get("/profile")
    for _twice in range(2):
        assert send(client, listed, f"{page}/delete").status_code == 303
    undo = client.get("/profile")
    assert client.get(page).status_code == 404
    assert "“Спутник” is deleted." in undo.text
    assert send(client, undo, f"{page}/restore").status_code == 303
    assert client.get(page).status_code == 200
    db.session.expire_all()
    assert len(own.entries) == 5


def test_the_next_deletion_erases_the_one_before(own: Profile, client: FlaskClient) -> None:
    own.entries = [ProfileEntry(kind=EntryKind.COURSE, title=str(n)) for n in range(3)]
    db.session.commit()
    for entry_id in [entry.id for entry in own.entries[:2]]:
        submit(client, "/profile", action=f"/profile/entries/{entry_id}/delete")
    titles = db.session.scalars(sa.select(ProfileEntry.title).order_by(ProfileEntry.id))
    assert list(titles) == ["1", "2"]


@pytest.mark.parametrize(
    ("kind", "values", "message"),
    [
        ("course", {"title": ""}, "required"),
        ("course", {"title": "x" * 161}, "160"),
        ("experience", {"title": "x", "organisation": ""}, "required"),
        ("project", {"title": "x", "text": "y" * 3001}, "3000"),
        ("project", {"title": "x", "started_on": "2026-02", "ended_on": "2026-01"}, "beginning"),
        ("project", {"title": "x", "ended_on": "1066-10"}, "Check the year"),
        ("project", {"title": "x", "url": "javascript:alert(1)"}, "example.ru"),
        ("project", {"title": "x", "url": "data:text/html,x"}, "example.ru"),
        ("project", {"title": "x", "url": "ftp://example.test/x"}, "example.ru"),
        ("project", {"title": "x", "url": "http://[::1"}, "example.ru"),
        ("project", {"title": "x", "url": "https://e.test/" + "x" * 300}, "300"),
        ("link", {"title": "x", "url": ""}, "required"),
        ("link", {"title": "x", "url": "два слова.ru"}, "example.ru"),
    ],
)
def test_bad_entries(
    own: Profile, client: FlaskClient, kind: str, values: dict[str, str], message: str
) -> None:
    answer = submit(client, f"/profile/{kind}/new", values)
    assert answer.status_code == 422
    assert message in answer.text
    assert db.session.scalar(sa.select(sa.func.count()).select_from(ProfileEntry)) == 0


def test_nobody_reaches_another_students_entries(own: Profile, client: FlaskClient) -> None:
    other = make_student()
    other.entries = [ProfileEntry(kind=EntryKind.COURSE, title="Чужое")]
    db.session.commit()
    page = client.get("/profile")
    entry_id = other.entries[0].id
    assert client.get(f"/profile/entries/{entry_id}").status_code == 404
    token = {"csrf_token": page.text.split('name="csrf_token" value="')[1].split('"')[0]}
    for act in ("", "/delete", "/restore"):
        answer = client.post(f"/profile/entries/{entry_id}{act}", data=token)
        assert answer.status_code == 404, act
    assert client.get("/profile/nonsense").status_code == 404
    assert client.get("/profile/skill/new").status_code == 404
