"""What happened, for one reader each, and how each reader wants to be told."""

from __future__ import annotations

import enum
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from bridge.database import Model, UtcDateTime, enum_column, utc_now
from bridge.personal import Owner, Personal


class Group(enum.StrEnum):
    """What readers choose by: kinds of notice that belong together."""

    REQUESTS = "requests"
    MESSAGES = "messages"
    COMPANY = "company"
    PROFILE = "profile"
    QUEUE = "queue"


class Delivery(enum.StrEnum):
    IMMEDIATE = "immediate"
    DIGEST = "digest"
    NONE = "none"  # in the platform alone


class Notice(Model):
    """One thing that happened, for one reader. It holds no text: `kind` and `subject_id` lead to
    what it tells of, which is read, as this reader may see it, whenever the notice is. `data` has
    codes and dates of that moment, never names, contacts or free text of others."""

    __tablename__ = "notice"
    __personal__ = Personal(
        "id user_id kind subject_id data created_at read_at digested_at",
        Owner("user_id", delete=True),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(sa.String(64))
    subject_id: Mapped[int]
    data: Mapped[dict[str, Any]] = mapped_column(sa.JSON, default=dict)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    read_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # when it went out in a digest
    digested_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (
        sa.Index("ix_notice_user_id", "user_id", "id"),
        sa.Index(
            "ix_notice_unread",
            "user_id",
            sqlite_where=sa.text("read_at IS NULL"),
            postgresql_where=sa.text("read_at IS NULL"),
        ),
        sa.Index("ix_notice_subject", "kind", "subject_id"),
    )


class DeliveryChoice(Model):
    """How a reader wants to be told of one group; no row: at once."""

    __tablename__ = "delivery_choice"
    __personal__ = Personal("user_id group delivery", Owner("user_id", delete=True))

    user_id: Mapped[int] = mapped_column(
        sa.ForeignKey("user.id", ondelete="CASCADE"), primary_key=True
    )
    group: Mapped[Group] = mapped_column(enum_column(Group), primary_key=True)
    delivery: Mapped[Delivery] = mapped_column(enum_column(Delivery))


class DigestSchedule(Model):
    """When a reader's daily letter goes: from `hour` o'clock of `time_zone` (empty: of the
    university's). `last_on` is the day of the last one, in that zone."""

    __tablename__ = "digest_schedule"
    __personal__ = Personal("user_id hour time_zone last_on", Owner("user_id", delete=True))

    user_id: Mapped[int] = mapped_column(
        sa.ForeignKey("user.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    hour: Mapped[int] = mapped_column(default=8)
    time_zone: Mapped[str] = mapped_column(sa.String(40), default="")
    last_on: Mapped[date | None]
