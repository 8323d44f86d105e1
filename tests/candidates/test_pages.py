"""The list of candidates and what hangs on it, as HR walks through it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from bridge.accounts.models import Role
from bridge.audit import AuditEntry
from bridge.candidates.models import Candidate, Mark
from bridge.database import local_today
from bridge.employers.models import EmployerState, Member
from bridge.extensions import db
from bridge.students.models import Degree, Evidence, Profile
from bridge.vacancies.models import Vacancy, VacancyState
from tests.client import forms_of, sign_in
from tests.factories import (
    make_direction,
    make_employer,
    make_member,
    make_student,
    make_user,
    make_vacancy,
)


@contextmanager
def counted_statements() -> Iterator[list[str]]:
    """The statements that the engine executes, without those that begin and end."""
    statements: list[str] = []
    # A request starts with nothing loaded.
    db.session.close()

    def note(_c: object, _cur: object, statement: str, *_rest: object) -> None:
        if statement.lstrip().upper().startswith(("SELECT", "INSERT", "UPDATE", "DELETE")):
            statements.append(statement)

    sa.event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        sa.event.remove(db.engine, "before_cursor_execute", note)


def pseudonyms(page: TestResponse) -> list[str]:
    return re.findall(r'id="candidate-(\w+)"', page.text)


def profiles_shown(page: TestResponse, vacancy: Vacancy) -> list[int]:
    """The profiles behind the cards of a page, in its order."""
    rows = db.session.execute(
        sa.select(Candidate.pseudonym, Candidate.profile_id).where(
            Candidate.vacancy_id == vacancy.id
        )
    )
    behind = dict(rows.all())
    return [behind[pseudonym] for pseudonym in pseudonyms(page)]


def click(client: FlaskClient, page: TestResponse, action: str) -> TestResponse:
    """Press the button of the one-button form that posts to an address with `action` in it."""
    target, fields = next(form for form in forms_of(page) if action in form[0])
    return client.post(target, data=fields)


def test_the_best_come_first_and_the_ineligible_not_at_all(
    client: FlaskClient, member: Member, vacancy: Vacancy
) -> None:
    half = make_student(skills=("python",))
    full = make_student(skills=("python", "sql", "git"))
    none = make_student(skills=("welding",))
    make_student(skills=("python", "sql"), published=False)
    make_student(skills=("python", "sql"), ready_for=["job"])
    sign_in(client, member.user)
    page = client.get(f"/hr/vacancies/{vacancy.id}/candidates")
    assert page.status_code == 200
    assert "3 candidates" in page.text
    assert profiles_shown(page, vacancy) == [full.id, half.id, none.id]
    # The same again: nobody gets a second pseudonym.
    again = client.get(f"/hr/vacancies/{vacancy.id}/candidates")
    assert pseudonyms(again) == pseudonyms(page)


def test_points_of_the_reasons_sum_to_the_score(
    client: FlaskClient, member: Member, vacancy: Vacancy
) -> None:
    make_student(skills=("python", "git"), summary="Проектирование узлов, расчёты на прочность")
    make_student(skills=("sql",))
    sign_in(client, member.user)
    page = client.get(f"/hr/vacancies/{vacancy.id}/candidates")
    cards = page.text.split('id="candidate-')[1:]
    assert len(cards) == 2
    for card in cards:
        points = [float(text) for text in re.findall(r'<td class="number">(-?[\d.]+)</td>', card)]
        score = int(re.findall(r"<strong>(\d+)</strong>", card)[0])
        assert abs(sum(points) - score) <= 0.5 + 0.05 * len(points)


def test_many_words_are_told_by_the_part_of_the_profile(
    client: FlaskClient, member: Member
) -> None:
    words = [f"{letter}анктор" for letter in "абвгдежзиклмнопрстуфхц"]
    skills = ("python", "sql", "git")
    vacancy = make_vacancy(member.employer, must=skills, text=" ".join(words))
    make_student(skills=skills, summary=" ".join(words[:15]), wishes=" ".join(words[15:]))
    make_student(skills=("welding",), summary="Другое.")
    sign_in(client, member.user)
    listed = client.get(f"/hr/vacancies/{vacancy.id}/candidates")
    first = pseudonyms(listed)[0]
    page = client.get(f"/hr/vacancies/{vacancy.id}/candidates/{first}").text
    table = page.split('id="why"')[1].split("</table>")[0]
    rows = re.findall(r'</svg>([^<]+)</th>\s*<td class="number">(-?[\d.]+)</td>', table)
    labels = [label for label, _points in rows]
    assert set(labels[:3]) == {"Git", "Python", "Sql"}
    together = [label for label in labels if " more word" in label]
    assert sum(int(label.split()[0]) for label in together) + len(labels) - len(together) - 3 == 22
    assert {label.split(" in ")[1] for label in together} <= {"about me", "wishes"}
    score = int(re.findall(r"<strong>(\d+)</strong>", page)[0])
    assert abs(sum(float(points) for _label, points in rows) - score) <= 0.5 + 0.05 * len(rows)


def test_an_edit_shows_in_the_next_list(
    client: FlaskClient, member: Member, vacancy: Vacancy
) -> None:
    from bridge.search.service import note_change

    profile = make_student(skills=("python",))
    sign_in(client, member.user)
    address = f"/hr/vacancies/{vacancy.id}/candidates"
    assert len(pseudonyms(client.get(address))) == 1
    profile = db.session.get_one(Profile, profile.id)
    profile.published_at = None
    note_change(profile.id)
    db.session.commit()
    assert pseudonyms(client.get(address)) == []


FILTERS = {
    "musts=y": ["full"],
    "musts=y&confirmed=y": ["full"],
    "year=4": ["senior"],
    "year=4&year=3": ["full", "senior"],
    "degree=master": ["senior"],
    "direction=09.03.01": ["senior"],
    "city=москва": ["senior"],
    "hours=30": ["senior"],
    "q=спутниковая телеметрия": ["senior"],
    "sort=year": ["senior", "full"],
    "sort=hours": ["senior", "full"],
    "hours=abc": ["full", "senior"],
    "hours=0": ["full", "senior"],
    "year=9&degree=x&direction=x&sort=x&marks=x&page=999999": ["full", "senior"],
    "endpoint=x&_external=1&page=0": ["full", "senior"],
}


@pytest.mark.parametrize("query", FILTERS)
def test_filters_live_in_the_address(
    client: FlaskClient, member: Member, vacancy: Vacancy, query: str
) -> None:
    full = make_student(skills=("python", "sql"), city="Королёв", hours_per_week=20)
    for held in full.skills:
        held.evidence = Evidence.COURSE
    senior = make_student(
        skills=("python",),
        year_of_study=4,
        degree=Degree.MASTER,
        direction=make_direction("09.03.01"),
        city="г. Москва",
        hours_per_week=40,
        summary="Спутниковая телеметрия и обработка сигналов",
    )
    names = {full.id: "full", senior.id: "senior"}
    sign_in(client, member.user)
    page = client.get(f"/hr/vacancies/{vacancy.id}/candidates?{query}")
    assert page.status_code == 200
    assert [names[id_] for id_ in profiles_shown(page, vacancy)] == FILTERS[query]


def test_a_wrong_value_is_named_beside_its_field(
    client: FlaskClient, member: Member, vacancy: Vacancy
) -> None:
    sign_in(client, member.user)
    page = client.get(f"/hr/vacancies/{vacancy.id}/candidates?hours=999&q={'x' * 300}")
    assert "Give a whole number of hours from 1 to 60." in page.text
    assert 'value="999"' in page.text


def test_the_empty_list_names_the_costliest_filter(
    client: FlaskClient, member: Member, vacancy: Vacancy
) -> None:
    make_student(skills=("python",), year_of_study=2, hours_per_week=10)
    make_student(skills=("python",), year_of_study=2, hours_per_week=10)
    make_student(skills=("python",), year_of_study=5, hours_per_week=40)
    sign_in(client, member.user)
    page = client.get(f"/hr/vacancies/{vacancy.id}/candidates?year=2&hours=30")
    offers = re.findall(r'href="([^"]+)"[^>]*>Without the filter “(.+?)”: (\d+) candid', page.text)
    assert offers == [
        (f"/hr/vacancies/{vacancy.id}/candidates?year=2", "hours a week: at least 30", "2"),
        (f"/hr/vacancies/{vacancy.id}/candidates?hours=30", "year of study: 2", "1"),
    ]


def test_a_star_is_set_undone_and_set_by_a_colleague(
    client: FlaskClient, member: Member, vacancy: Vacancy
) -> None:
    make_student(skills=("python",))
    sign_in(client, member.user)
    address = f"/hr/vacancies/{vacancy.id}/candidates"
    marked = click(client, client.get(f"{address}?year=3"), "/mark/star")
    assert (marked.status_code, marked.location) == (303, f"{address}?year=3")
    page = client.get(marked.location)
    assert "is in the shortlist" in page.text
    assert len(pseudonyms(client.get(f"/hr/vacancies/{vacancy.id}/shortlist"))) == 1
    # The button of the flash takes it back.
    target, fields = next(form for form in forms_of(page) if "/mark/none?" in form[0])
    assert client.post(target, data=fields).location == f"{address}?year=3"
    assert pseudonyms(client.get(f"/hr/vacancies/{vacancy.id}/shortlist")) == []
    steps = db.session.execute(
        sa.select(AuditEntry.actor_id, AuditEntry.details).where(
            AuditEntry.action == "candidate.marked"
        )
    ).all()
    assert [tuple(step) for step in steps] == [
        (member.user_id, {"from": "none", "to": "star"}),
        (member.user_id, {"from": "star", "to": "none"}),
    ]


def test_who_is_not_a_fit_leaves_the_list_and_can_be_called_back(
    client: FlaskClient, member: Member, vacancy: Vacancy
) -> None:
    make_student(skills=("python",))
    make_student(skills=("python", "sql"))
    sign_in(client, member.user)
    address = f"/hr/vacancies/{vacancy.id}/candidates"
    first = pseudonyms(client.get(address))[0]
    click(client, client.get(address), f"{first}/mark/unfit")
    assert first not in pseudonyms(client.get(address))
    assert pseudonyms(client.get(f"{address}?marks=unfit")) == [first]
    assert len(pseudonyms(client.get(f"{address}?marks=all"))) == 2
    assert "takes your marks into account" in client.get(address).text
    assert "does not take your marks into account" in client.get(f"{address}?learn=off").text


def test_opening_is_recorded_once_and_the_student_sees_it(
    app: Flask, client: FlaskClient, member: Member, vacancy: Vacancy
) -> None:
    profile = make_student(skills=("python",), summary="Люблю ракеты")
    make_student(skills=("python",))
    sign_in(client, member.user)
    page = client.get(f"/hr/vacancies/{vacancy.id}/candidates")
    behind = dict(zip(profiles_shown(page, vacancy), pseudonyms(page), strict=True))
    detail = client.get(f"/hr/vacancies/{vacancy.id}/candidates/{behind[profile.id]}")
    assert "Люблю ракеты" in detail.text
    client.get(f"/hr/vacancies/{vacancy.id}/candidates/{behind[profile.id]}")
    opened = db.session.scalars(sa.select(Candidate).where(Candidate.opened_at.is_not(None))).all()
    assert [candidate.profile_id for candidate in opened] == [profile.id]
    entries = db.session.scalars(
        sa.select(AuditEntry.actor_id).where(AuditEntry.action == "candidate.opened")
    ).all()
    assert entries == [member.user_id]
    student = app.test_client()
    sign_in(student, db.session.get_one(Profile, profile.id).user)
    mine = student.get("/profile/openings")
    assert member.employer.name in mine.text
    assert vacancy.title in mine.text


def test_a_withdrawn_profile_says_so(client: FlaskClient, member: Member, vacancy: Vacancy) -> None:
    from bridge.search.service import note_change

    profile = make_student(skills=("python",))
    sign_in(client, member.user)
    pseudonym = pseudonyms(client.get(f"/hr/vacancies/{vacancy.id}/candidates"))[0]
    db.session.get_one(Profile, profile.id).published_at = None
    note_change(profile.id)
    db.session.commit()
    page = client.get(f"/hr/vacancies/{vacancy.id}/candidates/{pseudonym}")
    assert page.status_code == 404
    assert "no longer available" in page.text


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (VacancyState.DRAFT, "not published yet"),
        (VacancyState.SUBMITTED, "is being checked"),
        (VacancyState.CLOSED, "is closed"),
    ],
)
def test_only_published_vacancies_have_candidates(
    client: FlaskClient, member: Member, vacancy: Vacancy, state: VacancyState, words: str
) -> None:
    make_student(skills=("python",))
    vacancy.state = state
    sign_in(client, member.user)
    page = client.get(f"/hr/vacancies/{vacancy.id}/candidates")
    assert words in page.text
    assert db.session.scalars(sa.select(Candidate)).all() == []


def test_past_the_deadline_nobody_can_be_asked(
    client: FlaskClient, member: Member, vacancy: Vacancy
) -> None:
    make_student(skills=("python",))
    vacancy.deadline = local_today() - timedelta(days=1)
    sign_in(client, member.user)
    page = client.get(f"/hr/vacancies/{vacancy.id}/candidates")
    assert len(pseudonyms(page)) == 1
    assert "Request a contact" not in page.text
    assert "no new requests can be sent" in page.text


def test_other_employers_and_other_roles_see_nothing(
    app: Flask, client: FlaskClient, member: Member, vacancy: Vacancy
) -> None:
    make_student(skills=("python",))
    own = make_vacancy(make_employer())
    sign_in(client, member.user)
    page = client.get(f"/hr/vacancies/{vacancy.id}/candidates")
    pseudonym = pseudonyms(page)[0]
    _target, fields = next(form for form in forms_of(page) if "/mark/star" in form[0])
    stranger = app.test_client()
    sign_in(stranger, make_member(own.employer).user)
    ways = ["candidates", "shortlist", "compare", f"candidates/{pseudonym}"]
    for way in ways:
        assert stranger.get(f"/hr/vacancies/{vacancy.id}/{way}").status_code == 404
        assert client.get(f"/hr/vacancies/{own.id}/{way}").status_code == 404
    assert client.get("/hr/vacancies/999999999/candidates").status_code == 404
    assert client.get(f"/hr/vacancies/{vacancy.id}/candidates/22222").status_code == 404
    assert client.get(f"/hr/vacancies/{vacancy.id}/candidates/%00").status_code == 404
    token = {"csrf_token": fields["csrf_token"]}
    posted = client.post(f"/hr/vacancies/{own.id}/candidates/{pseudonym}/mark/star", data=token)
    assert posted.status_code == 404
    for role in (Role.STUDENT, Role.STAFF, Role.ADMIN):
        other = app.test_client()
        sign_in(other, make_user(role))
        assert other.get(f"/hr/vacancies/{vacancy.id}/candidates").status_code == 403
    assert app.test_client().get(f"/hr/vacancies/{vacancy.id}/candidates").status_code == 303
    db.session.get_one(Member, member.id).employer.state = EmployerState.SUSPENDED
    db.session.commit()
    for way in ways:
        assert client.get(f"/hr/vacancies/{vacancy.id}/{way}").status_code == 403
    marks = db.session.scalars(sa.select(Candidate.mark)).all()
    assert marks == [Mark.NONE]


def test_a_page_of_twenty_costs_as_many_statements_as_one_of_two(
    client: FlaskClient, member: Member, vacancy: Vacancy
) -> None:
    sign_in(client, member.user)
    for number in range(25):
        make_student(skills=("python", "sql", f"skill-{number}"))
    db.session.commit()
    address = f"/hr/vacancies/{vacancy.id}/candidates"
    client.get(address)
    with counted_statements() as statements:
        page = client.get(address)
    assert len(pseudonyms(page)) == 20
    # user, member, employer, vacancy, its skills and languages, clock, marks, directions,
    # profiles, their skills and languages, candidates, requests, counts of requests,
    # tags of the vacancy and of the page, notes, saved searches, the badge of the
    # navigation, the bell, what is new since the night, who has blocked the employer, the
    # applications of the vacancy and of the page, stages, the warning of small groups
    assert len(statements) == STATEMENTS, "\n".join(statements)
    with counted_statements() as second:
        client.get(f"{address}?page=2")
    # The five of this page are shown for the first time: they are put in and read.
    assert len(second) == STATEMENTS + 2


STATEMENTS = 27
