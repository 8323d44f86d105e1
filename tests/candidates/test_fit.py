"""The student's side: vacancies ranked for them, and what would move them up."""

from __future__ import annotations

import re

import pytest
from flask import Flask, current_app
from flask.testing import FlaskClient
from flask_babel import force_locale
from werkzeug.test import TestResponse

from bridge.candidates.fit import _meets, fits, standing
from bridge.extensions import db
from bridge.search.index import current_index
from bridge.students.documents import document
from bridge.students.evidence import evidence_weights
from bridge.students.models import (
    Evidence,
    LanguageLevel,
    Profile,
    ProfileLanguage,
    ProfileSkill,
)
from bridge.vacancies import documents
from bridge.vacancies.models import Vacancy, VacancyKind, VacancyLanguage, VacancyState
from matching import IdIn
from tests.client import sign_in
from tests.factories import make_skill, make_student, make_user, make_vacancy
from tests.queries import count_queries

LIST = "/vacancies/for-me"


def titles(page: TestResponse) -> list[str]:
    return re.findall(r'<a href="/vacancies/\d+">([^<]+)</a>', page.text)


def test_eligible_ones_come_first_and_the_others_say_why(client: FlaskClient) -> None:
    make_vacancy(title="Half", must=("python", "sql"))
    make_vacancy(title="Full", must=("python",))
    make_vacancy(title="Targeted", must=("python",), kind=VacancyKind.TARGETED, year_from=5)
    make_vacancy(title="Draft", must=("python",), state=VacancyState.DRAFT)
    profile = make_student(skills=("python",))
    make_student(skills=("sql",))
    sign_in(client, profile.user)
    page = client.get(LIST)
    assert titles(page) == ["Full", "Half", "Targeted"]
    assert "You are eligible for 2 vacancies" in page.text
    assert "1 required skill is missing" in page.text
    assert "not among what you are ready for; another year of study is asked for" in page.text
    half = page.text.split("Half</a>")[1].split("</li>\n  <li")[0]
    # Missing ones stand first.
    assert half.index("Sql") < half.index("Python")


def test_what_has_nothing_in_common_is_shown_on_request(client: FlaskClient) -> None:
    make_vacancy(title="Full", must=("python",), text="Кодирование.")
    make_vacancy(title="Nothing", must=("welding",), text="Сварка корпусов.")
    make_vacancy(title="Targeted", must=("sql",), kind=VacancyKind.TARGETED, text="Запросы.")
    profile = make_student(skills=("python",), summary="Пишу программы.")
    sign_in(client, profile.user)
    page = client.get(LIST)
    assert titles(page) == ["Full"]
    assert "You are eligible for 1 vacancy" in page.text
    assert "2 more vacancies have nothing in common with your profile so far." in page.text
    (rest,) = re.findall(r'<a href="([^"]+)">Show them too</a>', page.text)
    everything = client.get(rest)
    assert titles(everything) == ["Full", "Nothing", "Targeted"]
    (back,) = re.findall(r'<a href="([^"]+)">Leave out the vacancies without', everything.text)
    assert titles(client.get(back)) == ["Full"]
    other = make_student(skills=("cooking",), summary="Готовлю.")
    sign_in(client, other.user)
    page = client.get(LIST)
    assert titles(page) == []
    assert "No vacancy matches your profile yet" in page.text
    assert "3 more vacancies have nothing in common" in page.text


def test_the_number_is_that_which_employers_see(app: Flask) -> None:
    vacancy = make_vacancy(must=("python", "sql"))
    profile = make_student(skills=("python",))
    profile.skills[0].evidence = Evidence.MENTOR
    make_student(skills=("sql",))
    db.session.commit()
    index = current_index()
    hit = index.search(documents.query(vacancy), [IdIn([profile.id])]).hits[0]
    own = fits(profile)[0]
    assert own.score == round(100 * hit.score)
    assert sum(reason.share for reason in own.bar) == pytest.approx(hit.score, abs=1e-3)


def test_a_word_of_a_skill_is_told_by_the_skill_in_the_reader_s_language(app: Flask) -> None:
    make_vacancy(must=(), text="Design of small spacecraft and welding of tanks.")
    names = {"name_ru": "малые космические аппараты", "name_en": "small spacecraft"}
    tanks = {"name_ru": "топливные баки", "name_en": "propellant tanks"}
    skills = [make_skill("small-spacecraft", **names), make_skill("tanks", **tanks)]
    profile = make_student(summary="I weld spacecraft.")
    profile.skills = [ProfileSkill(skill=skill, evidence=Evidence.STATED) for skill in skills]
    make_student(summary="Something else.")
    db.session.commit()
    with current_app.test_request_context(), force_locale("ru"):
        own = fits(profile)[0]
        labels = [str(reason.label) for reason in own.reasons]
    assert "«малые космические аппараты» — навыки" in labels, labels
    assert "«топливные баки» — навыки" in labels
    # Of a text the word is shown as it stands there.
    assert "«spacecraft» — о себе, на другом языке" in labels
    assert len(labels) == len(set(labels)), "two words of one skill are one reason"
    assert sum(reason.share for reason in own.reasons) == pytest.approx(own.score / 100, abs=0.006)


