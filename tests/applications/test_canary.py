"""An application opens its student to one employer for one vacancy, and closes again."""

from __future__ import annotations

import logging

import pytest
import sqlalchemy as sa
from flask import Flask

from bridge.applications import service
from bridge.applications.labels import RefusalReason
from bridge.applications.models import Application
from bridge.candidates.models import Candidate
from bridge.candidates.service import candidate_for
from bridge.employers.models import Member
from bridge.extensions import db
from bridge.students.models import Profile
from bridge.vacancies.models import Vacancy
from tests.attacks.pages import client_of
from tests.candidates.channels import employer_letters, employer_pages
from tests.candidates.test_canary import CANARIES, TEXT, make_canary
from tests.factories import make_member, make_student, make_vacancy


def make_side() -> tuple[Member, Vacancy]:
    member = make_member()
    return member, make_vacancy(member.employer, must=("python",))


def leaks(app: Flask, member: Member, vacancy: Vacancy, profile: Profile) -> list[str]:
    """The addresses of the employer whose answers tell who the student is."""
    member = db.session.merge(member)
    client = client_of(app, member.user)
    pseudonym = db.session.scalars(
        sa.select(Candidate.pseudonym).where(
            Candidate.profile_id == profile.id, Candidate.vacancy_id == vacancy.id
        )
    ).one()
    pages = employer_pages(client, vacancy.id, pseudonym)
    pages["letters"] = employer_letters(member.user.email)
    return [address for address, text in pages.items() if CANARIES.search(text)]


@pytest.mark.parametrize("ending", ["declined", "withdrawn"])
def test_who_applies_is_known_to_one_employer_until_it_is_over(
    app: Flask, caplog: pytest.LogCaptureFixture, ending: str
) -> None:
    caplog.set_level(logging.DEBUG)
    profile = make_canary()
    make_student(skills=("python",), summary="Обычный студент")
    (member, vacancy), (other, foreign) = make_side(), make_side()
    db.session.commit()
    candidate_for(vacancy.id, profile.id)
    candidate_for(foreign.id, profile.id)
    db.session.commit()
    assert leaks(app, member, vacancy, profile) == []
    application = service.apply(
        candidate_for(vacancy.id, profile.id), TEXT, actor=db.session.merge(profile).user
    )
    db.session.commit()
    number = application.id
    opened = leaks(app, member, vacancy, profile)
    # The lists, the letters and the other employer stay blind.
    assert opened == [
        f"/applications/{number}",
        f"/hr/vacancies/{vacancy.id}/applications",
        "/notices/",
    ]
    assert leaks(app, other, foreign, profile) == []
    application = db.session.get_one(Application, number)
    if ending == "declined":
        service.decline(
            application, actor=db.session.merge(member).user, reason_code=RefusalReason.FILLED
        )
    else:
        service.withdraw(application, actor=application.profile.user)
    db.session.commit()
    assert leaks(app, member, vacancy, profile) == []
    assert leaks(app, other, foreign, profile) == []
    assert CANARIES.search(caplog.text) is None
