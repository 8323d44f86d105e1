"""Time zones: a moment as its reader's clock shows it, and back."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from babel.dates import get_timezone_location
from flask import Flask, current_app
from flask_babel import format_datetime, get_locale
from flask_babel import lazy_gettext as _l

from bridge.errors import DomainError
from bridge.extensions import db
from bridge.notices.models import DigestSchedule
from bridge.web.i18n import locale_code

# Those of Russia from west to east, then where graduates and enterprises work besides.
ZONES = (
    *("Europe/Kaliningrad", "Europe/Moscow", "Europe/Samara", "Asia/Yekaterinburg", "Asia/Omsk"),
    *("Asia/Novosibirsk", "Asia/Krasnoyarsk", "Asia/Irkutsk", "Asia/Yakutsk", "Asia/Vladivostok"),
    *("Asia/Magadan", "Asia/Kamchatka", "Europe/Minsk", "Asia/Almaty", "Asia/Tashkent"),
    *("Asia/Yerevan", "Asia/Baku", "Asia/Tbilisi", "Europe/Berlin", "Europe/London"),
    *("Asia/Dubai", "Asia/Shanghai", "UTC"),
)


class NoSuchTimeError(DomainError):
    """The clock jumps over this time."""

    message = _l("There is no such time on that day: the clock is set forward. Choose another.")


def own_zone() -> str:
    """The university's."""
    return str(current_app.config["BRIDGE"].time_zone)


def zone_of(user_id: int) -> str:
    """The reader's own choice, the same as for the daily letter, else the university's."""
    schedule = db.session.get(DigestSchedule, user_id)
    return (schedule.time_zone if schedule is not None else "") or own_zone()


def to_utc(day: date, at: time, zone: str) -> datetime:
    """The moment at which the clocks of `zone` show `at` on `day`: the first of two where the
    clock is set back, NoSuchTimeError where it is set forward over it."""
    local = datetime.combine(day, at, tzinfo=ZoneInfo(zone))
    moment = local.astimezone(UTC)
    if moment.astimezone(local.tzinfo).replace(tzinfo=None) != local.replace(tzinfo=None):
        raise NoSuchTimeError
    return moment


def to_local(moment: datetime, zone: str) -> datetime:
    return moment.astimezone(ZoneInfo(zone))


def offset(moment: datetime, zone: str) -> str:
    """UTC+3, UTC+5:30, UTC"""
    delta = to_local(moment, zone).utcoffset()
    minutes = 0 if delta is None else round(delta.total_seconds() / 60)
    hours, rest = divmod(abs(minutes), 60)
    sign = "−" if minutes < 0 else "+"
    return f"UTC{sign}{hours}{f':{rest:02d}' if rest else ''}" if minutes else "UTC"


def zone_name(zone: str, moment: datetime) -> str:
    """Москва, UTC+3: the offset is the one of that moment."""
    if zone == "UTC":
        return "UTC"
    city = get_timezone_location(ZoneInfo(zone), locale=get_locale() or "ru", return_city=True)
    return f"{city}, {offset(moment, zone)}"


def zoned(moment: datetime, zone: str, minutes: int = 0) -> str:
    """чт, 3 декабря 2026, 16:00–16:45 (Москва, UTC+3)"""
    local = to_local(moment, zone)
    pattern = "EE, d MMMM y" if locale_code() == "ru" else "EE, d MMM y"
    day = format_datetime(local, pattern, rebase=False)
    end = to_local(datetime.fromtimestamp(moment.timestamp() + 60 * minutes, UTC), zone)
    until = f"–{end:%H:%M}" if minutes else ""
    return f"{day}, {local:%H:%M}{until} ({zone_name(zone, moment)})"


def zone_choices(moment: datetime) -> list[tuple[str, str]]:
    """Each zone with its name at `moment`; the university's own first."""
    own = own_zone()
    return [(zone, zone_name(zone, moment)) for zone in dict.fromkeys((own, *ZONES))]


def init_app(app: Flask) -> None:
    app.jinja_env.filters["zoned"] = zoned
