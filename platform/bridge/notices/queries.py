"""Selects of notices and of the choices how to be told."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from flask import g
from flask_login import current_user

from bridge.accounts.models import User
from bridge.extensions import db
from bridge.notices.models import Delivery, DeliveryChoice, DigestSchedule, Group, Notice


def visible_notices(reader: User, *, unread: bool = False) -> sa.Select[Any]:
    """The reader's own, the latest first."""
    select = (
        sa.select(Notice)
        .where(Notice.user_id == reader.id)
        .order_by(Notice.created_at.desc(), Notice.id.desc())
    )
    return select.where(Notice.read_at.is_(None)) if unread else select


def visible_notice(reader: User, notice_id: int) -> Notice | None:
    notice: Notice | None = db.session.scalar(visible_notices(reader).where(Notice.id == notice_id))
    return notice


def latest_id(reader: User) -> int:
    """The number of the reader's newest notice, 0 where there is none."""
    newest = sa.select(sa.func.max(Notice.id)).where(Notice.user_id == reader.id)
    return db.session.scalar(newest) or 0


def unread_count() -> int:
    """How many the present reader has not read; asked once a request."""
    if "unread_notices" not in g:
        unread = visible_notices(current_user, unread=True).order_by(None)
        g.unread_notices = db.session.scalar(unread.with_only_columns(sa.func.count())) or 0
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
