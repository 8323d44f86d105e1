"""Selection rates stand beside each other for large groups alone."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from bridge.accounts.models import Role
from bridge.analytics import fairness
from bridge.candidates.models import Candidate, Mark
from bridge.candidates.service import new_pseudonym
from bridge.contacts.models import ContactRequest, RequestState
from bridge.database import utc_now
from bridge.extensions import db
from bridge.students.models import Profile, StudyForm
from tests.client import sign_in
from tests.factories import make_direction, make_member, make_student, make_user, make_vacancy
from tests.queries import count_queries


def show(form: StudyForm, number: int, requested: int, *, code: str = "24.05.01") -> None:
    """So many students shown for one vacancy; the first `requested` starred, asked and willing."""
    vacancy = make_vacancy(make_member().employer)
    for place in range(number):
        profile = make_student(study_form=form, direction=make_direction(code=code))
        chosen = place < requested
        candidate = Candidate(
            vacancy=vacancy,
            profile=profile,
            pseudonym=new_pseudonym(),
            mark=Mark.STAR if chosen else Mark.NONE,
        )
        db.session.add(candidate)
        if chosen:
            db.session.add(
                ContactRequest(
                    candidate=candidate,
                    vacancy=vacancy,
                    profile=profile,
                    employer=vacancy.employer,
                    message="Приглашаем.",
                    state=RequestState.ACCEPTED,
                    accepted_at=utc_now(),
                )
            )
    db.session.commit()


def test_rates_and_ratios_of_large_groups(app: Flask) -> None:
    show(StudyForm.FULL_TIME, 6, 3)
    show(StudyForm.PART_TIME, 5, 1)
    show(StudyForm.EXTRAMURAL, 2, 2)
    rates = fairness.by_value(Profile.study_form, None, least=5)
    assert [(group.key, group.students, group.shown) for group in rates.groups] == [
        (StudyForm.FULL_TIME, 6, 6),
        (StudyForm.PART_TIME, 5, 5),
    ]
    full, part = rates.groups
    assert (full.starred, full.requested, full.accepted) == (3, 3, 3)
    assert (full.rate, part.rate) == (0.5, 0.2)
    assert (rates.ratio(full), rates.ratio(part)) == (1.0, pytest.approx(0.4))
    assert rates.small == 1
    assert (
        fairness.by_value(Profile.study_form, utc_now() + timedelta(days=1), least=1).groups == ()
    )


def test_where_nobody_is_chosen_there_is_no_ratio(app: Flask) -> None:
    show(StudyForm.FULL_TIME, 3, 0)
    (group,) = (rates := fairness.by_direction(None, least=3)).groups
    assert (group.rate, rates.ratio(group)) == (0.0, None)


def test_one_student_of_many_vacancies_is_no_large_group(app: Flask) -> None:
    profile = make_student(study_form=StudyForm.FULL_TIME)
    for _ in range(5):
        vacancy = make_vacancy()
        db.session.add(Candidate(vacancy=vacancy, profile=profile, pseudonym=new_pseudonym()))
    db.session.commit()
    assert fairness.by_value(Profile.study_form, None, least=2).groups == ()


def test_staff_see_the_page_and_take_the_file(app: Flask, client: FlaskClient) -> None:
    show(StudyForm.FULL_TIME, 20, 10)
    show(StudyForm.PART_TIME, 20, 4)
    show(StudyForm.EXTRAMURAL, 3, 3)
    sign_in(client, make_user(Role.STAFF))
    page = client.get("/staff/analytics/fairness")
    assert page.status_code == 200
    assert page.text.count("below four fifths") == 1
    assert "by correspondence" not in page.text
    # All are bachelors of one year: a group alone is held against nothing.
    assert page.text.count("One group alone is large enough") == 3
    assert [name in page.text for name in ("Bachelor", "year 3", "year 2")] == [True, True, False]
    text = client.get("/staff/analytics/fairness.csv").text.removeprefix("\ufeff")
    rows = list(csv.reader(io.StringIO(text), delimiter=";"))
    assert [row[2:] for row in rows if row[1].startswith("part-time")] == [
        ["20", "20", "4", "4", "4", "0.2", "0.4"]
    ]
    with count_queries() as few:
        client.get("/staff/analytics/fairness")
    show(StudyForm.FULL_TIME, 20, 1, code="09.03.01")
    with count_queries() as many:
        client.get("/staff/analytics/fairness")
    assert len(many) == len(few)
