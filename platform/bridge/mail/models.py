"""Letters to send: the table is the truth, sending follows it."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from bridge.database import Model, UtcDateTime, utc_now
from bridge.personal import Owner, Personal


class OutboxMail(Model):
    """Written in the commit of the act it tells of. `claimed_until` is the lease of the process
    that is sending it; when it dies, another takes over after that moment."""

    __tablename__ = "outbox_mail"
    # The text holds links that open the account.
    __personal__ = Personal(
        "id recipient subject message_id created_at next_attempt_at claimed_until attempts sent_at "
        "failed_at error",
        Owner("recipient=email", delete=True),
        hidden="text",
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    recipient: Mapped[str] = mapped_column(sa.String(254))
    subject: Mapped[str] = mapped_column(sa.String(200))
    text: Mapped[str] = mapped_column(sa.Text)
    message_id: Mapped[str] = mapped_column(sa.String(120), unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    next_attempt_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    claimed_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    attempts: Mapped[int] = mapped_column(default=0)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # given up after the last attempt; an administrator looks
    failed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    error: Mapped[str] = mapped_column(sa.String(200), default="")

    __table_args__ = (sa.Index("ix_outbox_mail_waiting", "sent_at", "next_attempt_at"),)
