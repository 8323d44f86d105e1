"""The front page says how long decisions take, where there are enough to say it."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask
from flask.testing import FlaskClient

from bridge.cases.models import CaseKind, CaseState
from bridge.database import utc_now
from bridge.extensions import db
from tests.moderation.conftest import make_case


def decided(kind: CaseKind, minutes: int, **values: object) -> None:
    case = make_case(kind)
    case.state, case.decided_at, case.working_minutes = CaseState.APPROVED, utc_now(), minutes
    for name, value in values.items():
        setattr(case, name, value)


def test_the_average_of_enough_decisions_is_shown(app: Flask, client: FlaskClient) -> None:
    for minutes in (60, 240, 300) * 3:
        decided(CaseKind.EMPLOYER, minutes)
    # None of these counts: automatic, too old, without a measure.
    decided(CaseKind.EMPLOYER, 0, automatic=True)
    decided(CaseKind.EMPLOYER, 9999, decided_at=utc_now() - timedelta(days=91))
    decided(CaseKind.EMPLOYER, 0, working_minutes=None)
    db.session.commit()
    assert "How long the university takes" not in client.get("/").text
    decided(CaseKind.EMPLOYER, 300)
    db.session.commit()
    page = client.get("/").text
    assert "How long the university takes" in page
    assert "4 working hours" in page  # 2,100 minutes of ten decisions
    assert "on average of 10 decisions" in page
