"""Applying opens name and contacts: the consent is asked there, its receipt is the application's,
its withdrawal hides the student again."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from bridge.applications import service as applications
from bridge.applications.models import Application, ApplicationState
from bridge.candidates.service import candidate_for
from bridge.consents.models import Consent, Purpose
from bridge.consents.service import ConsentNeededError
from bridge.contacts.models import RequestState
from bridge.employers.models import Member
from bridge.extensions import db
from bridge.students.models import Profile
from bridge.vacancies.models import Vacancy
from tests.attacks.pages import client_of
from tests.client import submit
from tests.consents.test_consents import ASKED, publish, receipts
from tests.factories import make_member, make_student, make_vacancy

WORDS = "Хочу считать прочность именно у вас."


def make_sides() -> tuple[Member, Vacancy, Profile]:
    member = make_member()
    vacancy = make_vacancy(member.employer, must=("python",))
    profile = make_student(skills=("python",))
    db.session.commit()
    return member, vacancy, profile


def apply(client: FlaskClient, vacancy: Vacancy) -> Application:
    page = f"/vacancies/{vacancy.id}/apply"
    refused = submit(client, page, {"message": WORDS})
    assert refused.status_code == 422
    assert ASKED in refused.text
    assert WORDS in refused.text
    assert submit(client, page, {"message": WORDS, "consent": "y"}).status_code == 303
    return db.session.scalars(sa.select(Application)).one()


def withdraw_consent(client: FlaskClient) -> None:
    consent = db.session.scalars(sa.select(Consent)).one()
    page = f"/consents/{consent.id}/withdraw"
    assert "The application is taken back" in client.get(page).text
    assert submit(client, page).status_code == 303
    db.session.expire_all()


def test_applying_asks_and_keeps_a_receipt_of_the_application(
    app: Flask,
) -> None:
    _member, vacancy, profile = make_sides()
    document = publish(Purpose.APPLICATION)
    publish(Purpose.CONTACT)
    with pytest.raises(ConsentNeededError):
        applications.apply(candidate_for(vacancy.id, profile.id), WORDS, actor=profile.user)
    db.session.rollback()
    client = client_of(app, profile.user)
    application = apply(client, vacancy)
    assert receipts(profile.user) == [(document.id, "application", True)]
    consent = db.session.scalars(sa.select(Consent)).one()
    assert consent.subject_id == application.id
    assert "when applying for a vacancy" in client.get("/consents").text
    # For another vacancy it is asked anew.
    other = make_vacancy(must=("python",))
    db.session.commit()
    assert 'name="consent"' in client.get(f"/vacancies/{other.id}/apply").text


def test_its_withdrawal_takes_a_waiting_application_back(app: Flask) -> None:
    member, vacancy, profile = make_sides()
    publish(Purpose.APPLICATION)
    client = client_of(app, profile.user)
    application = apply(client, vacancy)
    withdraw_consent(client)
    assert application.state is ApplicationState.WITHDRAWN
    hr = client_of(app, member.user)
    assert profile.user.name not in hr.get(f"/applications/{application.id}").text


def test_its_withdrawal_ends_what_came_of_an_invitation(app: Flask) -> None:
    member, vacancy, profile = make_sides()
    publish(Purpose.APPLICATION)
    client = client_of(app, profile.user)
    application = apply(client, vacancy)
    request = applications.invite(application, "Приходите в четверг, в 16:00.", actor=member.user)
    db.session.commit()
    pages = (
        f"/applications/{application.id}",
        f"/requests/{request.id}",
        f"/hr/vacancies/{vacancy.id}/applications",
        "/notices/",
    )

    hr = client_of(app, member.user)

    def named() -> list[str]:
        return [page for page in pages if profile.user.name in hr.get(page).text]

    assert named() == list(pages)
    withdraw_consent(client)
    assert request.state is RequestState.CLOSED
    assert named() == []
