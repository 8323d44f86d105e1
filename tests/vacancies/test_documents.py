"""A vacancy as the matcher reads it, tried on a real index."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from flask import Flask

from bridge.skills.models import SkillState
from bridge.students.documents import document
from bridge.students.evidence import evidence_weights
from bridge.students.models import Degree, LanguageLevel, ProfileLanguage
from bridge.vacancies.documents import eligibility, query
from bridge.vacancies.models import VacancyKind, VacancyLanguage, WorkPlace
from matching import AnyOf, Index, Query
from tests.factories import make_skill, make_student, make_vacancy


def test_query_asks_for_approved_skills_only(app: Flask) -> None:
    make_skill("~new", state=SkillState.PROPOSED)
    vacancy = make_vacancy(title="Инженер", text="Расчёты.", must=("git", "~new"), nice=("sql",))
    assert query(vacancy) == Query(
        "Инженер\nРасчёты.", must=frozenset({"git"}), nice=frozenset({"sql"})
    )


def test_a_vacancy_that_asks_nothing_wants_readiness_alone(app: Flask) -> None:
    vacancy = make_vacancy(kind=VacancyKind.PRACTICE)
    assert eligibility(vacancy) == [AnyOf("ready_for", frozenset({"practice"}))]


@pytest.mark.parametrize(
    ("asked", "passes"),
    [
        ({}, True),
        ({"kind": VacancyKind.JOB}, False),
        ({"degrees": ["bachelor", "master"]}, True),
        ({"degrees": ["college"]}, False),
        ({"year_from": 3, "year_to": 3}, True),
        ({"year_from": 4}, False),
        ({"year_to": 2}, False),
        ({"graduates_from": date(2028, 6, 1), "graduates_to": date(2028, 6, 1)}, True),
        ({"graduates_from": date(2028, 7, 1)}, False),
        ({"graduates_to": date(2028, 5, 1)}, False),
        ({"hours_per_week": 20}, True),
        ({"hours_per_week": 21}, False),
        ({"city": "г. КОРОЛЕВ", "city_required": True}, True),
        ({"city": "Мытищи", "city_required": True}, False),
        ({"city": "Мытищи", "city_required": False}, True),
        ({"city": "Мытищи", "city_required": True, "work_place": WorkPlace.REMOTE}, True),
        ({"languages": [("en", LanguageLevel.B1)]}, True),
        ({"languages": [("en", LanguageLevel.C1)]}, False),
        ({"languages": [("en", LanguageLevel.A1), ("de", LanguageLevel.A1)]}, False),
    ],
)
def test_each_rule_lets_through_whom_it_should(
    app: Flask, asked: dict[str, Any], passes: bool
) -> None:
    student = make_student(
        degree=Degree.BACHELOR,
        year_of_study=3,
        graduates_on=date(2028, 6, 1),
        city="Королёв",
        hours_per_week=20,
        ready_for=["internship"],
    )
    student.languages = [ProfileLanguage(language="en", level=LanguageLevel.B2)]
    # Noise: a student who fits nothing, since nothing is said.
    bare = make_student(
        degree=None,
        year_of_study=None,
        graduates_on=None,
        city="",
        hours_per_week=None,
        ready_for=[],
    )
    languages = [
        VacancyLanguage(language=code, level=level) for code, level in asked.get("languages", [])
    ]
    vacancy = make_vacancy(**asked | {"languages": languages})
    index = Index([document(student, evidence_weights()), document(bare, evidence_weights())])
    assert index.count(eligibility(vacancy)) == int(passes)


def test_who_is_ready_to_move_is_eligible_anywhere(app: Flask) -> None:
    vacancy = make_vacancy(city="Мытищи", city_required=True)
    profiles = [
        make_student(city="Омск", relocation_ready=True),
        make_student(city="", relocation_ready=True),
        make_student(city="Омск", relocation_ready=False),
    ]
    index = Index([document(profile, evidence_weights()) for profile in profiles])
    found = index.search(query(vacancy), eligibility(vacancy)).hits
    assert {hit.id for hit in found} == {profiles[0].id, profiles[1].id}
