"""A decision gives the same score again, whatever has changed since; erased, it gives none."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient

from bridge.accounts.models import Role
from bridge.cases.models import Case
from bridge.contacts import service
from bridge.contacts.models import ContactRequest
from bridge.contacts.replay import replay
from bridge.extensions import db
from bridge.search.index import current_index
from bridge.search.service import note_change
from bridge.skills import service as skills
from bridge.students.evidence import set_weights
from bridge.vacancies import documents
from tests.client import sign_in
from tests.contacts.scene import Scene, make_scene
from tests.factories import make_skill, make_student, make_user


@pytest.fixture
def scene(app: Flask) -> Scene:
    return make_scene()


@pytest.fixture
def asked(scene: Scene) -> ContactRequest:
    for number in range(3):
        make_student(summary=f"Совсем другой профиль {number}", skills=("sql",))
    db.session.commit()
    request = service.request_contact(scene.candidate, "Приглашаем.", actor=scene.member.user)
    db.session.commit()
    return request


def test_edits_vocabulary_and_weights_do_not_change_a_decision(
    scene: Scene, asked: ContactRequest
) -> None:
    at_once = replay(asked)
    assert at_once is not None
    assert (at_once.same, at_once.same_algorithm) == (True, True)
    staff = make_user(Role.STAFF)
    scene.profile.summary, scene.vacancy.text = "Передумал: пеку хлеб.", "Ищем пекаря."
    scene.profile.skills = []
    note_change(scene.profile.id)
    set_weights(stated=10, course=20, mentor=30, version=0, actor=staff)
    proposal = skills.find_or_propose("Хлебопечение ручное", actor=staff)
    skills.approve(proposal, actor=staff, name_ru="Хлебопечение ручное", name_en="Hand baking")
    db.session.commit()
    query = documents.query(scene.vacancy)
    today = current_index().explain(query, scene.profile.id).score
    assert today != pytest.approx(asked.basis["score"], abs=1e-3)
    db.session.expire_all()
    assert replay(asked) == replace(at_once, then=asked.basis["score"])


def test_a_changed_basis_is_noticed(asked: ContactRequest) -> None:
    asked.basis = {**asked.basis, "score": asked.basis["score"] + 0.01, "algorithm": "0.9"}
    found = replay(asked)
    assert found is not None
    assert (found.same, found.same_algorithm) == (False, False)
    asked.inputs = b"torn"
    found = replay(asked)
    assert found is not None
    assert (found.now, found.same) == (None, False)


def test_what_was_erased_is_not_replayed(asked: ContactRequest) -> None:
    asked.inputs = None
    assert replay(asked) is None


def test_staff_read_it_beside_the_case(client: FlaskClient, asked: ContactRequest) -> None:
    make_skill("noise")
    case = db.session.query(Case).filter_by(subject_id=asked.id).one()
    sign_in(client, make_user(Role.STAFF))
    assert (
        "Recomputed today from what was kept: the same."
        in client.get(f"/staff/moderation/{case.id}").text
    )
