"""The freshness seal: a letter, then out of the search, and back by one click."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from bridge.accounts.models import Role
from bridge.candidates.ranking import Ranking
from bridge.contacts import service as contacts
from bridge.database import as_of, utc_now
from bridge.errors import DomainError
from bridge.extensions import db
from bridge.mail.models import OutboxMail
from bridge.search.index import current_index
from bridge.students import freshness, service
from bridge.students.models import Profile
from tests.client import sign_in, submit
from tests.contacts.scene import MESSAGE, Scene, make_scene
from tests.contacts.test_races import race
from tests.factories import make_student, make_user

DAY = timedelta(days=1)


@pytest.fixture
def scene(app: Flask) -> Scene:
    return make_scene()


def letters() -> list[tuple[str, str]]:
    rows = db.session.execute(
        sa.select(OutboxMail.recipient, OutboxMail.subject).order_by(OutboxMail.id)
    )
    found = [(recipient, subject) for recipient, subject in rows]
    db.session.execute(sa.delete(OutboxMail))
    db.session.commit()
    return found


def run(days: float) -> None:
    with as_of(utc_now() + days * DAY):
        freshness.keep_fresh()


def is_found(profile: Profile) -> bool:
    db.session.commit()
    return profile.id in current_index()


def test_a_letter_then_out_of_the_search_then_back(app: Flask, scene: Scene) -> None:
    own = scene.profile
    newer = make_student(skills=("python",), confirmed_at=utc_now() + 100 * DAY)
    make_student(skills=("python",), published=False, confirmed_at=utc_now() - 300 * DAY)
    db.session.commit()
    run(179)
    assert letters() == []
    run(181)
    run(182)
    assert letters() == [(own.user.email, "Is your profile still right?")]
    assert is_found(own)
    run(181 + 13)
    assert is_found(own)
    run(181 + 14.1)
    run(181 + 15)
    assert letters() == [(own.user.email, "Employers no longer find your profile")]
    assert (is_found(own), is_found(newer)) == (False, True)
    assert Ranking(scene.vacancy).explanation(own.id) is None
    with pytest.raises(DomainError):
        contacts.request_contact(scene.candidate, MESSAGE, actor=scene.member.user)

    freshness.confirm(own, actor=own.user)
    db.session.commit()
    assert is_found(own)
    assert (own.stale_at, own.freshness_asked_at) == (None, None)
    run(100)
    assert letters() == []


def test_the_student_s_own_edit_confirms_and_the_staff_s_does_not(app: Flask) -> None:
    staff = make_user(Role.STAFF)
    old = utc_now() - 170 * DAY
    own, others = (
        make_student(skills=("python", "sql", "git"), confirmed_at=old) for _ in range(2)
    )
    service.change(own, "about", {"summary": "Новое"}, actor=own.user)
    service.change(others, "about", {"summary": "Новое"}, actor=staff)
    db.session.commit()
    run(11)
    assert [recipient for recipient, _ in letters()] == [others.user.email]


def test_of_four_runs_at_once_one_asks(app: Flask, scene: Scene) -> None:
    scene.profile.confirmed_at = utc_now() - 200 * DAY
    db.session.commit()
    assert race(app, [freshness.keep_fresh] * 4) == ["done"] * 4
    assert letters() == [(scene.profile.user.email, "Is your profile still right?")]


def test_the_link_of_the_letter_changes_nothing_and_its_button_confirms(
    client: FlaskClient, scene: Scene
) -> None:
    scene.profile.confirmed_at = utc_now() - 200 * DAY
    db.session.commit()
    freshness.keep_fresh()
    text = db.session.scalars(sa.select(OutboxMail.text)).one()
    assert "http://localhost/profile/confirm\n" in text
    assert client.get("/profile/confirm").status_code == 303
    sign_in(client, scene.profile.user)
    page = client.get("/profile/confirm").text
    assert "Please confirm it by" in page
    profile = db.session.get_one(Profile, scene.profile.id, populate_existing=True)
    assert profile.freshness_asked_at is not None
    assert "My profile is still right" in client.get("/profile").text
    assert submit(client, "/profile/confirm", {}, action="/profile/confirm").status_code == 303
    profile = db.session.get_one(Profile, scene.profile.id, populate_existing=True)
    assert profile.freshness_asked_at is None
    assert "My profile is still right" not in client.get("/profile").text


@pytest.mark.parametrize(
    ("days", "label"),
    [(1, "this week"), (22, "3 weeks ago"), (120, "4 months ago"), (None, None)],
)
def test_the_employer_reads_how_fresh_it_is(
    client: FlaskClient, scene: Scene, days: int | None, label: str | None
) -> None:
    scene.profile.confirmed_at = None if days is None else utc_now() - days * DAY
    db.session.commit()
    sign_in(client, scene.member.user)
    base = f"/hr/vacancies/{scene.vacancy.id}/candidates"
    for address in (base, f"{base}/{scene.candidate.pseudonym}"):
        page = client.get(address).text
        assert bool(re.search(r"confirmed (this|\d)", page)) is (label is not None)
        assert label is None or f"confirmed {label}" in page
