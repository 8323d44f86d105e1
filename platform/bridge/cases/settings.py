"""What the staff have set for the queue, and the days off that they have added."""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm.exc import StaleDataError

from bridge import audit
from bridge.accounts.models import User
from bridge.cases.models import DayOff, ModerationSettings
from bridge.database import delete_row
from bridge.extensions import db

ONLY_ROW = 1
# As long as nobody has set anything else.
DEFAULTS = {
    "work_from": 9,
    "work_to": 18,
    "claim_minutes": 30,
    "undo_seconds": 30,
    "spot_check_percent": 5,
}


def present_settings() -> ModerationSettings:
    """The row, or one with the defaults that is not in the database yet."""
    found = db.session.get(ModerationSettings, ONLY_ROW)
    return found or ModerationSettings(id=ONLY_ROW, version=0, **DEFAULTS)


def change_settings(values: dict[str, int], *, version: int, actor: User) -> None:
    """Set the values where they still are those of `version`; else StaleDataError."""
    settings = present_settings()
    if settings.version != version:
        raise StaleDataError
    before = {name: getattr(settings, name) for name in values}
    if before == values:
        return
    if settings not in db.session:
        settings = ModerationSettings(id=ONLY_ROW, **DEFAULTS)
        db.session.add(settings)
    for name, value in values.items():
        setattr(settings, name, value)
    audit.record("moderation_settings.set", settings, actor=actor, **{"from": before, "to": values})


def days_off() -> list[DayOff]:
    """All of them, the latest first."""
    return list(db.session.scalars(sa.select(DayOff).order_by(DayOff.day.desc())))


def add_day_off(day: date, name: str, *, actor: User) -> DayOff:
    """The row of that day, which may be there already. Deadlines already set do not move."""
    found = db.session.scalar(sa.select(DayOff).where(DayOff.day == day))
    if found is not None:
        return found
    row = DayOff(day=day, name=name)
    db.session.add(row)
    audit.record("day_off.added", row, actor=actor, day=day.isoformat())
    return row


def remove_day_off(row: DayOff, *, actor: User) -> None:
    audit.record("day_off.removed", row, actor=actor, day=row.day.isoformat())
    delete_row(row)
