"""The list of candidates by year and by hours is the list by match, put in order by the number."""

from __future__ import annotations

import random

import pytest
from flask import Flask

from bridge.candidates.filters import ActiveFilter, Sort
from bridge.candidates.ranking import PER_PAGE, Ranking
from bridge.extensions import db
from bridge.search import attributes
from bridge.students.models import Profile
from bridge.vacancies.models import Vacancy
from matching import AtLeast
from tests.factories import make_student

NUMBER_OF = {Sort.YEAR: "year_of_study", Sort.HOURS: "hours_per_week"}
# Over three pages, the last one short.
STUDENTS = 2 * PER_PAGE + 7


@pytest.fixture
def profiles(vacancy: Vacancy) -> list[Profile]:
    """Whose numbers are often the same, at both ends of what is possible, or not known."""
    dice = random.Random(7)  # noqa: S311
    made = [
        make_student(
            skills=tuple(dice.sample(("python", "sql", "git"), 1 + number % 3)),
            year_of_study=dice.choice((None, 1, 3, 6)),
            hours_per_week=dice.choice((None, 1, 20, 20, 21, 60)),
        )
        for number in range(STUDENTS)
    ]
    make_student(skills=("python",), year_of_study=6, hours_per_week=60, published=False)
    db.session.commit()
    return made


def shown(app: Flask, ranking: Ranking, sort: Sort, filters: list[ActiveFilter]) -> list[int]:
    """All pages one after another."""
    found: list[int] = []
    for number in range(1, 5):
        with app.test_request_context(query_string={"page": str(number)}):
            page = ranking.page(filters, sort)
        if page.number < number:
            break
        found += [int(hit.id) for hit in page.items]
        assert len(found) == min(number * PER_PAGE, page.total)
    return found


@pytest.mark.parametrize("sort", NUMBER_OF)
@pytest.mark.parametrize("least", [None, 20, 60])
def test_the_larger_number_comes_first_and_alike_go_by_match(
    app: Flask, vacancy: Vacancy, profiles: list[Profile], sort: Sort, least: int | None
) -> None:
    number_of = {one.id: getattr(one, NUMBER_OF[sort]) or 0 for one in profiles}
    ranking = Ranking(vacancy)
    filters = [ActiveFilter("hours", "", (AtLeast(attributes.HOURS, least),))] if least else []
    by_match = shown(app, ranking, Sort.MATCH, filters)
    assert len(by_match) == sum((one.hours_per_week or 0) >= (least or 0) for one in profiles)
    expected = sorted(by_match, key=lambda id_: -number_of[id_])
    assert shown(app, ranking, sort, filters) == expected
    for number in (0, 1, 30, STUDENTS + 5):
        first = [hit.id for hit in ranking.first(filters, sort, number)]
        assert first == expected[:number]
