"""Notes, tags and the history of a candidate: among colleagues, and among nobody else."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from bridge.candidates import notes, service
from bridge.candidates.models import Candidate, CandidateNote, CandidateTag, Mark
from bridge.contacts import service as contacts
from bridge.contacts.models import DeclineReason
from bridge.database import as_of, utc_now
from bridge.errors import NotAllowedError
from bridge.extensions import db
from tests.client import forms_of, submit
from tests.contacts.scene import MESSAGE, Scene, make_candidate, make_scene
from tests.contacts.test_races import race, user
from tests.factories import make_member, make_student
from tests.hiring.conftest import signed_in

TEXT = "Хорошо рассказала о проекте спутника."


@pytest.fixture
def scene(app: Flask) -> Scene:
    return make_scene()


@pytest.fixture
def hr(app: Flask, scene: Scene) -> FlaskClient:
    return signed_in(app, scene.member.user)


def address(scene: Scene) -> str:
    return f"/hr/vacancies/{scene.vacancy.id}/candidates/{scene.candidate.pseudonym}"


def test_colleagues_read_who_wrote_what_and_nobody_else(
    app: Flask, scene: Scene, hr: FlaskClient
) -> None:
    page = address(scene)
    assert submit(hr, page, {"text": TEXT}, action=f"{page}/notes").status_code == 303
    assert submit(hr, page, {"text": " "}, action=f"{page}/notes").status_code == 422
    colleague = signed_in(app, make_member(scene.employer, name="Борис Коллегин").user)
    read = colleague.get(page).text
    assert TEXT in read
    assert scene.member.user.name in read
    assert signed_in(app, make_member().user).get(page).status_code == 404
    student = signed_in(app, scene.profile.user)
    for path in ("/profile", "/requests", "/profile/openings"):
        assert TEXT not in student.get(path).text
    # Of another vacancy of the same employer it is another candidate.
    assert "1 note" in hr.get(f"/hr/vacancies/{scene.vacancy.id}/candidates").text


def test_an_author_removes_a_note_and_may_take_that_back(
    app: Flask, scene: Scene, hr: FlaskClient
) -> None:
    note = notes.write_note(scene.candidate, TEXT, actor=scene.member.user)
    colleague = make_member(scene.employer).user
    with pytest.raises(NotAllowedError):
        notes.remove_note(note, actor=colleague)
    page = address(scene)
    submit(hr, page, action=f"{page}/notes/{note.id}/remove")
    shown = hr.get(page)
    assert TEXT not in shown.text
    undo = f"{page}/notes/{note.id}/restore"
    assert undo in [target for target, _ in forms_of(shown)]
    token = {"csrf_token": forms_of(shown)[0][1]["csrf_token"]}
    hr.post(undo, data=token)
    assert TEXT in hr.get(page).text


def test_removed_notes_are_deleted_after_a_week(scene: Scene) -> None:
    kept = notes.write_note(scene.candidate, "bleibt", actor=scene.member.user)
    gone = notes.write_note(scene.candidate, TEXT, actor=scene.member.user)
    notes.remove_note(gone, actor=scene.member.user)
    db.session.commit()
    assert notes.purge_removed() == 0
    with as_of(utc_now() + timedelta(days=8)):
        assert notes.purge_removed() == 1
    assert db.session.scalars(sa.select(CandidateNote.id)).all() == [kept.id]


def test_candidates_are_found_by_their_tags(scene: Scene, hr: FlaskClient) -> None:
    other = make_candidate(scene.vacancy, make_student(skills=("python",)))
    notes.add_tag(scene.candidate, "Резерв", actor=scene.member.user)
    notes.add_tag(scene.candidate, "резерв", actor=scene.member.user)
    notes.add_tag(other, "Осень", actor=scene.member.user)
    db.session.commit()
    listing = f"/hr/vacancies/{scene.vacancy.id}/candidates"
    found = hr.get(f"{listing}?tag=резерв").text.partition('id="results"')[2]
    assert scene.candidate.pseudonym in found
    assert other.pseudonym not in found
    assert 'class="badge badge--neutral"' in found
    everybody = hr.get(f"{listing}?tag=нет-такого").text.partition('id="results"')[2]
    assert other.pseudonym in everybody
    page = address(scene)
    tag = db.session.scalars(sa.select(CandidateTag).where(CandidateTag.name == "резерв")).one()
    submit(hr, page, action=f"{page}/tags/{tag.id}/remove")
    assert db.session.scalars(sa.select(CandidateTag.name)).all() == ["осень"]


def test_a_candidate_has_ten_tags_at_most(scene: Scene, hr: FlaskClient) -> None:
    for number in range(notes.TAGS_AT_MOST):
        notes.add_tag(scene.candidate, f"tag {number}", actor=scene.member.user)
    page = address(scene)
    answer = submit(hr, page, {"name": "one more"}, action=f"{page}/tags")
    assert answer.status_code == 422
    assert "at most ten tags" in answer.text


def test_a_tag_that_two_add_at_once_is_one(app: Flask, scene: Scene) -> None:
    number, hr = scene.candidate.id, scene.member.user_id
    db.session.commit()
    db.session.rollback()

    def add() -> None:
        notes.add_tag(db.session.get_one(Candidate, number), "Резерв", actor=user(hr))

    assert race(app, [add] * 4) == ["done"] * 4
    assert db.session.scalars(sa.select(CandidateTag.name)).all() == ["резерв"]


def test_the_history_tells_everything_and_names_nobody(scene: Scene, hr: FlaskClient) -> None:
    page = address(scene)
    hr.get(page)
    service.mark(scene.candidate, Mark.STAR, actor=scene.member.user)
    notes.write_note(scene.candidate, TEXT, actor=scene.member.user)
    request = contacts.request_contact(scene.candidate, MESSAGE, actor=scene.member.user)
    contacts.approve(request, actor=scene.staff)
    contacts.accept(request, actor=scene.profile.user)
    shown = hr.get(page).text.partition('id="history"')[2]
    order = [
        "The candidate agreed: contacts are open",
        "The university passed the request to the candidate",
        "The request was sent to the university",
        "A note was written",
        "Added to the shortlist",
        "The profile was opened",
    ]
    places = [shown.find(title) for title in order]
    assert places == sorted(places)
    assert places[0] > 0
    assert scene.profile.user.name not in shown
    assert DeclineReason.BUSY.value not in shown
