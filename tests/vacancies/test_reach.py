"""While a vacancy is written, its author sees how many students it would find, and what costs it
most of them; nothing is saved by that."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from bridge.blocks import service as blocks
from bridge.employers.models import Member
from bridge.extensions import db
from bridge.skills.models import Skill
from bridge.students.models import LanguageLevel, Profile
from bridge.vacancies.content import VacancyContent
from bridge.vacancies.models import Vacancy, VacancyKind, WorkPlace
from bridge.vacancies.reach import Cost, Reach, reach
from tests.client import Stranger, sign_in, submit
from tests.factories import make_member, make_skill, make_student, make_vacancy


@pytest.fixture
def app(app: Flask) -> Flask:
    app.test_client_class = Stranger
    return app


@pytest.fixture
def member(app: Flask) -> Member:
    return make_member()


def student(year: int, hours: int, *skills: str, published: bool = True) -> Profile:
    return make_student(
        skills=skills,
        published=published,
        year_of_study=year,
        hours_per_week=hours,
        ready_for=["internship"],
        city="Королёв",
    )


def content(**values: object) -> VacancyContent:
    return VacancyContent(**{"kind": VacancyKind.INTERNSHIP, "title": "", "languages": {}} | values)


def test_counts_follow_what_is_asked(app: Flask, member: Member) -> None:
    for slug in ("python", "sql"):
        make_skill(slug)
    student(4, 20, "python", "sql")
    student(4, 20, "python")
    student(4, 10, "python", "sql")
    student(2, 20, "sql")
    student(2, 10)
    blocker = student(4, 40, "python", "sql")
    student(4, 40, "python", published=False)
    blocks.block(blocker, member.employer, actor=blocker.user)
    db.session.commit()
    found = reach(
        content(must=("Python", "SQL", "Звездочётство"), year_from=3, hours_per_week=20),
        member.employer_id,
    )
    assert found == Reach(
        all=5,
        eligible=2,
        holders=1,
        conditions=(Cost("Курс", 1), Cost("Часов в неделю", 1)),
        skills=(Cost("SQL", 1),),
        unknown=("Звездочётство",),
    )


def test_what_asks_nothing_costs_nothing(app: Flask, member: Member) -> None:
    student(1, 10, "python")
    db.session.commit()
    found = reach(content(), member.employer_id)
    assert found == Reach(all=1, eligible=1, holders=None, conditions=(), skills=(), unknown=())
    asked = content(
        languages={"de": LanguageLevel.B1},
        city="Самара",
        city_required=True,
        degrees=("master",),
    )
    assert reach(asked, member.employer_id) == Reach(
        all=1, eligible=0, holders=None, conditions=(), skills=(), unknown=()
    )
    remote = content(city="Самара", city_required=True, work_place=WorkPlace.REMOTE)
    counted = reach(remote, member.employer_id)
    assert counted is not None
    assert counted.eligible == 1


def test_the_preview_saves_nothing_and_keeps_what_is_typed(
    client: FlaskClient, member: Member
) -> None:
    vacancy = make_vacancy(member.employer, title="Стажёр", hours_per_week=10)
    student(4, 20, "python")
    student(4, 10, "python")
    sign_in(client, member.user)
    for address in ("/hr/vacancies/new", f"/hr/vacancies/{vacancy.id}/edit"):
        values = {
            "preview": "1",
            "kind": "internship",
            "work_place": "on-site",
            "hours_per_week": "20",
            "must": "Чтение мыслей",
        }
        answer = submit(client, address, values)
        assert answer.status_code == 200
        number = re.search(r"data-announce><strong>(\d+)</strong> (.*)</p>", answer.text)
        assert number is not None
        assert number.groups() == ("1", "student meets the conditions")
        assert "Чтение мыслей" in answer.text
        assert 'id="error-summary"' not in answer.text
    assert db.session.scalars(sa.select(Vacancy.hours_per_week)).all() == [10]
    assert db.session.scalars(sa.select(Skill).where(Skill.name_ru == "Чтение мыслей")).all() == []


def test_junk_that_no_form_offers_breaks_nothing(client: FlaskClient, member: Member) -> None:
    sign_in(client, member.user)
    for values in (
        {"kind": "junk"},
        {"kind": "job", "work_place": "junk"},
        {"kind": "job", "languages-0-language": "en", "languages-0-level": "junk"},
        {"kind": "job", "hours_per_week": "x", "degrees": "junk", "graduates_from": "never"},
    ):
        answer = submit(client, "/hr/vacancies/new", {"preview": "1", **values})
        assert answer.status_code == 200
        assert 'id="reach"' in answer.text
