"""Working days and hours of the university, with the holidays of Russia."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from flask import Flask

from bridge.accounts.models import Role
from bridge.cases import settings
from bridge.cases.calendar import WorkingCalendar, working_calendar
from bridge.cases.service import after_working_days
from tests.factories import make_user

MOSCOW = ZoneInfo("Europe/Moscow")
CALENDAR = WorkingCalendar(MOSCOW)


def moscow(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=MOSCOW)  # type: ignore[misc, arg-type]


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2026, 11, 25), True),
        (date(2026, 11, 28), False),  # a Saturday
        (date(2026, 11, 4), False),  # a holiday
        (date(2026, 1, 9), False),  # moved from the 3rd of January
        (date(2026, 12, 31), False),  # moved from the 4th of January
        (date(2027, 2, 20), True),  # a Saturday worked for the Monday after
        (date(2027, 2, 22), False),
        (date(2026, 3, 9), False),  # the holiday of Sunday
    ],
)
def test_holidays_moved_days_and_working_saturdays(day: date, works: bool) -> None:
    assert CALENDAR.is_working_day(day) is works


@pytest.mark.parametrize(
    ("start", "days", "end"),
    [
        # the same time of day
        (moscow(2026, 11, 25, 10, 30), 1, moscow(2026, 11, 26, 10, 30)),
        # over a weekend
        (moscow(2026, 11, 27, 16, 0), 1, moscow(2026, 11, 30, 16, 0)),
        # what comes at night counts from the morning
        (moscow(2026, 11, 25, 23, 0), 1, moscow(2026, 11, 27, 9, 0)),
        (moscow(2026, 11, 25, 7, 0), 1, moscow(2026, 11, 26, 9, 0)),
        # on a Saturday: from Monday
        (moscow(2026, 11, 28, 12, 0), 2, moscow(2026, 12, 2, 9, 0)),
        # over the holidays of New Year
        (moscow(2026, 12, 30, 12, 0), 1, moscow(2027, 1, 11, 12, 0)),
        (moscow(2026, 11, 28, 12, 0), 0, moscow(2026, 11, 30, 9, 0)),
    ],
)
def test_terms_are_counted_in_working_days(start: datetime, days: int, end: datetime) -> None:
    found = CALENDAR.after_working_days(start, days)
    assert found == end
    assert found.tzinfo is UTC


@pytest.mark.parametrize(
    ("start", "end", "hours"),
    [
        (moscow(2026, 11, 25, 10, 0), moscow(2026, 11, 25, 12, 30), 2.5),
        # an evening and a morning
        (moscow(2026, 11, 25, 17, 0), moscow(2026, 11, 26, 10, 0), 2),
        (moscow(2026, 11, 27, 17, 0), moscow(2026, 11, 30, 10, 0), 2),
        (moscow(2026, 11, 28, 8, 0), moscow(2026, 11, 29, 20, 0), 0),
        (moscow(2026, 12, 30, 9, 0), moscow(2027, 1, 11, 18, 0), 18),
        (moscow(2026, 11, 25, 12, 0), moscow(2026, 11, 25, 12, 0), 0),
    ],
)
def test_only_working_time_counts(start: datetime, end: datetime, hours: float) -> None:
    assert CALENDAR.working_time(start, end) == timedelta(hours=hours)


def test_the_zone_of_the_configuration_decides_what_day_it_is() -> None:
    # Friday evening in Moscow is Saturday morning in Vladivostok.
    moment = moscow(2026, 11, 27, 17, 0)
    assert CALENDAR.next_working_moment(moment) == moment
    east = WorkingCalendar(ZoneInfo("Asia/Vladivostok"))
    monday = datetime(2026, 11, 30, 9, tzinfo=ZoneInfo("Asia/Vladivostok"))
    assert east.next_working_moment(moment) == monday


def test_a_day_that_never_ends_may_end_at_midnight() -> None:
    around_the_clock = WorkingCalendar(MOSCOW, hours=(0, 24))
    start, end = moscow(2026, 11, 25, 0, 0), moscow(2026, 11, 27, 0, 0)
    assert around_the_clock.working_time(start, end) == timedelta(hours=48)


def test_staff_add_days_off_and_hours(app: Flask) -> None:
    staff = make_user(Role.STAFF)
    start = moscow(2026, 11, 25, 10, 30)
    assert after_working_days(start, 1) == moscow(2026, 11, 26, 10, 30)
    row = settings.add_day_off(date(2026, 11, 26), "День университета", actor=staff)
    assert settings.add_day_off(date(2026, 11, 26), "", actor=staff) is row
    assert after_working_days(start, 1) == moscow(2026, 11, 27, 10, 30)
    settings.change_settings({"work_from": 11}, version=0, actor=staff)
    assert after_working_days(start, 1) == moscow(2026, 11, 27, 11, 0)
    assert working_calendar().hours == (11, 18)
    settings.remove_day_off(row, actor=staff)
    assert after_working_days(start, 1) == moscow(2026, 11, 26, 11, 0)
