"""Selects of notices and of the choices how to be told."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import sqlalchemy as sa
from flask import g
from flask_login import current_user

from bridge.accounts.models import User
from bridge.extensions import db
from bridge.notices.kinds import threaded
from bridge.notices.models import Delivery, DeliveryChoice, DigestSchedule, Group, Notice

UNREAD = Notice.read_at.is_(None)


@dataclass(frozen=True, slots=True)
class Line:
    """The notices of one thread, or the only one: the number of the oldest, which stays when more
    come, how many they are, and how many of them are unread."""

    oldest_id: int
    number: int
    unread: int

    @classmethod
    def of(cls, notice: Notice) -> Line:
        return cls(notice.id, 1, int(notice.read_at is None))


def _lines(reader: User, *conditions: sa.ColumnElement[bool]) -> sa.Select[int, int, int, int]:
    """Of the reader's own that meet the conditions, each line: the numbers of its newest and its
    oldest, how many, how many unread."""
    own_line = sa.case((Notice.kind.in_(threaded()), 0), else_=Notice.id)
    return (
        sa.select(
            sa.func.max(Notice.id).label("newest_id"),
            sa.func.min(Notice.id),
            sa.func.count(),
            sa.func.count().filter(UNREAD),
        )
        .where(Notice.user_id == reader.id, *conditions)
        .group_by(Notice.kind, Notice.subject_id, own_line)
    )


def visible_lines(reader: User, *conditions: sa.ColumnElement[bool]) -> sa.Select[Notice]:
    """The newest of each line of the reader's own that meet the conditions, the latest first."""
    lines = _lines(reader, *conditions).subquery()
    return (
        sa.select(Notice)
        .join(lines, lines.c.newest_id == Notice.id)
        .order_by(Notice.created_at.desc(), Notice.id.desc())
    )


def lines_of(
    reader: User, newest: Collection[Notice], *conditions: sa.ColumnElement[bool]
) -> dict[int, Line]:
    """The lines of what `visible_lines` with the same conditions found, by the number of the
    newest."""
    ids = [notice.id for notice in newest]
    select = _lines(reader, *conditions).having(sa.func.max(Notice.id).in_(ids))
    return {row[0]: Line(*row[1:]) for row in db.session.execute(select)}


def visible_notice(reader: User, notice_id: int) -> Notice | None:
    own = sa.select(Notice).where(Notice.user_id == reader.id)
    return db.session.scalar(own.where(Notice.id == notice_id))


def latest_id(reader: User) -> int:
    """The number of the reader's newest notice, 0 where there is none."""
    newest = sa.select(sa.func.max(Notice.id)).where(Notice.user_id == reader.id)
    return db.session.scalar(newest) or 0


def count_unread(reader: User, *conditions: sa.ColumnElement[bool]) -> int:
    """How many lines have something unread."""
    lines = _lines(reader, UNREAD, *conditions).subquery()
    return db.session.scalar(sa.select(sa.func.count()).select_from(lines)) or 0


def unread_count() -> int:
    """How many lines the present reader has not read; asked once a request."""
    if "unread_notices" not in g:
        g.unread_notices = count_unread(current_user)
    return int(g.unread_notices)


def deliveries(reader: User) -> dict[Group, Delivery]:
    """What the reader chose, where they did."""
    rows = db.session.execute(
        sa.select(DeliveryChoice.group, DeliveryChoice.delivery).where(
            DeliveryChoice.user_id == reader.id
        )
    )
    return dict(rows.all())


def schedule_of(reader: User) -> DigestSchedule:
    """The reader's, or a new one with the usual hour, which is not in the session."""
    found = db.session.get(DigestSchedule, reader.id)
    return found or DigestSchedule(user_id=reader.id, hour=8, time_zone="")
