"""Who opened a profile, for which vacancy, when and how often, as its student reads it."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from bridge.accounts.models import User
from bridge.audit import AuditEntry
from bridge.candidates.models import Candidate, ProfileOpening, Sight
from bridge.candidates.queries import openings_this_week
from bridge.candidates.service import note_opening
from bridge.contacts import service as contacts
from bridge.database import as_of, local_today, utc_now
from bridge.extensions import db
from bridge.limits.service import LIMITS, OPENINGS_A_DAY, present_settings, set_limits
from bridge.search.service import note_change
from bridge.students.models import Profile
from tests.client import sign_in
from tests.contacts.scene import MESSAGE, Scene, make_candidate, make_scene
from tests.contacts.test_races import race
from tests.factories import make_student, make_vacancy
from tests.queries import count_queries


@pytest.fixture
def scene(app: Flask) -> Scene:
    return make_scene()


def look(
    app: Flask,
    scene: Scene,
    sight: Sight = Sight.MASKED,
    *,
    candidate: Candidate | None = None,
    days_ago: int = 0,
    at: datetime | None = None,
) -> None:
    """The scene's member opens the candidate, as a GET of its own would."""
    candidate_id, hr = (candidate or scene.candidate).id, scene.member.user_id
    # What was read must not hold the lock that the opening waits for.
    db.session.commit()
    with as_of(at or utc_now() - timedelta(days=days_ago)), app.test_request_context():
        found = db.session.get_one(Candidate, candidate_id)
        note_opening(found, sight, actor=db.session.get_one(User, hr))
        db.session.rollback()


def rows() -> list[tuple[int, date, Sight, int]]:
    db.session.rollback()
    found = db.session.scalars(sa.select(ProfileOpening).order_by(ProfileOpening.id))
    return [(one.candidate_id, one.day, one.sight, one.times) for one in found]


def test_a_day_is_one_row_and_a_reload_is_no_second_opening(app: Flask, scene: Scene) -> None:
    noon = utc_now().replace(hour=9, minute=0)
    for minutes in (0, 5, 9, 20, 60):
        look(app, scene, at=noon + timedelta(minutes=minutes))
    look(app, scene, at=noon + timedelta(days=1))
    look(app, scene, Sight.OPEN, at=noon)
    day = noon.date()
    assert rows() == [
        (scene.candidate.id, day, Sight.MASKED, 3),
        (scene.candidate.id, day + timedelta(days=1), Sight.MASKED, 1),
        (scene.candidate.id, day, Sight.OPEN, 1),
    ]
    acts = db.session.scalars(
        sa.select(AuditEntry.details).where(AuditEntry.action == "candidate.opened")
    ).all()
    assert acts == [{"sight": "masked"}, {"sight": "masked"}, {"sight": "open"}]


def test_eight_at_once_are_one_opening(app: Flask, scene: Scene) -> None:
    db.session.commit()
    assert race(app, [lambda: look(app, scene)] * 8) == ["done"] * 8
    assert [times for *_, times in rows()] == [1]


def test_pages_tell_what_was_seen(client: FlaskClient, scene: Scene) -> None:
    other = make_student(skills=("python",))
    make_candidate(scene.vacancy, other)
    request = contacts.request_contact(scene.candidate, MESSAGE, actor=scene.member.user)
    contacts.approve(request, actor=scene.staff)
    db.session.commit()
    sign_in(client, scene.member.user)
    base = f"/hr/vacancies/{scene.vacancy.id}/candidates"
    # Neither a list nor a page that stays masked opens anything.
    for address in (base, f"/requests/{request.id}", "/hr/requests"):
        assert client.get(address).status_code == 200
    assert rows() == []
    client.get(f"{base}/{scene.candidate.pseudonym}")
    contacts.accept(db.session.merge(request), actor=db.session.merge(scene.profile.user))
    db.session.commit()
    client.get(f"/requests/{request.id}")
    assert [row[2:] for row in rows()] == [(Sight.MASKED, 1), (Sight.OPEN, 1)]

    sign_in(client, scene.profile.user)
    page = client.get("/profile/openings").text
    assert "Today" in page
    assert "with name and contacts" in page
    assert "without name and contacts" in page
    assert "2 times this week" in page
    assert f"/profile/blocked/{scene.employer.id}" in page
    # The student's own look at a request opens nothing.
    client.get(f"/requests/{request.id}")
    assert len(rows()) == 2
    sign_in(client, other.user)
    assert "Nobody has opened your profile yet" in client.get("/profile/openings").text


def test_who_is_no_longer_to_be_seen_costs_nothing_of_the_day(
    client: FlaskClient, scene: Scene
) -> None:
    profile = make_student(skills=("python",))
    gone = make_candidate(scene.vacancy, profile).pseudonym
    profile.published_at = None
    note_change(profile.id)
    values = {one.name: one.default for one in LIMITS} | {OPENINGS_A_DAY.name: OPENINGS_A_DAY.least}
    set_limits(values, version=present_settings().version, actor=scene.staff)
    db.session.commit()
    sign_in(client, scene.member.user)
    pages = f"/hr/vacancies/{scene.vacancy.id}/candidates"
    for ending in ("", "/resume-ru.pdf"):
        answers = {client.get(f"{pages}/{gone}{ending}").status_code for _ in range(11)}
        assert answers == {404}
    assert OPENINGS_A_DAY.least < 22
    assert client.get(f"{pages}/{scene.candidate.pseudonym}").status_code == 200


def test_the_week_counts_seven_days_by_employer(app: Flask, scene: Scene) -> None:
    for days in (0, 6, 7, 30):
        look(app, scene, days_ago=days)
    second = make_candidate(make_vacancy(scene.employer), scene.profile)
    elsewhere = make_scene()
    foreign = make_candidate(elsewhere.vacancy, scene.profile)
    look(app, scene, candidate=second)
    look(app, elsewhere, candidate=foreign)
    look(app, elsewhere)
    profile = db.session.get_one(Profile, scene.profile.id)
    assert openings_this_week(profile) == {scene.employer.id: 3, elsewhere.employer.id: 1}


def test_the_page_costs_the_same_at_any_length(
    app: Flask, client: FlaskClient, scene: Scene
) -> None:
    sign_in(client, scene.profile.user)
    profile_id = scene.profile.id
    look(app, scene)

    def cost() -> int:
        with count_queries() as statements:
            assert client.get("/profile/openings").status_code == 200
        return len(statements)

    one = cost()
    for _ in range(25):
        other = make_candidate(make_vacancy(), db.session.get_one(Profile, profile_id))
        db.session.add(ProfileOpening(candidate=other, day=local_today(), sight=Sight.MASKED))
    db.session.commit()
    assert cost() == one
    assert "page=2" in client.get("/profile/openings").text
