"""Cases of every kind, as the features open them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from bridge.accounts.models import Role, User
from bridge.candidates.models import Candidate
from bridge.cases.models import Case, CaseKind
from bridge.cases.service import open_case
from bridge.contacts.models import ContactRequest
from bridge.database import utc_now
from bridge.employers.models import Employer, EmployerState
from bridge.extensions import db
from bridge.reports import service as reports
from bridge.skills.service import find_or_propose
from bridge.vacancies.models import VacancyState
from tests.client import sign_in
from tests.factories import make_employer, make_member, make_student, make_user, make_vacancy


@pytest.fixture
def staff(app: Flask) -> User:
    return make_user(Role.STAFF)


@pytest.fixture
def desk(client: FlaskClient, staff: User) -> FlaskClient:
    """The client of a signed-in moderator."""
    sign_in(client, staff)
    return client


def make_case(
    kind: CaseKind, *, overdue: bool = False, employer: Employer | None = None, **values: Any
) -> Case:
    """A waiting case with a real subject of its kind; `employer`: whose vacancy or request it is,
    else that of an employer that the university has known for long."""
    known = employer or make_known_employer()
    case = {
        CaseKind.EMPLOYER: _employer_case,
        CaseKind.VACANCY: lambda: _vacancy_case(known),
        CaseKind.CONTACT: lambda: _contact_case(known),
        CaseKind.SKILL: _skill_case,
        CaseKind.REPORT: lambda: _report_case(known),
    }[kind]()
    if overdue:
        case.opened_at = utc_now() - timedelta(days=9)
        case.due_at = utc_now() - timedelta(days=7)
    for name, value in values.items():
        setattr(case, name, value)
    db.session.flush()
    return case


def _employer_case() -> Case:
    member = make_member(make_employer(state=EmployerState.APPLIED))
    employer = member.employer
    return open_case(CaseKind.EMPLOYER, employer.id, title=employer.name, employer_id=employer.id)


def make_known_employer(**values: Any) -> Employer:
    """With a vacancy that was published and closed: nothing about it is new."""
    long_ago = utc_now() - timedelta(days=200)
    employer = make_employer(created_at=long_ago, **values)
    make_vacancy(employer, state=VacancyState.CLOSED, published_at=long_ago)
    return employer


def _vacancy_case(employer: Employer) -> Case:
    member = make_member(employer)
    vacancy = make_vacancy(
        member.employer,
        state=VacancyState.SUBMITTED,
        published_at=None,
        created_by_id=member.user_id,
        must=("git",),
    )
    return open_case(
        CaseKind.VACANCY, vacancy.id, title=vacancy.title, employer_id=vacancy.employer_id
    )


def _contact_case(employer: Employer) -> Case:
    member = make_member(employer)
    vacancy = make_vacancy(member.employer, must=("git", "sql"))
    profile = make_student(skills=("git",))
    candidate = Candidate(vacancy=vacancy, profile=profile, pseudonym="T7K4M")
    request = ContactRequest(
        candidate=candidate,
        vacancy=vacancy,
        profile=profile,
        employer=member.employer,
        requested_by=member.user,
        message="Приглашаем вас на стажировку в конструкторское бюро.",
        basis={"score": 0.71, "rank": 2, "of": 9, "parts": {"must": 0.4, "text": 0.31}},
    )
    db.session.add(request)
    db.session.flush()
    return open_case(
        CaseKind.CONTACT,
        request.id,
        title=f"T7K4M · {vacancy.title}",
        employer_id=member.employer_id,
    )


def _report_case(employer: Employer) -> Case:
    vacancy = make_vacancy(employer)
    made = reports.report(
        vacancy,
        actor=make_student().user,
        reason_code="false-offer",
        text="Работа совсем не та, что обещали.",
    )
    return db.session.query(Case).filter_by(kind=CaseKind.REPORT, subject_id=made.id).one()


def _skill_case() -> Case:
    student = make_student()
    skill = find_or_propose("Плетение микросхем", actor=student.user)
    return db.session.query(Case).filter_by(kind=CaseKind.SKILL, subject_id=skill.id).one()
