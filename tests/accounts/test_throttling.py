"""Budgets that everybody who counts at once shares."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from bridge.accounts.models import Throttle
from bridge.accounts.throttling import (
    Rate,
    TooManyAttemptsError,
    forget,
    give_back,
    network,
    spend,
    take,
)
from bridge.database import as_of, utc_now
from bridge.extensions import db

HOURLY = Rate("hourly", 4, timedelta(hours=1))
OTHER = Rate("other", 4, timedelta(hours=1))


def test_so_many_at_once_and_then_one_a_step(app: Flask) -> None:
    start = utc_now()
    with as_of(start):
        assert [spend(HOURLY, "anna") for _ in range(4)] == [0] * 4
        assert spend(HOURLY, "anna") == pytest.approx(15 * 60, abs=1)
        assert spend(HOURLY, "anna") == pytest.approx(15 * 60, abs=1), "a refusal costs nothing"
        assert spend(HOURLY, "boris") == 0
        assert spend(OTHER, "anna") == 0
    with as_of(start + timedelta(minutes=14)):
        assert spend(HOURLY, "anna") == pytest.approx(60, abs=1)
    with as_of(start + timedelta(minutes=15)):
        assert spend(HOURLY, "anna") == 0
        assert spend(HOURLY, "anna") > 0
    with as_of(start + timedelta(hours=3)):
        assert [spend(HOURLY, "anna") > 0 for _ in range(5)] == [False] * 4 + [True]


def test_what_does_not_count_is_given_back(app: Flask) -> None:
    for _ in range(20):
        assert spend(HOURLY, "anna") == 0
        give_back(HOURLY, "anna")


def test_the_refusal_says_when_to_come_again(app: Flask) -> None:
    for _ in range(4):
        take(HOURLY, "anna")
    with pytest.raises(TooManyAttemptsError) as caught:
        take(HOURLY, "anna")
    assert 14 * 60 < (caught.value.retry_after or 0) <= 15 * 60
    assert caught.value.headers == {"Retry-After": str(caught.value.retry_after)}


def test_of_eighty_at_once_exactly_the_budget_passes(app: Flask) -> None:
    def one(_number: int) -> bool:
        with app.app_context():
            passed = spend(HOURLY, "anna") == 0
            db.session.commit()
            return passed

    with ThreadPoolExecutor(8) as pool:
        passed = Counter(pool.map(one, range(80)))
    assert passed == {True: 4, False: 76}


def test_who_is_counted_cannot_be_read_and_is_forgotten(app: Flask) -> None:
    spend(HOURLY, "anna@example.com")
    spend(OTHER, "anna@example.com")
    db.session.commit()
    rows = db.session.scalars(sa.select(Throttle)).all()
    assert all("anna" not in row.subject_hash and len(row.subject_hash) == 64 for row in rows)
    forget()
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Throttle)) == 2
    db.session.commit()
    with as_of(utc_now() + timedelta(minutes=16)):
        forget()
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Throttle)) == 0


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("", ""),
        ("unix:", ""),
    ],
)
def test_the_network_of_an_address(app: Flask, address: str, counted: str) -> None:
    with app.test_request_context(environ_base={"REMOTE_ADDR": address}):
        assert network() == counted
