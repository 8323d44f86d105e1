"""What the filters of a list offer tells of nobody whom the employer does not see."""

from __future__ import annotations

import pytest
from flask import Flask

from bridge.blocks import service as blocks
from bridge.candidates import queries
from bridge.candidates.queries import frequent_cities, studied_directions
from bridge.candidates.ranking import Ranking
from bridge.employers.models import Employer
from bridge.extensions import db
from bridge.students.models import Profile
from tests.factories import make_direction, make_employer, make_student, make_vacancy

TOWN, VILLAGE = "Мытищи", "Загорянский"


def cities_for(employer: Employer) -> list[str]:
    return frequent_cities(Ranking(make_vacancy(employer)).hidden)


def hide(profile: Profile, employer: Employer) -> None:
    blocks.block(profile, employer, actor=profile.user)
    db.session.commit()


def test_cities_of_three_are_offered_and_none_that_points_at_somebody(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    employer, other = make_employer(), make_employer()
    living = [make_student(city=TOWN) for _ in range(3)]
    for _ in range(2):
        make_student(city=VILLAGE)
    make_student(city=VILLAGE, published=False)
    make_student(city="")
    db.session.commit()
    assert cities_for(employer) == [TOWN]
    hide(living[0], employer)
    assert (cities_for(employer), cities_for(other)) == ([], [TOWN])
    # Counted anew a minute later.
    make_student(city=VILLAGE)
    db.session.commit()
    assert cities_for(other) == [TOWN]
    later = queries.time.monotonic() + queries.CITIES_SECONDS
    monkeypatch.setattr(queries.time, "monotonic", lambda: later)
    assert cities_for(other) == [VILLAGE, TOWN]


def test_directions_are_those_of_whom_the_employer_sees(app: Flask) -> None:
    employer, other = make_employer(), make_employer()
    rare = make_student(direction=make_direction("09.03.01"))
    make_student(direction=make_direction("24.05.01"))
    make_student(direction=make_direction("24.05.01"))
    make_student(direction=make_direction("15.03.06"), published=False)
    make_direction("01.03.02")
    db.session.commit()

    def codes(of: Employer) -> list[str]:
        return [direction.code for direction in studied_directions(of.id)]

    assert codes(employer) == ["09.03.01", "24.05.01"]
    hide(rare, employer)
    assert (codes(employer), codes(other)) == (["24.05.01"], ["09.03.01", "24.05.01"])
