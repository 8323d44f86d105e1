"""Moments on the clocks of their readers, also where the clock is set forward and back."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

import pytest
from flask import Flask
from flask_babel import force_locale

from bridge.interviews.zones import NoSuchTimeError, to_utc, zone_choices, zone_name, zoned

BERLIN = "Europe/Berlin"


@pytest.fixture
def app(app: Flask) -> Flask:
    return app


def test_a_local_time_is_one_moment() -> None:
    assert to_utc(date(2027, 1, 15), time(16), "Europe/Moscow") == datetime(
        2027, 1, 15, 13, tzinfo=UTC
    )
    # Winter and summer time of the same clock.
    assert to_utc(date(2027, 3, 27), time(9), BERLIN) == datetime(2027, 3, 27, 8, tzinfo=UTC)
    assert to_utc(date(2027, 3, 28), time(9), BERLIN) == datetime(2027, 3, 28, 7, tzinfo=UTC)


def test_a_time_that_the_clock_jumps_over_is_refused() -> None:
    with pytest.raises(NoSuchTimeError):
        to_utc(date(2027, 3, 28), time(2, 30), BERLIN)


def test_a_time_that_comes_twice_is_the_first() -> None:
    assert to_utc(date(2027, 10, 31), time(2, 30), BERLIN) == datetime(
        2027, 10, 31, 0, 30, tzinfo=UTC
    )


def test_a_moment_is_shown_with_the_offset_of_that_day(app: Flask) -> None:
    winter, summer = (datetime(2027, month, 15, 13, tzinfo=UTC) for month in (1, 7))
    with force_locale("ru"):
        assert zoned(winter, "Europe/Moscow", 45) == (
            "пт, 15 января 2027, 16:00–16:45 (Москва, UTC+3)"
        )
        assert zone_name("Asia/Vladivostok", winter) == "Владивосток, UTC+10"
    with force_locale("en"):
        assert zoned(winter, BERLIN) == "Fri, 15 Jan 2027, 14:00 (Berlin, UTC+1)"
        assert zoned(summer, BERLIN) == "Thu, 15 Jul 2027, 15:00 (Berlin, UTC+2)"
        # Over the end of summer time an interview is as long as it is.
        over = datetime(2027, 10, 31, 0, 30, tzinfo=UTC)
        assert zoned(over, BERLIN, 60) == "Sun, 31 Oct 2027, 02:30–02:30 (Berlin, UTC+2)"


def test_the_zone_of_the_university_comes_first(app: Flask) -> None:
    choices = zone_choices(datetime(2027, 1, 15, tzinfo=UTC))
    assert choices[0][0] == "Europe/Moscow"
    assert len({zone for zone, _ in choices}) == len(choices)
