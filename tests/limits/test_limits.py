"""The staff's page of terms and limits."""

from __future__ import annotations

import sqlalchemy as sa
from flask.testing import FlaskClient

from bridge.accounts.models import Role
from bridge.audit import AuditEntry
from bridge.extensions import db
from bridge.limits.models import LimitSettings
from bridge.limits.service import REQUESTS_A_WEEK, limit
from tests.client import forms_of, sign_in, submit
from tests.factories import make_user


def test_a_limit_is_set_and_recorded(client: FlaskClient) -> None:
    sign_in(client, make_user(Role.STAFF))
    assert limit(REQUESTS_A_WEEK) == 3
    assert submit(client, "/staff/limits", {"requests_a_week": "5"}).status_code == 303
    db.session.expire_all()
    assert limit(REQUESTS_A_WEEK) == 5
    # Only what differs from the default is kept.
    assert db.session.scalars(sa.select(LimitSettings)).one().values == {"requests_a_week": 5}
    entry = db.session.scalars(sa.select(AuditEntry)).all()[-1]
    assert (entry.action, entry.details) == (
        "limit_settings.set",
        {"from": {"requests_a_week": 3}, "to": {"requests_a_week": 5}},
    )


def test_what_is_out_of_range_is_told_at_the_field(client: FlaskClient) -> None:
    sign_in(client, make_user(Role.STAFF))
    for wrong in ("0", "1000", "many", ""):
        answer = submit(client, "/staff/limits", {"requests_a_week": wrong})
        assert answer.status_code == 422
        assert 'aria-invalid="true"' in answer.text
    assert limit(REQUESTS_A_WEEK) == 3


def test_of_two_who_change_at_once_the_later_is_told(client: FlaskClient) -> None:
    sign_in(client, make_user(Role.STAFF))
    ((_, stale),) = [form for form in forms_of(client.get("/staff/limits")) if "version" in form[1]]
    assert submit(client, "/staff/limits", {"requests_a_week": "5"}).status_code == 303
    answer = client.post("/staff/limits", data={**stale, "requests_a_week": "7"})
    assert answer.status_code == 409
    assert 'value="7"' in answer.text
    db.session.expire_all()
    assert limit(REQUESTS_A_WEEK) == 5
