"""The staff say what evidence counts for, and the lists follow."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from bridge.accounts.models import Role
from bridge.audit import AuditEntry
from bridge.extensions import db
from bridge.search.index import current_index
from bridge.students.evidence import evidence_weights
from bridge.students.models import Evidence, EvidenceWeights
from matching import Query
from tests.client import sign_in, submit
from tests.factories import make_student, make_user

PAGE = "/staff/matching"
ASKED = Query("", must=frozenset({"python"}))


def scores() -> list[float]:
    db.session.commit()
    return [hit.score for hit in current_index().search(ASKED).hits]


def test_the_lists_follow_new_weights_in_every_process(app: Flask, client: FlaskClient) -> None:
    stated, passed = make_student(skills=("python",)), make_student(skills=("python",))
    make_student(skills=("welding",))
    passed.skills[0].evidence = Evidence.COURSE
    staff = make_user(Role.STAFF)
    assert scores() == [0.9, 0.8, 0.0]
    sign_in(client, staff)
    assert submit(client, PAGE, {"stated": "40", "course": "60"}).status_code == 303
    assert scores() == [0.6, 0.4, 0.0]
    assert evidence_weights()[Evidence.MENTOR] == 0.95
    entry = db.session.scalars(
        sa.select(AuditEntry).where(AuditEntry.action == "evidence_weights.set")
    ).one()
    assert (entry.actor_id, entry.details) == (
        staff.id,
        {
            "from": {"stated": 80, "course": 90, "mentor": 95},
            "to": {"stated": 40, "course": 60, "mentor": 95},
        },
    )
    # The same again changes and records nothing.
    assert submit(client, PAGE).status_code == 303
    assert db.session.get_one(EvidenceWeights, 1).version == 1
    assert stated.id != passed.id


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"stated": "0"}, "Give a whole number from 1 to 100."),
        ({"stated": ""}, "Give a whole number from 1 to 100."),
        ({"mentor": "101"}, "Give a whole number from 1 to 100."),
        ({"course": "abc"}, "Not a valid integer value."),
        ({"stated": "95", "course": "90"}, "Stronger evidence must not count less than weaker."),
    ],
)
def test_what_makes_no_sense_is_named_and_kept(
    client: FlaskClient, values: dict[str, str], message: str
) -> None:
    sign_in(client, make_user(Role.STAFF))
    page = submit(client, PAGE, values)
    assert page.status_code == 422
    assert message in page.text
    assert all(f'value="{value}"' in page.text for value in values.values())
    assert db.session.scalars(sa.select(EvidenceWeights)).all() == []


def test_of_two_who_change_them_the_later_is_told(app: Flask, client: FlaskClient) -> None:
    sign_in(client, make_user(Role.STAFF))
    assert submit(client, PAGE, {"stated": "50"}).status_code == 303
    late = submit(client, PAGE, {"stated": "70", "version": "0"})
    assert late.status_code == 409
    assert 'value="70"' in late.text
    assert db.session.get_one(EvidenceWeights, 1).stated == 50


def test_students_and_members_have_no_say(client: FlaskClient) -> None:
    sign_in(client, make_user(Role.STUDENT))
    assert client.get(PAGE).status_code == 403
