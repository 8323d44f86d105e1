"""Searches that are kept: their filters, the letters about new candidates, the way to end them."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlsplit

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from bridge.database import as_of, utc_now
from bridge.employers.models import EmployerState
from bridge.extensions import db
from bridge.mail.models import OutboxMail
from bridge.saved_searches import service
from bridge.saved_searches.models import SavedSearch, SavedSearchMatch
from tests.client import forms_of, submit
from tests.contacts.scene import Scene, make_scene
from tests.factories import make_member, make_student
from tests.hiring.conftest import signed_in
from tests.hiring.scene import letters_to

DAY = timedelta(hours=25)


@pytest.fixture
def scene(app: Flask) -> Scene:
    return make_scene()


@pytest.fixture
def hr(app: Flask, scene: Scene) -> FlaskClient:
    return signed_in(app, scene.member.user)


def listing(scene: Scene) -> str:
    return f"/hr/vacancies/{scene.vacancy.id}/candidates"


def kept(scene: Scene, query: str = "hours=15") -> SavedSearch:
    search = service.save(scene.vacancy, "Пятикурсники", query, actor=scene.member.user)
    db.session.commit()
    return search


def test_only_filters_that_are_set_are_kept() -> None:
    query = "page=3&hours=15&q=&year=4&year=3&learn=off&next=https://evil&city=%D0%9E"
    assert service.kept_query(query) == "city=%D0%9E&hours=15&year=3&year=4"


def test_a_search_is_kept_from_the_page_and_opened_again(scene: Scene, hr: FlaskClient) -> None:
    action = f"/hr/vacancies/{scene.vacancy.id}/searches"
    page = f"{listing(scene)}?hours=15&page=1"
    answer = submit(hr, page, {"name": "Много часов"}, action=action)
    assert answer.location == f"{listing(scene)}?hours=15"
    assert submit(hr, page, {"name": "Много часов"}, action=action).status_code == 303
    shown = hr.get(page).text
    assert "You already have a search of this name" in shown
    assert f'href="{listing(scene)}?hours=15">Много часов</a>' in shown
    (search,) = db.session.scalars(sa.select(SavedSearch)).all()
    submit(hr, page, action=f"{action}/{search.id}/delete")
    undone = [target for target, _ in forms_of(hr.get(page)) if target.startswith(f"{action}?")]
    token = {"csrf_token": forms_of(hr.get(page))[0][1]["csrf_token"]}
    hr.post(undone[0], data=token)
    (again,) = db.session.scalars(sa.select(SavedSearch)).all()
    assert (again.name, again.query) == ("Много часов", "hours=15")


def test_a_letter_counts_who_is_new_and_names_nobody(scene: Scene) -> None:
    kept(scene)
    assert service.alert_of_new_candidates() == 0
    new = [make_student(skills=("python",), hours_per_week=30) for _ in range(2)]
    make_student(skills=("python",), hours_per_week=5)
    make_student(skills=("sql",), published=False)
    db.session.commit()
    assert service.alert_of_new_candidates() == 1
    (letter,) = letters_to(scene.member.user)
    assert letter.subject == "2 new candidates: Пятикурсники"
    assert f"{listing(scene)}?hours=15" in letter.text
    for profile in new:
        assert profile.user.name not in letter.text
    # Once each, and once a day at most.
    make_student(skills=("python",), hours_per_week=30)
    db.session.commit()
    assert service.alert_of_new_candidates() == 0
    with as_of(utc_now() + DAY):
        assert service.alert_of_new_candidates() == 1
        assert service.alert_of_new_candidates() == 0
    assert letters_to(scene.member.user)[-1].subject == "1 new candidate: Пятикурсники"


def test_who_changes_and_fits_then_is_new(scene: Scene) -> None:
    kept(scene)
    from bridge.search.service import note_change

    late = make_student(skills=("python",), hours_per_week=5)
    db.session.commit()
    assert service.alert_of_new_candidates() == 0
    late.hours_per_week = 40
    note_change(late.id)
    db.session.commit()
    assert service.alert_of_new_candidates() == 1


def test_nobody_writes_to_who_has_left(scene: Scene) -> None:
    kept(scene)
    make_student(skills=("python",), hours_per_week=30)
    scene.employer.state = EmployerState.SUSPENDED
    db.session.commit()
    assert service.alert_of_new_candidates() == 0
    scene.employer.state = EmployerState.APPROVED
    scene.member.user.deactivated_at = utc_now()
    db.session.commit()
    assert service.alert_of_new_candidates() == 0
    assert db.session.scalars(sa.select(OutboxMail)).all() == []


def test_a_link_of_the_letter_switches_it_off(app: Flask, scene: Scene) -> None:
    search = kept(scene)
    make_student(skills=("python",), hours_per_week=30)
    db.session.commit()
    service.alert_of_new_candidates()
    (letter,) = letters_to(scene.member.user)
    path = urlsplit(letter.unsubscribe_url).path
    assert letter.unsubscribe_url in letter.text
    anybody = app.test_client()
    assert anybody.get(path).status_code == 200
    assert db.session.get_one(SavedSearch, search.id).alerts
    assert submit(anybody, path).status_code == 200
    db.session.expire_all()
    assert not db.session.get_one(SavedSearch, search.id).alerts
    assert anybody.get("/searches/off/nonsense").status_code == 404
    make_student(skills=("python",), hours_per_week=30)
    db.session.commit()
    with as_of(utc_now() + DAY):
        assert service.alert_of_new_candidates() == 0


def test_a_search_is_ones_own(app: Flask, scene: Scene) -> None:
    search = kept(scene)
    for stranger in (make_member(scene.employer).user, make_member().user):
        client = signed_in(app, stranger)
        token = {"csrf_token": forms_of(client.get("/account"))[0][1]["csrf_token"]}
        base = f"/hr/vacancies/{scene.vacancy.id}/searches/{search.id}"
        assert client.post(f"{base}/off", data=token).status_code == 404
        assert client.post(f"{base}/delete", data=token).status_code == 404
    assert db.session.get_one(SavedSearch, search.id).alerts


def test_what_was_found_goes_with_the_profile(scene: Scene) -> None:
    kept(scene)
    found = sa.select(SavedSearchMatch.profile_id)
    assert db.session.scalars(found).all() == [scene.profile.id]
    db.session.execute(sa.delete(type(scene.candidate)))
    db.session.execute(sa.text("DELETE FROM profile_skill"))
    db.session.execute(sa.text("DELETE FROM profile"))
    assert db.session.scalars(found).all() == []
