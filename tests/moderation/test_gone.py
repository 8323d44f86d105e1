"""A case whose subject is gone: it is said, and the case can be taken out of the queue."""

from __future__ import annotations

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from bridge.cases.models import Case, CaseKind, CaseState
from bridge.extensions import db
from bridge.skills.models import Skill
from tests.client import submit
from tests.moderation.conftest import make_case


def test_a_case_without_subject_is_shown_and_cleared(app: Flask, desk: FlaskClient) -> None:
    case = make_case(CaseKind.SKILL)
    other = make_case(CaseKind.EMPLOYER)
    db.session.execute(sa.delete(Skill).where(Skill.id == case.subject_id))
    db.session.commit()
    page = f"/staff/moderation/{case.id}"
    assert "no longer there" in desk.get(page).text
    assert desk.get("/staff/moderation").status_code == 200
    answer = submit(desk, page, action=f"{page}/clear")
    assert (answer.status_code, answer.location) == (303, f"/staff/moderation/{other.id}")
    db.session.expire_all()
    assert db.session.get_one(Case, case.id).state is CaseState.DROPPED


def test_a_case_with_its_subject_is_not_cleared(app: Flask, desk: FlaskClient) -> None:
    case = make_case(CaseKind.SKILL)
    db.session.commit()
    page = f"/staff/moderation/{case.id}"
    token = desk.get(page).text.partition('name="csrf_token" value="')[2].partition('"')[0]
    assert desk.post(f"{page}/clear", data={"csrf_token": token}).status_code == 409
    db.session.expire_all()
    assert db.session.get_one(Case, case.id).state is CaseState.WAITING
