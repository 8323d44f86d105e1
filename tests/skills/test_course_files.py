"""Courses from a table: in the browser checked first, at the command line as the roster is."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from bridge.accounts.models import Role
from bridge.audit import AuditEntry
from bridge.extensions import db
from bridge.skills import courses
from bridge.skills.importing import COLUMNS
from bridge.skills.models import Course
from bridge.uploads.models import TableUpload, UploadState
from tests.client import bring_table, submit
from tests.factories import make_skill, make_user
from tests.skills.test_courses import kept, make_course

PAGE = "/staff/courses/files"
HEADER = "Дисциплина;Навыки;Кафедра;Ссылка"
DATABASES = "Базы данных;SQL, питон;Кафедра ИТ;https://example.org/databases"
GIT = "Командная разработка;git;Кафедра ИТ, 5-й семестр;"
UNKNOWN = "Паруса;плетение парусов;;"
ADDRESS = "Ссылки;git;;ftp://example.org"
SECOND = "Командная  разработка;python;;"


def bring(desk: FlaskClient, *lines: str, header: str = HEADER) -> TestResponse:
    return bring_table(desk, PAGE, header, *lines)


def take_over(desk: FlaskClient, *lines: str, header: str = HEADER) -> str:
    """The page that tells what became of the rows."""
    address = bring(desk, *lines, header=header).location
    submit(desk, address, action=f"{address}/apply")
    return desk.get(address).text


def test_courses_are_checked_then_taken_over(desk: FlaskClient) -> None:
    answer = bring(desk, DATABASES, UNKNOWN, GIT, ADDRESS, SECOND)
    assert answer.status_code == 303
    page = desk.get(answer.location).text
    assert "What it would change" in page
    for row, column, reason in (
        (3, "Навыки", "The vocabulary does not know: плетение парусов."),
        (5, "Ссылка", "Write an address like https://example.ru/page."),
        (6, "Дисциплина", "the same as in row 4"),
    ):
        cells = f'<th scope="row">{row}</th><td lang="en">{column}</td><td lang="en">{reason}</td>'
        assert cells in page
    assert kept() == []
    assert submit(desk, answer.location, action=f"{answer.location}/apply").status_code == 303
    assert kept() == [
        ("Базы данных", "Базы данных", "Кафедра ИТ", ["python", "sql"]),
        (
            "Командная разработка",
            "Командная разработка",
            "Кафедра ИТ, 5-й семестр",
            ["git"],
        ),
    ]
    upload = db.session.scalars(sa.select(TableUpload)).one()
    assert (upload.kind, upload.state, upload.content) == ("courses", UploadState.DONE, None)
    assert upload.counts == {"created": 2, "refused": 3}
    db.session.rollback()
    # Of each kind's files the other's pages know nothing.
    assert (
        desk.get(f"/staff/students/roster/{answer.location.rpartition('/')[2]}").status_code == 404
    )
    assert "Files brought before" not in desk.get("/staff/students/roster").text
    assert "Files brought before" in desk.get(PAGE).text


def test_a_second_file_changes_what_it_says_and_no_more(desk: FlaskClient) -> None:
    make_course("Старый курс", make_skill("git"))
    gone = make_course("Командная разработка", make_skill("python"))
    courses.remove(gone, actor=make_user(Role.STAFF))
    db.session.commit()
    take_over(desk, DATABASES, GIT)
    before = kept()
    acts = sa.select(AuditEntry.action).where(AuditEntry.subject_type == "course")
    counted = len(db.session.scalars(acts).all())
    db.session.rollback()
    assert "There is nothing to take over." in desk.get(bring(desk, DATABASES, GIT).location).text
    take_over(desk, "Базы данных;git;Databases", header="Курс;Чему учит;name in English")
    changed = ("Базы данных", "Databases", "Кафедра ИТ", ["git"])
    assert kept() == [changed if row[0] == "Базы данных" else row for row in before]
    assert [row[0] for row in before] == [
        "Старый курс", "Командная разработка", "Базы данных", "Командная разработка",
    ]  # fmt: skip
    found = sa.select(Course.url).where(Course.name_en == "Databases")
    assert db.session.scalars(found).all() == ["https://example.org/databases"]
    assert len(db.session.scalars(acts).all()) == counted + 1


def test_of_two_courses_of_a_name_none_is_guessed(desk: FlaskClient) -> None:
    for slug in ("git", "sql"):
        make_course("Базы данных", make_skill(slug))
    assert "several courses are called so" in desk.get(bring(desk, DATABASES).location).text


def test_what_is_no_table_of_courses_is_told(desk: FlaskClient) -> None:
    answer = bring(desk, GIT, header="Дисциплина;Часы")
    assert answer.status_code == 422
    assert "The file lacks these columns: Навыки." in answer.text
    for names in COLUMNS.values():
        assert f'<span lang="ru">{names[0]}</span>' in answer.text


def test_the_command_reports_and_writes_when_told_to(app: Flask, tmp_path: Path) -> None:
    for slug in ("python", "sql"):
        make_skill(slug)
    db.session.commit()
    path = tmp_path / "courses.csv"
    path.write_text("\n".join((HEADER, DATABASES, UNKNOWN)), encoding="utf-8")
    for options, expected in (((), []), (("--apply",), ["Базы данных"])):
        arguments = ["import-courses", str(path), *options]
        result = app.test_cli_runner().invoke(args=arguments)
        assert result.exit_code == 0, result.output
        assert "строка 3: отклонено – Навыки: Словарь не знает: плетение парусов." in result.output
        db.session.expire_all()
        assert [row[0] for row in kept()] == expected
    path.write_text("Часы\n3", encoding="utf-8")
    assert app.test_cli_runner().invoke(args=["import-courses", str(path)]).exit_code == 1
