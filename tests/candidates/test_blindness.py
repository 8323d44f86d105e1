"""A pseudonym hides nobody where only few are eligible, or one is like nobody else."""

from __future__ import annotations

from flask import Flask
from flask.testing import FlaskClient

from bridge.candidates.blindness import Blindness, blindness
from bridge.candidates.ranking import Ranking
from bridge.extensions import db
from tests.client import sign_in
from tests.factories import make_direction, make_member, make_student, make_vacancy


def look(vacancy: object) -> Blindness:
    db.session.commit()
    return blindness(Ranking(vacancy, learns=False))  # type: ignore[arg-type]


def test_small_groups_and_the_only_ones_are_found(app: Flask) -> None:
    vacancy = make_vacancy(must=("git",), year_from=3, year_to=4)
    assert look(vacancy) == Blindness(0, 0)
    for _ in range(4):
        make_student(skills=("git",))
    make_student(skills=("git",), year_of_study=1)  # not eligible
    make_student(skills=("git",), published=False)
    found = look(vacancy)
    assert (found, found.is_small) == (Blindness(4, 0), True)
    make_student(skills=("git",), year_of_study=4)
    found = look(vacancy)
    assert (found, found.is_small) == (Blindness(5, 1), False)
    make_student(direction=make_direction("09.03.01"))
    assert look(vacancy) == Blindness(6, 2)


def test_who_selects_is_told(app: Flask, client: FlaskClient) -> None:
    member = make_member()
    vacancy = make_vacancy(member.employer, must=("git",))
    for _ in range(2):
        make_student(skills=("git",))
    sign_in(client, member.user)
    page = f"/hr/vacancies/{vacancy.id}/candidates"
    assert "the group is small" in client.get(page).text
    for _ in range(4):
        make_student(skills=("git",))
    db.session.commit()
    assert "the group is small" not in client.get(page).text
