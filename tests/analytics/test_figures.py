"""The figures count what happened, each thing once, and nothing of others."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from flask.testing import FlaskClient

from bridge.accounts.models import Role, User
from bridge.analytics import queries
from bridge.analytics.figures import steps
from bridge.analytics.queries import Answers, Decisions, Demand, Funnel, Week
from bridge.candidates.models import Candidate
from bridge.candidates.service import new_pseudonym
from bridge.cases.models import Case, CaseKind, CaseState
from bridge.contacts.models import ContactRequest, RequestState
from bridge.database import utc_now
from bridge.extensions import db
from bridge.hiring.models import Hiring, Stage
from bridge.skills.models import Skill, SkillState
from bridge.students.models import Evidence
from bridge.vacancies.models import Vacancy, VacancyState
from tests.client import sign_in
from tests.factories import (
    make_direction,
    make_employer,
    make_member,
    make_skill,
    make_student,
    make_user,
    make_vacancy,
)
from tests.queries import count_queries

MOSCOW = ZoneInfo("Europe/Moscow")
NOW = datetime(2026, 3, 4, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)


def make_candidate(vacancy: Vacancy, shown: datetime = NOW, *, opened: bool = False) -> Candidate:
    candidate = Candidate(
        vacancy=vacancy,
        profile=make_student(),
        pseudonym=new_pseudonym(),
        created_at=shown,
        opened_at=shown if opened else None,
    )
    db.session.add(candidate)
    db.session.flush()
    return candidate


def make_request(
    candidate: Candidate,
    state: RequestState,
    hours: float | None = None,
    *,
    is_from_application: bool = False,
) -> ContactRequest:
    """A request made NOW; `hours`: passed on at once and answered after so many."""
    answered = None if hours is None else NOW + hours * HOUR
    agreed = state in (RequestState.ACCEPTED, RequestState.CLOSED)
    request = ContactRequest(
        candidate=candidate,
        vacancy=candidate.vacancy,
        profile=candidate.profile,
        employer=candidate.vacancy.employer,
        message="Приглашаем",
        state=state,
        is_from_application=is_from_application,
        created_at=NOW,
        changed_at=answered or NOW,
        delivered_at=None if hours is None else NOW,
        accepted_at=answered if agreed else None,
    )
    db.session.add(request)
    db.session.flush()
    return request


def test_the_funnel_counts_each_candidate_once_as_far_as_they_came(app: Flask) -> None:
    vacancy, foreign = make_vacancy(), make_vacancy()
    make_candidate(vacancy)
    make_candidate(vacancy, opened=True)
    # Asked from the list, without ever opening the profile: counted as opened all the same.
    make_request(make_candidate(vacancy), RequestState.REQUESTED)
    twice = make_candidate(vacancy, opened=True)
    make_request(twice, RequestState.REJECTED)
    make_request(twice, RequestState.APPROVED, 0)
    for stage, came_from in (
        (Stage.CONTACT, None),
        (Stage.INTERVIEW, Stage.CONTACT),
        (Stage.HIRED, Stage.OFFER),
        (Stage.DECLINED, Stage.OFFER),
        (Stage.DECLINED, Stage.CONTACT),
    ):
        request = make_request(make_candidate(vacancy, opened=True), RequestState.ACCEPTED, 2)
        db.session.add(Hiring(request_id=request.id, state=stage, came_from=came_from))
    make_candidate(vacancy, NOW - timedelta(days=40), opened=True)
    make_request(make_candidate(foreign, opened=True), RequestState.ACCEPTED, 1)
    db.session.commit()
    since = NOW - timedelta(days=30)
    own = Funnel(
        shown=9,
        opened=8,
        requested=7,
        approved=6,
        agreed=5,
        in_contact=5,
        interviewed=3,
        offered=2,
        hired=1,
    )
    assert queries.funnel(since, vacancy.employer_id) == own
    assert queries.funnel(since).agreed == 6
    assert queries.funnel(None, vacancy.employer_id).opened == 9


def test_who_was_invited_after_an_application_was_not_asked(app: Flask) -> None:
    vacancy = make_vacancy()
    for number, stage in enumerate((Stage.INTERVIEW, Stage.CONTACT, Stage.HIRED)):
        request = make_request(
            make_candidate(vacancy, opened=True),
            RequestState.ACCEPTED,
            0,
            is_from_application=number > 0,
        )
        db.session.add(Hiring(request_id=request.id, state=stage))
    # Asked in vain, then invited: on both ways one candidate.
    twice = make_candidate(vacancy, opened=True)
    make_request(twice, RequestState.ENDED)
    make_request(twice, RequestState.CLOSED, 0, is_from_application=True)
    make_candidate(vacancy)
    db.session.commit()
    found = queries.funnel(None, vacancy.employer_id)
    assert found == Funnel(
        shown=5,
        opened=4,
        requested=2,
        approved=1,
        agreed=1,
        in_contact=4,
        interviewed=2,
        offered=1,
        hired=1,
    )
    assert [step.of_previous for step in steps(found)][4:7] == [1.0, None, 0.5]
    (week,) = queries.weeks(NOW + HOUR, 1, MOSCOW, vacancy.employer_id)
    assert (week.requests, week.agreed) == (2, 1)
    assert queries.answers(None, vacancy.employer_id).asked == 1


def test_weeks_begin_on_monday_where_the_university_is(app: Flask) -> None:
    # In Moscow it is Monday the second of March already.
    late_sunday = datetime(2026, 3, 1, 21, 30, tzinfo=UTC)
    own = make_vacancy(published_at=late_sunday)
    make_vacancy(own.employer, published_at=late_sunday - HOUR)
    make_vacancy(own.employer, published_at=None, state=VacancyState.DRAFT)
    make_vacancy(published_at=NOW)
    make_request(make_candidate(own), RequestState.ACCEPTED, 3)
    db.session.commit()
    assert queries.weeks(NOW + 5 * HOUR, 2, MOSCOW, own.employer_id) == [
        Week(date(2026, 2, 23), vacancies=1, requests=0, agreed=0),
        Week(date(2026, 3, 2), vacancies=1, requests=1, agreed=1),
    ]
    assert queries.weeks(NOW + 5 * HOUR, 1, MOSCOW)[0].vacancies == 2


def test_decisions_are_timed_by_kind(app: Flask) -> None:
    for kind, hours, state in (
        (CaseKind.CONTACT, 2, CaseState.APPROVED),
        (CaseKind.CONTACT, 4, CaseState.REJECTED),
        (CaseKind.CONTACT, 48, CaseState.RETURNED),
        (CaseKind.EMPLOYER, 10, CaseState.APPROVED),
        (CaseKind.VACANCY, 1, CaseState.DROPPED),
        (CaseKind.SKILL, None, CaseState.WAITING),
        # The platform's own approvals, within the second.
        (CaseKind.CONTACT, 0, CaseState.APPROVED),
        (CaseKind.REPORT, 0, CaseState.APPROVED),
    ):
        db.session.add(
            Case(
                kind=kind,
                subject_id=1,
                title="Дело",
                state=state,
                automatic=hours == 0,
                opened_at=NOW,
                due_at=NOW + 24 * HOUR,
                decided_at=None if hours is None else NOW + hours * HOUR,
            )
        )
    db.session.commit()
    assert queries.decisions(NOW) == [
        Decisions(CaseKind.EMPLOYER, 1, 10.0, 1.0),
        Decisions(CaseKind.CONTACT, 3, 4.0, pytest.approx(2 / 3)),  # type: ignore[arg-type]
    ]
    assert queries.decisions(NOW + 40 * HOUR) == [Decisions(CaseKind.CONTACT, 1, 48.0, 0.0)]


def test_answers_are_those_of_students_who_were_asked(app: Flask) -> None:
    vacancy = make_vacancy()
    for state, hours in (
        (RequestState.ACCEPTED, 2),
        (RequestState.CLOSED, 6),
        (RequestState.DECLINED, 10),
        (RequestState.APPROVED, 0),
        (RequestState.ENDED, 0),
        (RequestState.REQUESTED, None),
        (RequestState.REJECTED, None),
    ):
        make_request(make_candidate(vacancy), state, hours)
    make_request(make_candidate(make_vacancy()), RequestState.DECLINED, 1)
    db.session.commit()
    found = queries.answers(NOW, vacancy.employer_id)
    assert found == Answers(asked=5, agreed=2, declined=1, waiting=1, median_hours=6.0)
    assert found.unanswered == 1
    assert queries.answers(NOW + HOUR).median_hours is None


def fill_market() -> None:
    it = make_direction("09.03.01", name_ru="Информатика", name_en="Computing")
    make_vacancy(must=("python",), nice=("=cad",))
    make_vacancy(must=("=cad",), nice=("python",))
    make_vacancy(must=("python",))
    make_vacancy(must=("python",), state=VacancyState.CLOSED)
    make_vacancy(must=("python",), deadline=date(2020, 1, 1))
    make_vacancy(must=("proposed",))
    make_skill("proposed").state = SkillState.PROPOSED
    confirmed = make_student(skills=("python", "sewing"), direction=it)
    confirmed.skills[0].evidence = Evidence.MENTOR
    make_student(skills=("python",), direction=it, year_of_study=1)
    make_student(skills=("=cad",))
    make_student(skills=("python",), direction=it, published=False)
    db.session.commit()


def test_what_is_wanted_stands_beside_what_the_group_holds(app: Flask) -> None:
    fill_market()
    python, cad = make_skill("python"), make_skill("=cad")
    everybody = queries.market(direction_id=None, year=None, limit=10)
    assert (everybody.vacancies, everybody.students) == (4, 3)
    assert everybody.skills == [
        Demand(python, wanted=3, wanted_as_must=2, held=2, confirmed=1),
        Demand(cad, wanted=2, wanted_as_must=1, held=1, confirmed=0),
    ]
    group = queries.market(direction_id=make_direction("09.03.01").id, year=3, limit=1)
    assert group.students == 1
    assert group.skills == [Demand(python, wanted=3, wanted_as_must=2, held=1, confirmed=1)]


def rows_of(client: FlaskClient, address: str) -> list[list[str]]:
    response = client.get(address)
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    return list(csv.reader(io.StringIO(response.text.removeprefix("\ufeff")), delimiter=";"))


def test_the_staff_see_the_figures_and_take_them_away(app: Flask, client: FlaskClient) -> None:
    fill_market()
    staff: User = make_user(Role.STAFF)
    skill: Skill = make_skill("=cad")
    db.session.commit()
    sign_in(client, staff)
    page = client.get("/staff/analytics?days=nonsense&direction=99999999999999&year=%00")
    assert page.status_code == 200
    assert "Nobody was shown yet" in page.text
    assert skill.name_en in page.text
    # The name of a skill is what somebody proposed: it must not become a formula.
    assert rows_of(client, "/staff/analytics/skills.csv")[1:] == [
        ["Python", "3", "2", "2", "1", "4", "3"],
        ["'=Cad", "2", "1", "1", "0", "4", "3"],
    ]
    assert len(rows_of(client, "/staff/analytics/funnel.csv")) == 10
    assert len(rows_of(client, "/staff/analytics/weeks.csv")) == 13
    assert len(rows_of(client, "/staff/analytics/decisions.csv")) == 1
    assert client.get("/staff/analytics/secrets.csv").status_code == 404


def test_a_member_sees_the_figures_of_their_own_employer_alone(
    app: Flask, client: FlaskClient
) -> None:
    member = make_member()
    own, foreign = make_vacancy(member.employer), make_vacancy()
    now = utc_now()
    make_candidate(own, now, opened=True)
    for _number in range(3):
        make_candidate(foreign, now)
    db.session.commit()
    sign_in(client, member.user)
    assert rows_of(client, "/company/analytics/funnel.csv")[1][1:2] == ["1"]
    assert client.get("/company/analytics/skills.csv").status_code == 404
    assert client.get("/staff/analytics").status_code == 403
    assert client.get("/company/analytics").status_code == 200


def test_the_pages_ask_a_fixed_number_of_queries(app: Flask, client: FlaskClient) -> None:
    fill_market()
    staff = make_user(Role.STAFF)
    db.session.commit()
    sign_in(client, staff)
    client.get("/staff/analytics")
    with count_queries() as few:
        client.get("/staff/analytics")
    for _number in range(5):
        make_vacancy(make_employer(), must=(f"skill-{_number}",))
        make_student(skills=(f"skill-{_number}",))
    db.session.commit()
    with count_queries() as many:
        client.get("/staff/analytics")
    assert len(many) == len(few)
