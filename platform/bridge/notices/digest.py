"""The daily letter: what a reader has not read, once a day at the hour they chose."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import date, datetime, time
from itertools import groupby
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from flask import current_app
from flask_babel import force_locale
from sqlalchemy.exc import IntegrityError

from bridge.accounts.models import User
from bridge.database import utc_now
from bridge.extensions import db
from bridge.mail.letters import absolute_url, read_letter
from bridge.mail.service import put_letter
from bridge.notices.kinds import KINDS
from bridge.notices.labels import group_label
from bridge.notices.models import Delivery, DeliveryChoice, DigestSchedule, Group, Notice
from bridge.notices.queries import deliveries, lines_of, schedule_of, visible_lines
from bridge.notices.reading import Reading, read
from bridge.notices.unsubscribing import unsubscribe_url

log = logging.getLogger("bridge.notices")
KIND = "notices/digest"
# More would be a list that nobody reads; the page has them all.
MOST = 30
ORDER = tuple(Group)


def send_digests() -> int:
    """Write the daily letter of everybody whose hour has come; say how many. Commits reader by
    reader: what one process has written another, or the same after a crash, does not write again.
    """
    waiting = sa.select(DeliveryChoice.user_id).where(
        DeliveryChoice.delivery == Delivery.DIGEST,
        sa.exists().where(
            Notice.user_id == DeliveryChoice.user_id,
            Notice.read_at.is_(None),
            Notice.digested_at.is_(None),
        ),
    )
    user_ids = sorted(set(db.session.scalars(waiting)))
    db.session.rollback()
    return sum(_send_to(user_id) for user_id in user_ids)


def _send_to(user_id: int) -> bool:
    try:
        reader = db.session.get(User, user_id)
        written = reader is not None and reader.is_active and _write(reader)
        db.session.commit()
    except Exception as error:
        # One reader's trouble must not keep the letters of all others; the next round tries again.
        db.session.rollback()
        log.warning("the digest of account %s was not written: %s", user_id, type(error).__name__)
        return False
    return written


def _write(reader: User) -> bool:
    """The claim of the day, the marks on the notices and the letter are one transaction."""
    schedule = schedule_of(reader)
    zone = ZoneInfo(schedule.time_zone or current_app.config["BRIDGE"].time_zone)
    today = utc_now().astimezone(zone).date()
    due_at = datetime.combine(today, time(schedule.hour), zone)
    if utc_now() < due_at or reader.email_confirmed_at is None:
        return False
    notices = _unread(reader, due_at)
    if not notices or not _claim(reader, schedule, today):
        return False
    now = utc_now()
    for notice in notices:
        notice.digested_at = now
    these = Notice.id.in_([notice.id for notice in notices])
    newest = db.session.scalars(visible_lines(reader, these)).all()
    with force_locale(reader.locale):
        lines = lines_of(reader, newest, these)
        readings = [one for one in read(newest, reader, lines) if one.letter is not None]
        if readings:
            _put(reader, readings)
    return bool(readings)


def _unread(reader: User, due_at: datetime) -> Sequence[Notice]:
    """What came before today's hour, in the groups that the reader wants in the digest."""
    digested = {
        group for group, delivery in deliveries(reader).items() if delivery is Delivery.DIGEST
    }
    kinds = [name for name, kind in KINDS.items() if kind.group in digested]
    return db.session.scalars(
        sa.select(Notice).where(
            Notice.user_id == reader.id,
            Notice.kind.in_(kinds),
            Notice.read_at.is_(None),
            Notice.digested_at.is_(None),
            Notice.created_at < due_at,
        )
    ).all()


def _claim(reader: User, schedule: DigestSchedule, today: date) -> bool:
    """Take the day for this process: False where it has had its letter. Two that try at once
    wait for each other here, and the second finds the day taken."""
    if not sa.inspect(schedule).persistent:
        try:
            with db.session.begin_nested():
                db.session.add(schedule)
        except IntegrityError:
            return False
    claimed = db.session.execute(
        sa.update(DigestSchedule)
        .where(
            DigestSchedule.user_id == reader.id,
            sa.or_(DigestSchedule.last_on.is_(None), DigestSchedule.last_on < today),
        )
        .values(last_on=today)
        .execution_options(synchronize_session=False)
    )
    return claimed.rowcount == 1  # type: ignore[attr-defined, no-any-return]


def _put(reader: User, readings: Sequence[Reading]) -> None:
    shown = sorted(readings[:MOST], key=lambda reading: ORDER.index(reading.group))
    groups = [
        (group_label(group, reader.role), list(members))
        for group, members in groupby(shown, key=lambda reading: reading.group)
    ]
    letter = read_letter(
        KIND,
        recipient=reader,
        groups=groups,
        total=len(readings),
        left_out=len(readings) - len(shown),
    )
    put_letter(
        reader,
        KIND,
        letter,
        unsubscribe_url=unsubscribe_url(reader, None),
        settings_url=absolute_url("notices.settings"),
    )
