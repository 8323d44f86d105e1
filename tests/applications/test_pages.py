"""The pages of applications, for both sides."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from bridge.accounts.models import User
from bridge.applications import service
from bridge.applications.models import Application, ApplicationState
from bridge.candidates.models import ProfileOpening, Sight
from bridge.candidates.service import candidate_for
from bridge.contacts.models import ContactRequest
from bridge.database import utc_now
from bridge.extensions import db
from bridge.students.models import Profile
from tests.applications.test_applications import WORDS
from tests.client import sign_in, submit
from tests.contacts.scene import MESSAGE, Scene, make_scene
from tests.factories import make_student
from tests.queries import count_queries


@pytest.fixture
def scene(app: Flask) -> Scene:
    scene = make_scene()
    scene.profile.phone, scene.profile.messenger = "+7 900 111-22-33", "@known"
    db.session.commit()
    return scene


def send(scene: Scene, profile: Profile | None = None) -> Application:
    own = profile or scene.profile
    candidate = candidate_for(scene.vacancy.id, own.id)
    made = service.apply(candidate, WORDS, actor=own.user)
    db.session.commit()
    return made


def test_a_student_applies_and_withdraws(client: FlaskClient, scene: Scene) -> None:
    sign_in(client, scene.profile.user)
    own = scene.profile
    page = f"/vacancies/{scene.vacancy.id}"
    assert f"{page}/apply" in client.get(page).text
    form = client.get(f"{page}/apply").text
    # Exactly what opens stands on the page.
    for shown in (own.user.name, own.user.email, own.phone, own.messenger):
        assert shown in form
    short = submit(client, f"{page}/apply", {"message": "Коротко"})
    assert short.status_code == 422
    assert "Коротко" in short.text
    answer = submit(client, f"{page}/apply", {"message": WORDS})
    assert answer.status_code == 303
    made = db.session.scalars(sa.select(Application)).one()
    assert client.get(f"{page}/apply").location == f"/applications/{made.id}"
    assert f"/applications/{made.id}" in client.get("/applications").text
    assert f"{page}/apply" not in client.get(page).text
    action = f"/applications/{made.id}/withdraw"
    assert submit(client, f"/applications/{made.id}", {}, action=action).status_code == 303
    db.session.refresh(made)
    assert made.state is ApplicationState.WITHDRAWN
    assert "You have not applied yet" not in client.get("/applications").text


def test_the_employer_finds_the_applicant_among_the_candidates(
    client: FlaskClient, scene: Scene
) -> None:
    weaker = make_student(skills=("welding",))
    make_student(skills=("python", "sql"))
    db.session.commit()
    first, second = send(scene, weaker), send(scene)
    sign_in(client, scene.member.user)
    base = f"/hr/vacancies/{scene.vacancy.id}"
    ranked = client.get(f"{base}/candidates").text
    assert ranked.count(">applied<") == 2
    # The list of all stays blind.
    assert scene.profile.user.name not in ranked
    page = client.get(f"{base}/applications").text
    assert "2 students wait for an answer" in page
    assert page.index(f"/applications/{second.id}") < page.index(f"/applications/{first.id}")
    assert "Why this match" in page
    detail = client.get(f"/applications/{second.id}").text
    for shown in (scene.profile.user.name, scene.profile.user.email, "+7 900 111-22-33", WORDS):
        assert shown in detail
    opening = db.session.scalars(sa.select(ProfileOpening)).one()
    assert (opening.sight, opening.candidate_id) == (Sight.OPEN, second.candidate_id)


def test_the_employer_invites(client: FlaskClient, scene: Scene) -> None:
    made = send(scene)
    sign_in(client, scene.member.user)
    page, action = f"/applications/{made.id}", f"/hr/applications/{made.id}/invite"
    empty = submit(client, page, {"invitation-message": ""}, action=action)
    assert empty.status_code == 422
    answer = submit(client, page, {"invitation-message": MESSAGE}, action=action)
    request = db.session.scalars(sa.select(ContactRequest)).one()
    assert answer.location == f"/requests/{request.id}"
    assert scene.profile.user.name in client.get(answer.location).text
    again = client.post(action, data={"invitation-message": MESSAGE})
    assert again.status_code in (400, 409)


def test_a_refusal_hides_the_student_again(client: FlaskClient, scene: Scene) -> None:
    made = send(scene)
    sign_in(client, scene.member.user)
    page, action = f"/applications/{made.id}", f"/hr/applications/{made.id}/decline"
    assert submit(client, page, {}, action=action).status_code == 422
    values = {"refusal-reason": "filled", "refusal-note": "Спасибо за интерес."}
    assert submit(client, page, values, action=action).status_code == 303
    for address in (page, f"/hr/vacancies/{scene.vacancy.id}/applications"):
        text = client.get(address).text
        assert scene.profile.user.name not in text
        assert "+7 900 111-22-33" not in text
        assert scene.candidate.pseudonym in text
    sign_in(client, scene.profile.user)
    own = client.get(page).text
    assert "The place is taken" in own
    assert "Спасибо за интерес." in own


def test_a_paused_vacancy_says_what_to_do(client: FlaskClient, scene: Scene) -> None:
    send(scene)
    scene.vacancy.paused_at = utc_now()
    db.session.commit()
    sign_in(client, scene.member.user)
    for address in ("applications", "candidates"):
        assert client.get(f"/hr/vacancies/{scene.vacancy.id}/{address}").status_code == 200
    assert "The vacancy is paused" in client.get(f"/vacancies/{scene.vacancy.id}").text
    other = make_student(skills=("python",))
    sign_in(client, other.user)
    page = client.get(f"/vacancies/{scene.vacancy.id}").text
    assert "takes no new applications" in page
    assert f"/vacancies/{scene.vacancy.id}/apply" not in page


def test_lists_cost_the_same_at_any_length(client: FlaskClient, scene: Scene) -> None:
    def cost(address: str) -> int:
        sign_in(client, db.session.get_one(User, member))
        client.get(address)
        with count_queries() as statements:
            assert client.get(address).status_code == 200
        return len(statements)

    address = f"/hr/vacancies/{scene.vacancy.id}/applications"
    member, vacancy, vacancies = scene.member.user_id, scene.vacancy.id, "/vacancies"
    send(scene)
    one, listed = cost(address), cost(vacancies)
    for _ in range(4):
        profile = make_student(skills=("python",))
        db.session.commit()
        made = service.apply(candidate_for(vacancy, profile.id), WORDS, actor=profile.user)
        assert made.id
    db.session.commit()
    assert cost(address) == one
    make_scene()
    assert cost(vacancies) == listed


def test_the_page_of_an_enterprise_is_for_everybody(client: FlaskClient, scene: Scene) -> None:
    page = client.get(f"/employers/{scene.employer.id}").text
    assert scene.employer.name in page
    assert scene.vacancy.title in page
    assert "Too few applications yet" in page