def test_each_colour_of_the_reasons_sums_to_its_part_of_the_bar(app: Flask) -> None:
    slugs = [f"skill-{number}" for number in range(14)]
    make_vacancy(
        must=tuple(slugs[:11]), nice=tuple(slugs[11:]), text="Варим баки, считаем прочность."
    )
    profile = make_student(skills=tuple(slugs), summary="Варю баки и считаю прочность.")
    make_student(skills=("sql",), summary="Другое.")
    db.session.commit()
    with current_app.test_request_context(), force_locale("en"):
        own = fits(profile)[0]
        labels = [str(reason.label) for reason in own.reasons]
    sums = dict.fromkeys((part.series for part in own.bar), 0.0)
    for reason in own.reasons:
        sums[reason.series] += reason.share
    assert sums == pytest.approx({part.series: part.share for part in own.bar}, abs=1e-3)
    assert len(own.reasons) < len(slugs)
    rest = [f"the remaining {kind} skills together" for kind in ("required", "desirable")]
    assert labels[-2:] == rest


def test_a_skill_more_and_the_place_it_leads_to(app: Flask, client: FlaskClient) -> None:
    vacancy = make_vacancy(must=("python", "sql"), nice=("git",))
    for _ in range(3):
        make_student(skills=("python", "git"))
    make_student(skills=("python", "sql", "git"), ready_for=["job"])
    profile = make_student(skills=("python",), published=False)
    db.session.commit()
    before = current_index().search(documents.query(vacancy))
    own = standing(vacancy, profile)
    assert (own.rank, own.of) == (4, 4)
    assert [(one.skill.slug, one.is_required, one.rank) for one in own.missing] == [
        ("sql", True, 1),
        ("git", False, None),
    ]
    assert current_index().search(documents.query(vacancy)) == before
    sign_in(client, profile.user)
    page = client.get(f"/vacancies/{vacancy.id}")
    assert "Your place now: 4 of 4." in page.text
    assert "“Sql”: from place 4 to place 1" in page.text
    assert "once your profile is published" in page.text


def test_the_place_is_that_of_the_employers_list(app: Flask) -> None:
    vacancy = make_vacancy(must=("python", "sql"))
    students = [make_student(skills=("python", "sql")), make_student(skills=("python",))]
    make_student(skills=("welding",), year_of_study=1)
    db.session.commit()
    index = current_index()
    query, conditions = documents.query(vacancy), documents.eligibility(vacancy)
    ranks = {hit.id: hit.rank for hit in index.search(query, conditions).hits}
    for profile in students:
        own = standing(vacancy, profile)
        assert (own.rank, own.of) == (ranks[profile.id], 3)


def test_who_is_not_eligible_gets_no_place(client: FlaskClient) -> None:
    vacancy = make_vacancy(must=("python",), hours_per_week=40)
    profile = make_student(skills=("sql",), hours_per_week=10)
    sign_in(client, profile.user)
    page = client.get(f"/vacancies/{vacancy.id}")
    assert "You are not among the candidates" in page.text
    assert "more hours a week are asked for" in page.text
    assert "Your place now" not in page.text


def test_nobody_else_is_told_a_place(app: Flask, client: FlaskClient) -> None:
    from bridge.accounts.models import Role

    vacancy = make_vacancy(must=("python",))
    make_student(skills=("python",))
    db.session.commit()
    assert "You and this vacancy" not in client.get(f"/vacancies/{vacancy.id}").text
    sign_in(client, make_user(Role.STAFF))
    assert "You and this vacancy" not in client.get(f"/vacancies/{vacancy.id}").text
    assert client.get(LIST).status_code == 403


def test_conditions_are_judged_as_the_index_judges_them(app: Flask) -> None:
    profiles = [
        make_student(year_of_study=1, hours_per_week=None, city="Москва", degree=None),
        make_student(year_of_study=4, relocation_ready=True, ready_for=["internship"]),
        make_student(graduates_on=None, ready_for=[]),
    ]
    profiles[0].languages = [ProfileLanguage(language="en", level=LanguageLevel.B2)]
    values = {"year_from": 2, "hours_per_week": 20, "city_required": True, "year_to": 3}
    vacancies = [make_vacancy(), make_vacancy(**values), make_vacancy(degrees=["bachelor"])]
    vacancies[0].languages = [VacancyLanguage(language="en", level=LanguageLevel.B1)]
    db.session.commit()
    index, weights = current_index(), evidence_weights()
    judged = set()
    for vacancy in vacancies:
        for profile in profiles:
            own = document(profile, weights).attributes
            for condition in documents.eligibility(vacancy):
                found = bool(index.count([condition, IdIn([profile.id])]))
                assert _meets(condition, own) is found
                judged.add(found)
    assert judged == {True, False}


def test_ten_vacancies_cost_as_many_statements_as_two(app: Flask, client: FlaskClient) -> None:
    profile_id = make_student(skills=("python",)).id
    counts = []
    for number in (2, 8):
        for place in range(number):
            make_vacancy(must=("python", f"skill-{number}-{place}"))
        user = db.session.get_one(Profile, profile_id).user
        sign_in(client, user)
        client.get(LIST)
        with count_queries() as statements:
            assert client.get(LIST).status_code == 200
        counts.append(len(statements))
    assert counts[0] == counts[1]
    assert db.session.query(Vacancy).count() == 10


def test_a_narrower_skill_stands_for_the_one_asked_for(client: FlaskClient) -> None:
    vacancy = make_vacancy(title="Designer", must=("cad", "python"))
    profile = make_student(skills=("solidworks",))
    profile.skills[0].evidence = Evidence.COURSE
    db.session.commit()
    sign_in(client, profile.user)
    chips = {chip.slug: chip for chip in fits(profile)[0].chips}
    assert (chips["cad"].held, chips["cad"].through) == (True, "Solidworks")
    assert chips["cad"].evidence == Evidence.COURSE.value
    assert (chips["python"].held, chips["python"].through) == (False, None)
    db.session.rollback()
    assert "through Solidworks" in client.get(LIST).text
    assert "Of 2 required skills you have 1." in client.get(f"/vacancies/{vacancy.id}").text
