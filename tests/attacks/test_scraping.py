"""A program that takes profiles away gets a day's budget of them, and the staff an alarm."""

from __future__ import annotations

import os
from datetime import timedelta

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from bridge.accounts.models import Role
from bridge.audit import AuditEntry
from bridge.candidates.models import Candidate, ProfileOpening
from bridge.candidates.service import new_pseudonym
from bridge.contacts.models import ContactRequest
from bridge.database import as_of, utc_now
from bridge.extensions import db
from bridge.limits.models import LimitSettings
from bridge.limits.service import ONLY_ROW
from bridge.notices.models import Notice
from bridge.students.models import Profile
from tests.client import Stranger, sign_in
from tests.factories import make_employer, make_member, make_student, make_user, make_vacancy

# A hundred and fifty with all tests; FUZZ=1 opens a thousand. The budget is less than the staff
# could set, for the sake of time.
PROFILES, BUDGET = 1000 if os.environ.get("FUZZ") == "1" else 150, 5


def many_candidates(vacancy_id: int, first: Profile) -> list[str]:
    """So many published students, made in bulk like the first, and their pseudonyms."""
    users = [make_user(Role.STUDENT).id for _ in range(PROFILES)]
    columns = [c.name for c in Profile.__table__.columns if c.name not in ("id", "user_id")]
    like = {name: getattr(first, name) for name in columns}
    db.session.execute(sa.insert(Profile), [{**like, "user_id": user} for user in users])
    ids = db.session.scalars(sa.select(Profile.id).where(Profile.user_id.in_(users))).all()
    pseudonyms = {new_pseudonym() for _ in range(2 * PROFILES)}
    rows = [
        {"vacancy_id": vacancy_id, "profile_id": number, "pseudonym": pseudonym}
        for number, pseudonym in zip(ids, pseudonyms, strict=False)
    ]
    db.session.execute(sa.insert(Candidate), rows)
    db.session.commit()
    return [row["pseudonym"] for row in rows]


def test_any_number_of_openings_gives_a_day_s_budget(app: Flask) -> None:
    employer = make_employer()
    member, other = make_member(employer), make_member()
    staff, admin = make_user(Role.STAFF), make_user(Role.ADMIN)
    vacancy = make_vacancy(employer, must=("python",))
    theirs = make_vacancy(other.employer, must=("python",))
    profile = make_student(skills=("python",))
    noise = Candidate(vacancy=theirs, profile=profile, pseudonym=new_pseudonym())
    db.session.add_all([noise, LimitSettings(id=ONLY_ROW, values={"openings_a_day": BUDGET})])
    pseudonyms = many_candidates(vacancy.id, profile)
    assert len(pseudonyms) == PROFILES
    bot: FlaskClient = Stranger(app, app.response_class)
    sign_in(bot, member.user)
    base = f"/hr/vacancies/{vacancy.id}/candidates"
    answers = [bot.get(f"{base}/{pseudonym}") for pseudonym in pseudonyms]
    statuses = [answer.status_code for answer in answers]
    assert statuses == [200] * BUDGET + [429] * (PROFILES - BUDGET)
    refused = answers[-1]
    assert int(refused.headers["Retry-After"]) > 3600
    assert "as many profiles as it may in a day" in refused.text
    resume = bot.get(f"{base}/{pseudonyms[-1]}/resume-ru.pdf")
    assert resume.status_code == 429, "nor on paper"
    assert bot.get(f"{base}/{pseudonyms[0]}").status_code == 200, "what was opened today is free"

    openings = db.session.scalar(sa.select(sa.func.count(ProfileOpening.id)))
    assert openings == BUDGET
    assert db.session.scalar(sa.select(sa.func.count(ContactRequest.id))) == 0
    told = db.session.execute(sa.select(Notice.user_id, Notice.kind, Notice.subject_id)).all()
    assert sorted(told) == sorted(
        (person.id, "candidates/openings-exhausted", employer.id) for person in (staff, admin)
    )
    alarms = sa.select(AuditEntry).where(AuditEntry.action == "employer.openings-exhausted")
    (alarm,) = db.session.scalars(alarms)
    assert (alarm.actor_id, alarm.subject_id) == (member.user_id, employer.id)
    db.session.rollback()

    honest: FlaskClient = Stranger(app, app.response_class)
    sign_in(honest, other.user)
    own = f"/hr/vacancies/{theirs.id}/candidates/{noise.pseudonym}"
    assert honest.get(own).status_code == 200, "others are not stopped"
    office: FlaskClient = Stranger(app, app.response_class)
    sign_in(office, staff)
    assert employer.name in office.get("/notices/").text
    history = office.get(f"/staff/employers/{employer.id}").text
    assert "Opened as many profiles as it may in a day" in history
    with as_of(utc_now() + timedelta(days=1)):
        sign_in(bot, member.user)
        assert bot.get(f"{base}/{pseudonyms[-1]}").status_code == 200, "tomorrow is another day"
