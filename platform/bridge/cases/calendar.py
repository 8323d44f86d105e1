"""Working days and hours of the university.

Holidays, days off moved by the government and Saturdays worked in exchange come from `holidays`,
as far ahead as its release knows them (the government settles a year in the autumn before).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from flask import current_app
from holidays import HolidayBase, country_holidays

from bridge.cases.settings import days_off, present_settings

COUNTRY = "RU"
ONE_DAY = timedelta(days=1)


@cache
def _year(year: int) -> HolidayBase:
    """Made whole before anybody sees it: the library fills in further years while it is asked,
    which threads must not do to one object at once."""
    return country_holidays(COUNTRY, years=year)


@dataclass(frozen=True, slots=True)
class WorkingCalendar:
    """`hours`: from which to before which hour of the day people work."""

    zone: ZoneInfo
    days_off: frozenset[date] = frozenset()
    hours: tuple[int, int] = (9, 18)

    def is_working_day(self, day: date) -> bool:
        return day not in self.days_off and _year(day.year).is_working_day(day)

    def next_working_moment(self, moment: datetime) -> datetime:
        """`moment` if people work then, else the next beginning of a working day, in UTC."""
        local = moment.astimezone(self.zone)
        begins, ends = (self._at(local.date(), hour) for hour in self.hours)
        if self.is_working_day(local.date()) and local < ends:
            return max(local, begins).astimezone(UTC)
        day = local.date() + ONE_DAY
        while not self.is_working_day(day):
            day += ONE_DAY
        return self._at(day, self.hours[0]).astimezone(UTC)

    def after_working_days(self, start: datetime, days: int) -> datetime:
        """The same time of day so many working days later. What comes when nobody works counts
        as come when work begins again."""
        local = self.next_working_moment(start).astimezone(self.zone)
        day = local.date()
        while days:
            day += ONE_DAY
            days -= self.is_working_day(day)
        return datetime.combine(day, local.time(), self.zone).astimezone(UTC)

    def working_time(self, start: datetime, end: datetime) -> timedelta:
        """How much of the time between the two people worked."""
        day, last = (moment.astimezone(self.zone).date() for moment in (start, end))
        total = timedelta()
        while day <= last:
            if self.is_working_day(day):
                begins, ends = (self._at(day, hour).astimezone(UTC) for hour in self.hours)
                total += max(timedelta(), min(end, ends) - max(start, begins))
            day += ONE_DAY
        return total

    def _at(self, day: date, hour: int) -> datetime:
        """24 is the midnight that ends the day."""
        midnight = datetime.combine(day + ONE_DAY * (hour == 24), time(), self.zone)
        return midnight.replace(hour=hour % 24)


def working_calendar() -> WorkingCalendar:
    """With the present settings and the staff's own days off."""
    settings = present_settings()
    return WorkingCalendar(
        ZoneInfo(current_app.config["BRIDGE"].time_zone),
        frozenset(row.day for row in days_off()),
        (settings.work_from, settings.work_to),
    )
