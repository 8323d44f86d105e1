"""The queue: what waits, in what order, for whom."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from bridge.accounts.models import Role
from bridge.cases.models import CaseKind
from bridge.extensions import db
from tests.client import sign_in
from tests.factories import make_member, make_student, make_user
from tests.moderation.conftest import make_case
from tests.queries import count_queries


def titles(page: str) -> list[str]:
    return re.findall(r'queue-item__title">([^<]*)<', page)


def test_overdue_come_first_then_by_their_term(desk: FlaskClient) -> None:
    late = make_case(CaseKind.VACANCY, title="Опоздала", overdue=True)
    make_case(CaseKind.SKILL, title="Навык")
    make_case(CaseKind.EMPLOYER, title="Предприятие")
    later = make_case(CaseKind.CONTACT, title="Контакт")
    later.due_at = late.due_at.replace(year=late.due_at.year - 1)
    db.session.commit()
    page = desk.get("/staff/moderation").text
    assert titles(page) == ["Контакт", "Опоздала", "Предприятие", "Навык"]
    assert "4 await a decision" in page
    assert "2 overdue" in page
    # The first one lies open beside the list.
    assert 'id="case-title">Контакт<' in page


def test_kinds_and_states_are_filters_in_the_address(desk: FlaskClient) -> None:
    case = make_case(CaseKind.VACANCY, title="Вакансия")
    make_case(CaseKind.EMPLOYER, title="Предприятие")
    db.session.commit()
    assert titles(desk.get("/staff/moderation?kind=vacancy").text) == ["Вакансия"]
    assert titles(desk.get("/staff/moderation?kind=junk&page=99").text) == [
        "Вакансия",
        "Предприятие",
    ]
    assert titles(desk.get("/staff/moderation?kind=skill").text) == []
    assert titles(desk.get("/staff/moderation?state=decided").text) == []
    page = desk.get(f"/staff/moderation/{case.id}?kind=vacancy").text
    assert titles(page) == ["Вакансия"]
    assert f'action="/staff/moderation/{case.id}?kind=vacancy"' in page


@pytest.mark.parametrize("kind", list(CaseKind))
def test_every_kind_shows_its_subject(desk: FlaskClient, kind: CaseKind) -> None:
    make_case(kind)
    case = make_case(kind) if kind is not CaseKind.SKILL else make_case(CaseKind.SKILL)
    db.session.commit()
    response = desk.get(f"/staff/moderation/{case.id}")
    assert response.status_code == 200
    expected = {
        CaseKind.EMPLOYER: "The INN agrees with its check digits",
        CaseKind.VACANCY: "Проектирование узлов",
        CaseKind.CONTACT: "Приглашаем вас на стажировку",
        CaseKind.SKILL: "Плетение микросхем",
        CaseKind.REPORT: "Работа совсем не та",
    }
    assert expected[kind] in response.text


def test_contact_request_shows_student_match_and_skills(desk: FlaskClient) -> None:
    case = make_case(CaseKind.CONTACT)
    db.session.commit()
    page = desk.get(f"/staff/moderation/{case.id}").text
    assert "The score was 71 of 100, place 2 of 9." in page
    assert "40.0" in page
    assert page.count("skill--held") == 1
    assert page.count("skill--missing") == 1
    assert "/staff/students/" in page


def test_queue_takes_a_fixed_number_of_queries(desk: FlaskClient) -> None:
    for _number in range(3):
        make_case(CaseKind.VACANCY)
    db.session.commit()
    desk.get("/staff/moderation")  # the index is made once
    with count_queries() as few:
        desk.get("/staff/moderation")
    for _number in range(20):
        make_case(CaseKind.VACANCY)
    db.session.commit()
    with count_queries() as many:
        page = desk.get("/staff/moderation").text
    assert len(titles(page)) == 23
    # who reads and their unread notices; how many and the page; ready answers; totals; employers;
    # decisions in bulk; the subject with skills and languages; what its employer published; its
    # flags: since when the employer is here, who wrote it; whether the index is fresh and who is
    # eligible; earlier cases
    assert len(many) == len(few) == 17, many


@pytest.mark.parametrize("role", [Role.STUDENT, Role.MEMBER])
def test_others_see_none_of_it(client: FlaskClient, app: Flask, role: Role) -> None:
    case = make_case(CaseKind.CONTACT)
    sign_in(client, make_member().user if role is Role.MEMBER else make_student().user)
    assert client.get("/staff/moderation").status_code == 403
    assert client.get(f"/staff/moderation/{case.id}").status_code == 403
    assert client.post(f"/staff/moderation/{case.id}").status_code in (400, 403)


def test_nobody_is_sent_to_sign_in(client: FlaskClient, app: Flask) -> None:
    make_user(Role.STAFF)
    response = client.get("/staff/moderation")
    assert response.status_code == 303
    assert response.location.startswith("/sign-in")


def test_absent_case_is_not_there(desk: FlaskClient) -> None:
    assert desk.get("/staff/moderation/999999").status_code == 404
