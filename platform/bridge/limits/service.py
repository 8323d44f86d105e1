"""Every limit in one place, what it is now, and how the staff change it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from bridge import audit
from bridge.accounts.models import User
from bridge.extensions import db
from bridge.limits.models import LimitSettings

ONLY_ROW = 1


@dataclass(frozen=True, slots=True)
class Limit:
    """A whole number from `least` to `most`; `label` names it with its unit."""

    name: str
    default: int
    least: int
    most: int
    label: object
    hint: object = ""


REQUESTS_A_WEEK = Limit(
    "requests_a_week",
    3,
    1,
    50,
    _l("Contact requests that reach one student, a week at most"),
    _l(
        "Further ones wait in a line, the best match first. "
        "Students can set less for themselves, or a pause."
    ),
)
FRESH_DAYS = Limit(
    "fresh_days",
    180,
    30,
    730,
    _l("A profile is to be confirmed every so many days"),
    _l("The student gets a letter with one button. Every edit counts as a confirmation."),
)
FRESH_NOTICE_DAYS = Limit(
    "fresh_notice_days",
    14,
    3,
    60,
    _l("Days from that letter until an unconfirmed profile leaves the search"),
)
APPLICATION_ANSWER_DAYS = Limit(
    "application_answer_days",
    5,
    1,
    30,
    _l("Working days that an enterprise has to answer an application"),
)
UNANSWERED_MOST = Limit(
    "unanswered_most",
    3,
    1,
    50,
    _l("Overdue answers that pause a vacancy"),
    _l("It takes no new applications and leaves the list until the enterprise has answered."),
)
OPENINGS_A_DAY = Limit(
    "openings_a_day",
    200,
    20,
    5000,
    _l("Profiles that one enterprise opens, a day at most"),
    _l("Whoever reaches it waits, and the staff are told: it may be a program."),
)
REQUESTS_A_DAY = Limit(
    "requests_a_day",
    30,
    5,
    1000,
    _l("Contact requests that one enterprise sends, a day at most"),
)
LIMITS = (
    REQUESTS_A_WEEK,
    FRESH_DAYS,
    FRESH_NOTICE_DAYS,
    APPLICATION_ANSWER_DAYS,
    UNANSWERED_MOST,
    OPENINGS_A_DAY,
    REQUESTS_A_DAY,
)


def present_settings(session: Session | None = None) -> LimitSettings:
    """The row, or one with nothing set that is not in the database yet."""
    found = (session or db.session).get(LimitSettings, ONLY_ROW)
    return found or LimitSettings(id=ONLY_ROW, values={}, version=0)


def limit(of: Limit, session: Session | None = None) -> int:
    """What the limit is now."""
    return present_settings(session).values.get(of.name, of.default)


def set_limits(values: Mapping[str, int], *, version: int, actor: User) -> None:
    """Set limits by their names where the row still is of `version`; else StaleDataError."""
    settings = present_settings()
    if settings.version != version:
        raise StaleDataError
    before = {one.name: settings.values.get(one.name, one.default) for one in LIMITS}
    wanted = {one.name: values[one.name] for one in LIMITS}
    if any(not one.least <= wanted[one.name] <= one.most for one in LIMITS):
        raise ValueError("a limit is out of its range")
    changed = {name: value for name, value in wanted.items() if value != before[name]}
    if not changed:
        return
    if settings not in db.session:
        settings = LimitSettings(id=ONLY_ROW, values={})
        db.session.add(settings)
    settings.values = {
        one.name: wanted[one.name] for one in LIMITS if wanted[one.name] != one.default
    }
    details = {"from": {name: before[name] for name in changed}, "to": changed}
    audit.record("limit_settings.set", settings, actor=actor, **details)
    db.session.flush()
