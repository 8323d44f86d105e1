"""What the university teaches: looked after by staff, read by students beside what they lack."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from bridge.accounts.models import Role
from bridge.audit import AuditEntry
from bridge.extensions import db
from bridge.skills import courses
from bridge.skills.courses import CourseContent
from bridge.skills.models import Course, Skill
from tests.client import forms_of, sign_in, submit
from tests.factories import make_skill, make_student, make_user, make_vacancy
from tests.queries import count_queries

NEW = "/staff/courses/new"
COURSE = {
    "name_ru": "Базы данных",
    "name_en": "Databases",
    "place_ru": "Кафедра ИТ, 4-й семестр",
    "url": "https://example.org/databases",
    "teaches": "SQL, питон",
}


def make_course(name: str, *skills: Skill) -> Course:
    content = CourseContent(name, "", f"Кафедра: {name}", "", "", skills)
    course = courses.add(content, actor=make_user(Role.STAFF))
    db.session.commit()
    return course


def kept() -> list[tuple[str, str, str, list[str]]]:
    found = db.session.scalars(sa.select(Course).order_by(Course.id)).all()
    rows = [
        (one.name_ru, one.name_en, one.place("en"), sorted(skill.slug for skill in one.skills))
        for one in found
    ]
    db.session.rollback()
    return rows


def test_staff_write_a_course_and_change_it(desk: FlaskClient) -> None:
    assert submit(desk, NEW, COURSE).location == "/staff/courses"
    assert kept() == [("Базы данных", "Databases", "Кафедра ИТ, 4-й семестр", ["python", "sql"])]
    page = desk.get("/staff/courses?q=sql").text
    assert "1 course" in page
    assert "Databases" in page
    number = db.session.scalars(sa.select(Course.id)).one()
    db.session.commit()
    address = f"/staff/courses/{number}"
    assert submit(desk, address, {"teaches": "git", "name_en": ""}).status_code == 303
    assert kept() == [("Базы данных", "Базы данных", "Кафедра ИТ, 4-й семестр", ["git"])]
    stale = submit(desk, address, {"name_ru": "Иное", "version": "1"})
    assert stale.status_code == 409
    assert "Иное" in stale.text
    assert kept()[0][0] == "Базы данных"
    acts = db.session.scalars(
        sa.select(AuditEntry.action).where(AuditEntry.subject_type == "course")
    ).all()
    assert acts == ["course.added", "course.changed"]


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("name_ru", "", "required"),
        ("name_ru", "я" * 161, "160"),
        ("teaches", "", "Name at least one skill."),
        ("teaches", "SQL, плетение парусов", "The vocabulary does not know: плетение парусов."),
        ("url", "javascript:alert(1)", "Write an address like"),
        ("url", "ftp://example.org/x", "Write an address like"),
    ],
)
def test_what_is_wrong_is_told_and_what_was_typed_is_kept(
    desk: FlaskClient, name: str, value: str, text: str
) -> None:
    answer = submit(desk, NEW, {**COURSE, name: value})
    assert answer.status_code == 422
    assert text in answer.text
    assert "Кафедра ИТ, 4-й семестр" in answer.text
    assert kept() == []


def test_a_deleted_course_is_taken_back(desk: FlaskClient) -> None:
    course = make_course("Базы данных", make_skill("sql"))
    address = f"/staff/courses/{course.id}"
    submit(desk, address, action=f"{address}/remove")
    page = desk.get("/staff/courses")
    assert "No courses yet" in page.text
    assert courses.teaching([make_skill("sql").id]) == {}
    undo = next(target for target, _ in forms_of(page) if target.endswith("/restore"))
    assert undo == f"{address}/restore"
    db.session.commit()
    token = {"csrf_token": forms_of(desk.get("/account"))[0][1]["csrf_token"]}
    assert desk.post(undo, data=token).status_code == 303
    assert courses.teaching([make_skill("sql").id]) == {make_skill("sql").id: [course]}


def test_a_student_reads_where_what_they_lack_is_taught(client: FlaskClient) -> None:
    vacancy = make_vacancy(must=("python", "sql"), nice=("git",))
    make_student(skills=("python", "sql"))
    profile = make_student(skills=("python",))
    make_course("Программирование", make_skill("python"))
    make_course("Базы данных", make_skill("sql"), make_skill("python"))
    gone = make_course("Старый курс", make_skill("sql"))
    courses.remove(gone, actor=make_user(Role.STAFF))
    db.session.commit()
    sign_in(client, profile.user)
    address = f"/vacancies/{vacancy.id}"
    page = client.get(address).text
    assert "What you lack, and where it is taught" in page
    assert "Базы данных" in page
    assert "Кафедра: Базы данных" in page
    # What they can do already, and what is taught no longer.
    assert "Программирование" not in page
    assert "Старый курс" not in page
    with count_queries() as few:
        client.get(address)
    for number in range(5):
        make_course(f"Ещё курс {number}", make_skill("git"), make_skill("sql"))
    with count_queries() as many:
        client.get(address)
    assert len(many) == len(few)


def test_the_list_of_vacancies_names_where_the_first_missing_skill_is_taught(
    client: FlaskClient,
) -> None:
    make_vacancy(title="Анализ", must=("python", "sql"), nice=("git",))
    make_vacancy(title="Ведение", must=("python",), nice=("git",))
    make_vacancy(title="Код", must=("python",))
    profile = make_student(skills=("python",))
    make_course("Базы данных", make_skill("sql"))
    make_course("Ещё о базах", make_skill("sql"))
    make_course("Программирование", make_skill("python"))
    sign_in(client, profile.user)
    told = re.compile(r"<span>“(\w+)” is taught here: ([^<]+?) *<span")
    address = "/vacancies/for-me"
    client.get(address)
    # Of what two courses teach the first is named; what none teaches and what is held is not.
    with count_queries() as few:
        assert told.findall(client.get(address).text) == [("Sql", "Базы данных")]
    make_course("Командная работа", make_skill("git"))
    with count_queries() as many:
        found = told.findall(client.get(address).text)
    assert sorted(found) == [("Git", "Командная работа"), ("Sql", "Базы данных")]
    assert len(many) == len(few)


def test_who_is_not_eligible_reads_it_too(client: FlaskClient) -> None:
    vacancy = make_vacancy(must=("sql",), hours_per_week=40)
    profile = make_student(skills=("python",), hours_per_week=10)
    make_course("Базы данных", make_skill("sql"))
    sign_in(client, profile.user)
    page = client.get(f"/vacancies/{vacancy.id}").text
    assert "You are not among the candidates" in page
    assert "Кафедра: Базы данных" in page
    assert "from place" not in page
