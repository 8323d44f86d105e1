"""Staff look after enterprises."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from bridge import events
from bridge.accounts.models import Role
from bridge.audit import AuditEntry
from bridge.employers.models import Employer, EmployerState
from bridge.extensions import db
from bridge.mail.models import OutboxMail
from bridge.vacancies.models import VacancyState
from tests.client import sign_in, submit
from tests.factories import make_employer, make_member, make_user, make_vacancy
from tests.queries import count_queries

SUSPENSION = {"reason_code": "silence", "note": "Ответьте студентам."}


@pytest.fixture
def staff(client: FlaskClient) -> FlaskClient:
    sign_in(client, make_user(Role.STAFF))
    return client


def test_list_is_searched_in_both_cases_and_filtered_by_state(staff: FlaskClient) -> None:
    make_employer(name="АО «Ёлочный завод»", inn="7707083893", city="Мытищи")
    make_employer(name="ООО «Сто%»", state=EmployerState.SUSPENDED)
    db.session.commit()
    for address, found in {
        "?q=ёлочный": ["Ёлочный"],
        "?q=МЫТИЩИ": ["Ёлочный"],
        "?q=770708": ["Ёлочный"],
        "?q=%25": ["Сто%"],
        "?state=suspended": ["Сто%"],
        "?state=suspended&q=ёлочный": [],
        "?state=nonsense&page=junk": ["Ёлочный", "Сто%"],
        "?q=" + "я" * 5000: [],
        "?q=%00": ["Ёлочный", "Сто%"],
    }.items():
        page = staff.get(f"/staff/employers{address}")
        assert page.status_code == 200
        shown = [name for name in ("Ёлочный", "Сто%") if f"«{name}" in page.text]
        assert shown == found, address


def test_list_takes_a_fixed_number_of_queries(staff: FlaskClient) -> None:
    for _number in range(5):
        make_member()
    db.session.commit()
    with count_queries() as few:
        staff.get("/staff/employers")
    for _number in range(20):
        make_member()
    db.session.commit()
    with count_queries() as many:
        page = staff.get("/staff/employers").text
    assert len(few) == len(many) == 5
    assert page.count("<tr>") == 1 + 20


def test_page_of_one_shows_people_and_history(staff: FlaskClient) -> None:
    member = make_member(make_employer(name="АО «Прибор»"))
    make_member(make_employer(name="АО «Соседи»"))
    db.session.commit()
    page = staff.get(f"/staff/employers/{member.employer_id}").text
    assert member.user.email in page
    assert "Соседи" not in page
    assert staff.get("/staff/employers/999999").status_code == 404


def test_suspending_needs_reason_and_note_and_keeps_what_was_typed(staff: FlaskClient) -> None:
    employer = make_employer()
    db.session.commit()
    page = f"/staff/employers/{employer.id}"
    for values in ({"note": "Только слова"}, {"reason_code": "silence"}, {"reason_code": "junk"}):
        response = submit(staff, page, values, action=f"{page}/suspend")
        assert response.status_code == 422
        assert values.get("note", "") in response.text
    db.session.expire_all()
    assert employer.state is EmployerState.APPROVED


def test_suspended_employer_hides_its_vacancies_and_works_again_after(
    staff: FlaskClient, app: Flask
) -> None:
    member = make_member(make_employer())
    employer = member.employer
    vacancy = make_vacancy(employer, title="Токарь")
    make_vacancy(title="Пекарь")
    db.session.commit()
    sent = []

    def listen(subject: Employer, **_values: object) -> None:
        sent.append(subject.id)

    events.employer_suspended.connect(listen)
    page = f"/staff/employers/{employer.id}"
    assert submit(staff, page, SUSPENSION, action=f"{page}/suspend").status_code == 303
    assert sent == [employer.id]
    visitor = app.test_client()
    assert "Токарь" not in visitor.get("/vacancies").text
    assert "Пекарь" in visitor.get("/vacancies").text
    assert visitor.get(f"/vacancies/{vacancy.id}").status_code == 404
    assert submit(staff, page, action=f"{page}/reinstate").status_code == 303
    assert "Токарь" in visitor.get("/vacancies").text
    db.session.expire_all()
    assert vacancy.state is VacancyState.PUBLISHED
    actions = db.session.scalars(
        sa.select(AuditEntry.action)
        .where(AuditEntry.subject_type == "employer")
        .order_by(AuditEntry.id)
    ).all()
    assert actions == ["employer.suspended", "employer.approved"]
    letters = db.session.scalars(sa.select(OutboxMail).order_by(OutboxMail.id)).all()
    assert [letter.recipient for letter in letters] == [member.user.email] * 2
    assert "Ответьте студентам." in letters[0].text


def test_suspending_twice_is_told(staff: FlaskClient) -> None:
    employer = make_employer()
    db.session.commit()
    page = f"/staff/employers/{employer.id}"
    token = staff.get(page).text.split('name="csrf_token" value="')[1].split('"')[0]
    values = SUSPENSION | {"csrf_token": token}
    statuses = [staff.post(f"{page}/suspend", data=values).status_code for _ in range(2)]
    assert statuses == [303, 409]


@pytest.mark.parametrize("role", [Role.STUDENT, Role.MEMBER])
def test_others_see_none_of_it(client: FlaskClient, app: Flask, role: Role) -> None:
    employer = make_employer()
    user = make_member(employer).user if role is Role.MEMBER else make_user(role)
    sign_in(client, user)
    for path in ("", f"/{employer.id}", f"/{employer.id}/vacancies"):
        assert client.get(f"/staff/employers{path}").status_code == 403
