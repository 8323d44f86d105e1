"""The stages after an acceptance: who may make which step, what it leaves, how it is taken back."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from bridge.audit import AuditEntry
from bridge.contacts import service as contacts
from bridge.contacts.models import ContactRequest, Side
from bridge.employers.models import EmployerState
from bridge.errors import NotAllowedError, StaleStateError
from bridge.extensions import db
from bridge.hiring import service
from bridge.hiring.labels import EmployerReason, StudentReason
from bridge.hiring.models import Stage
from bridge.hiring.queries import of_request
from tests.candidates.test_pages import counted_statements
from tests.client import forms_of, submit
from tests.contacts.scene import MESSAGE, Scene, make_scene
from tests.contacts.test_races import race, user
from tests.factories import make_member, make_student
from tests.hiring.conftest import signed_in
from tests.hiring.scene import another_accepted, letters_to, stage_of


def test_an_acceptance_begins_the_first_stage(scene: Scene) -> None:
    request = contacts.request_contact(scene.candidate, MESSAGE, actor=scene.member.user)
    contacts.approve(request, actor=scene.staff)
    assert of_request(request.id) is None
    contacts.accept(request, actor=scene.profile.user)
    assert stage_of(request).state is Stage.CONTACT


def test_every_step_is_recorded_and_told(scene: Scene, request_: ContactRequest) -> None:
    hiring, hr, student = stage_of(request_), scene.member.user, scene.profile.user
    service.advance(hiring, Stage.INTERVIEW, actor=hr)
    service.advance(hiring, Stage.OFFER, actor=hr)
    assert letters_to(hr) == []
    assert [letter.subject for letter in letters_to(student)] == [
        f"The next stage is the interview: {scene.employer.name}",
        f"The enterprise makes an offer: {scene.employer.name}",
    ]
    service.advance(hiring, Stage.HIRED, actor=student)
    (told,) = letters_to(hr)
    assert told.subject == f"The candidate is hired: candidate {scene.candidate.pseudonym}"
    assert student.name not in told.subject + told.text
    steps = db.session.execute(
        sa.select(AuditEntry.action, AuditEntry.actor_id)
        .where(AuditEntry.subject_type == "hiring", AuditEntry.subject_id == hiring.id)
        .order_by(AuditEntry.id)
    ).all()
    assert steps == [
        ("hiring.interview", hr.id),
        ("hiring.offer", hr.id),
        ("hiring.hired", student.id),
    ]


def test_steps_that_do_not_exist_are_refused(scene: Scene, request_: ContactRequest) -> None:
    hiring, hr, student = stage_of(request_), scene.member.user, scene.profile.user
    with pytest.raises(StaleStateError):
        service.advance(hiring, Stage.HIRED, actor=hr)
    for stage in (Stage.INTERVIEW, Stage.OFFER):
        with pytest.raises(NotAllowedError):
            service.advance(hiring, stage, actor=student)
    service.decline(hiring, EmployerReason.SKILLS, actor=hr)
    with pytest.raises(StaleStateError):
        service.decline(hiring, StudentReason.CONDITIONS, actor=student)
    with pytest.raises(StaleStateError):
        service.advance(hiring, Stage.OFFER, actor=hr)
    assert stage_of(request_).state is Stage.DECLINED


def test_a_suspended_employer_moves_nobody_but_the_student_may_leave(
    scene: Scene, request_: ContactRequest
) -> None:
    hiring = stage_of(request_)
    scene.employer.state = EmployerState.SUSPENDED
    db.session.flush()
    with pytest.raises(NotAllowedError):
        service.advance(hiring, Stage.INTERVIEW, actor=scene.member.user)
    service.decline(hiring, StudentReason.OTHER_OFFER, actor=scene.profile.user)
    assert stage_of(request_).moved_by is Side.STUDENT


def test_a_step_is_taken_back_by_whoever_made_it(scene: Scene, request_: ContactRequest) -> None:
    hiring, hr, student = stage_of(request_), scene.member.user, scene.profile.user
    # The interview was skipped: a step back leads where the offer came from.
    service.advance(hiring, Stage.OFFER, actor=hr)
    with pytest.raises(NotAllowedError):
        service.go_back(hiring, hiring.version, actor=student)
    service.go_back(hiring, hiring.version, actor=hr)
    assert stage_of(request_).state is Stage.CONTACT
    service.advance(hiring, Stage.INTERVIEW, actor=hr)
    service.advance(hiring, Stage.OFFER, actor=hr)
    service.decline(hiring, StudentReason.CONDITIONS, "Далеко ездить.", actor=student)
    assert "Далеко ездить." in letters_to(hr)[-1].text
    with pytest.raises(NotAllowedError):
        service.go_back(hiring, hiring.version, actor=hr)
    service.go_back(hiring, hiring.version, actor=student)
    hiring = stage_of(request_)
    assert (hiring.state, hiring.reason_code, hiring.note) == (Stage.OFFER, "", "")


def test_an_undo_of_an_older_step_changes_nothing(scene: Scene, request_: ContactRequest) -> None:
    hiring, hr = stage_of(request_), scene.member.user
    service.advance(hiring, Stage.INTERVIEW, actor=hr)
    seen = hiring.version
    service.advance(hiring, Stage.OFFER, actor=hr)
    with pytest.raises(StaleStateError):
        service.go_back(hiring, seen, actor=hr)
    assert stage_of(request_).state is Stage.OFFER


def test_of_eight_steps_at_once_one_counts(
    app: Flask, scene: Scene, request_: ContactRequest
) -> None:
    hiring, hr, student = stage_of(request_), scene.member.user_id, scene.profile.user.id
    service.advance(hiring, Stage.OFFER, actor=scene.member.user)
    db.session.commit()
    number = request_.id
    db.session.rollback()

    def hire(actor: int) -> None:
        hiring = stage_of(db.session.get_one(ContactRequest, number))
        service.advance(hiring, Stage.HIRED, actor=user(actor))

    def decline() -> None:
        service.decline(
            stage_of(db.session.get_one(ContactRequest, number)),
            StudentReason.OTHER_OFFER,
            actor=user(student),
        )

    acts = [lambda: hire(hr), lambda: hire(student), decline, decline] * 2
    results = race(app, list(acts))
    assert sorted(results) == ["StaleStateError"] * 7 + ["done"]
    won = results.index("done") % 4
    state = stage_of(db.session.get_one(ContactRequest, number)).state
    assert state is (Stage.HIRED if won < 2 else Stage.DECLINED)


def test_hr_leads_a_candidate_over_the_board(
    scene: Scene, request_: ContactRequest, hr: FlaskClient, student: FlaskClient
) -> None:
    board = f"/hr/vacancies/{scene.vacancy.id}/board"
    page = hr.get(board)
    assert scene.profile.user.name in page.text
    step = f"/requests/{request_.id}/stage/interview"
    answer = submit(hr, board, action=step)
    assert answer.location == board
    page = hr.get(board)
    targets = [target for target, _ in forms_of(page)]
    undo = next(target for target in targets if "/stage/back" in target and "next" in target)
    assert undo.startswith(f"/requests/{request_.id}/stage/back?version=2")
    assert "Interview" in student.get("/requests").text
    token = {"csrf_token": forms_of(page)[0][1]["csrf_token"]}
    assert hr.post(undo, data=token).location == board
    assert stage_of(request_).state is Stage.CONTACT
    assert hr.post(undo, data=token).status_code == 409


def test_both_sides_see_the_stage_and_the_reason(
    scene: Scene, request_: ContactRequest, hr: FlaskClient, student: FlaskClient
) -> None:
    page = f"/requests/{request_.id}"
    decline = f"{page}/stage/decline"
    assert submit(hr, decline, {"note": "Спасибо"}).status_code == 422
    assert submit(hr, decline, {"reason": "conditions"}).status_code == 422  # the student's reason
    submit(hr, decline, {"reason": "other-candidate", "note": "Спасибо за встречу."})
    for reader in (hr, student):
        shown = reader.get(page).text
        assert "Another candidate was chosen" in shown
        assert "Спасибо за встречу." in shown
    assert f"{page}/stage/back" not in student.get(page).text
    assert f"{page}/stage/back" in hr.get(page).text
    assert hr.get(decline).location == page


def test_strangers_move_nothing(app: Flask, scene: Scene, request_: ContactRequest) -> None:
    for stranger in (make_member().user, make_student().user):
        client = signed_in(app, stranger)
        page = client.get("/account")
        token = {"csrf_token": forms_of(page)[0][1]["csrf_token"]}
        step = f"/requests/{request_.id}/stage"
        assert client.post(f"{step}/interview", data=token).status_code == 404
        assert client.post(f"{step}/decline", data=token).status_code == 404
        assert client.post(f"{step}/back?version=1", data=token).status_code == 404
    assert stage_of(request_).version == 1


def test_the_board_costs_the_same_for_any_length(app: Flask, scene: Scene) -> None:
    crowded = make_scene()
    for one in (scene, crowded):
        another_accepted(one)
    for _ in range(4):
        another_accepted(crowded)
    costs = []
    places = [(one.vacancy.id, one.member.user_id) for one in (scene, crowded)]
    for vacancy_id, hr_id in places:
        hr = signed_in(app, user(hr_id))
        with counted_statements() as statements:
            page = hr.get(f"/hr/vacancies/{vacancy_id}/board")
        costs.append((len(statements), page.text.count("board__card")))
    # user, member, the vacancy and its parts, stars, board, interviews, requests, badge, bell
    assert costs == [(13, 1), (13, 5)]
