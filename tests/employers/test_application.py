"""An enterprise applies: one commit makes the employer, its first member and a case."""

from __future__ import annotations

import threading
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from bridge.accounts.models import Role, User
from bridge.accounts.throttling import REGISTER_FROM, take
from bridge.audit import AuditEntry
from bridge.cases.models import Case, CaseKind, CaseState
from bridge.database import utc_now
from bridge.employers import service
from bridge.employers.models import Employer, EmployerState, Member
from bridge.employers.service import CompanyDetails
from bridge.extensions import db
from bridge.mail.models import OutboxMail
from tests.client import submit
from tests.factories import make_employer, make_user

INN = "7707083893"
APPLICATION = {
    "name": "АО «Прибор»",
    "inn": "77 07 083893",
    "ogrn": "1027700132195",
    "site": "pribor.example",
    "city": "Королёв",
    "about": "Делаем гироскопы.",
    "contact_name": "Анна Петрова",
    "position": "Директор по персоналу",
    "contact_phone": "+7 495 123-45-67 доб. 12",
    "email": "Anna@Pribor.test",
    "password": "длинная фраза для входа",
}


@pytest.fixture
def noise(app: Flask) -> None:
    """Others whose rows must not be taken for the applicant's."""
    make_employer(name="АО «Другое»", inn="7736050003")
    make_user(Role.STUDENT)
    db.session.commit()


def apply(client: FlaskClient, **changes: Any) -> Any:
    return submit(client, "/employers/apply", APPLICATION | changes)


def count(model: type[Any]) -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(model)) or 0


def test_application_makes_employer_member_case_and_letter(
    client: FlaskClient, noise: None
) -> None:
    response = apply(client, cluster_member="y")
    assert (response.status_code, response.location) == (303, "/employers/applied")
    assert client.get("/employers/applied").status_code == 200
    employer = db.session.scalars(sa.select(Employer).where(Employer.inn == INN)).one()
    assert (employer.name, employer.ogrn, employer.site, employer.state) == (
        "АО «Прибор»",
        "1027700132195",
        "https://pribor.example",
        EmployerState.APPLIED,
    )
    assert employer.cluster_member
    (member,) = employer.members
    assert (member.user.email, member.user.role, member.position) == (
        "anna@pribor.test",
        Role.MEMBER,
        "Директор по персоналу",
    )
    assert member.user.email_confirmed_at is None
    case = db.session.scalars(sa.select(Case)).one()
    assert (case.kind, case.subject_id, case.state, case.title) == (
        CaseKind.EMPLOYER,
        employer.id,
        CaseState.WAITING,
        "АО «Прибор»",
    )
    assert db.session.scalars(sa.select(OutboxMail.recipient)).all() == ["anna@pribor.test"]
    assert "employer.applied" in db.session.scalars(sa.select(AuditEntry.action)).all()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("inn", "7707083894"),
        ("inn", "не число"),
        ("inn", "7" * 500),
        ("inn", ""),
        ("ogrn", "1027700132190"),
        ("site", "javascript:alert(1)"),
        ("site", "https://user@host.example"),
        ("site", "http://["),
        ("site", "слово"),
        ("name", ""),
        ("name", "я" * 161),
        ("about", "я" * 4001),
        ("contact_phone", "позвоните мне"),
        ("email", "не адрес"),
        ("email", "a" * 300 + "@example.test"),
        ("password", "короткий"[:5]),
        ("password", "12345678"),
        ("position", ""),
    ],
)
def test_bad_input_is_refused_next_to_its_field_and_nothing_is_saved(
    client: FlaskClient, noise: None, field: str, value: str
) -> None:
    response = apply(client, **{field: value})
    assert response.status_code == 422
    assert f'id="{field}-error"' in response.text
    # What was typed into the other fields is kept.
    kept = "АО «Прибор»" if field != "name" else "Делаем гироскопы."
    assert kept in response.text
    assert (count(Employer), count(Case), count(OutboxMail)) == (1, 0, 0)


def test_known_inn_gets_a_message_that_tells_no_more(client: FlaskClient, noise: None) -> None:
    response = apply(client, inn="7736050003")
    assert response.status_code == 409
    assert "ask your colleagues" in response.text.lower() or "коллег" in response.text.lower()
    assert "Другое" not in response.text
    assert (count(Employer), count(User)) == (1, 1)


def test_who_sends_too_many_keeps_what_was_written(client: FlaskClient, noise: None) -> None:
    for _ in range(REGISTER_FROM.limit):
        take(REGISTER_FROM, "127.0.0.1")
    db.session.commit()
    response = apply(client)
    assert response.status_code == 429
    assert int(response.headers["Retry-After"]) > 0
    assert "АО «Прибор»" in response.text
    assert "Делаем гироскопы." in response.text
    assert (count(Employer), count(User)) == (1, 1)


def test_known_address_sees_the_same_page_and_nothing_is_made(
    client: FlaskClient, app: Flask
) -> None:
    known = make_user(Role.STUDENT, email="anna@pribor.test")
    db.session.commit()
    response = apply(client)
    assert (response.status_code, response.location) == (303, "/employers/applied")
    assert (count(Employer), count(Case), count(Member)) == (0, 0, 0)
    assert db.session.scalars(sa.select(OutboxMail.recipient)).all() == [known.email]


def test_posting_state_or_id_changes_nothing(client: FlaskClient, app: Flask) -> None:
    apply(client, state="approved", id="77", version="9", is_working="1")
    employer = db.session.scalars(sa.select(Employer)).one()
    assert (employer.state, employer.version) == (EmployerState.APPLIED, 1)


def test_of_those_who_apply_for_one_enterprise_at_once_one_wins(app: Flask) -> None:
    details = CompanyDetails(name="АО «Прибор»", inn=INN, contact_name="Анна Петрова")
    start = threading.Barrier(4)
    outcomes: list[str] = []

    def race(number: int) -> None:
        with app.app_context():
            start.wait()
            made = service.apply(
                details,
                email=f"anna{number}@pribor.test",
                password="фраза для входа",
                position="",
                locale="ru",
            )
            db.session.commit()
            outcomes.append("told by letter" if made is None else "won")

    threads = [threading.Thread(target=race, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["told by letter"] * 3 + ["won"]
    assert (count(Employer), count(User), count(Case), count(OutboxMail)) == (1, 1, 1, 4)


def test_a_second_try_does_not_tell_whether_the_address_is_known(
    client: FlaskClient, app: Flask
) -> None:
    make_user(Role.STUDENT, email="anna@pribor.test")
    db.session.commit()
    outcomes = [
        [apply(client, email=email, inn=inn).status_code for _ in range(2)]
        for email, inn in (("anna@pribor.test", INN), ("nobody@pribor.test", "7736050003"))
    ]
    assert outcomes == [[303, 303], [303, 303]]
    other = apply(client, email="other@pribor.test", inn="7736050003")
    assert (other.status_code, count(Employer)) == (303, 1)
    letter = db.session.scalars(
        sa.select(OutboxMail).where(OutboxMail.recipient == "other@pribor.test")
    ).one()
    assert "7736050003" in letter.text


def test_an_enterprise_that_has_come_is_named_as_registered(
    client: FlaskClient, app: Flask
) -> None:
    apply(client)
    db.session.scalars(sa.select(User)).one().email_confirmed_at = utc_now()
    db.session.commit()
    assert apply(client, email="other@pribor.test").status_code == 409
    assert apply(client).status_code == 409
