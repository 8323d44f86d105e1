"""Letters to send: the table is the truth, sending follows it."""

from __future__ import annotations

import enum
from datetime import datetime
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bridge.database import Model, UtcDateTime, enum_column, utc_now
from bridge.personal import Owner, Personal

if TYPE_CHECKING:
    # Accounts send letters too: mail must not need them.
    from bridge.accounts.models import User


class MailState(enum.StrEnum):
    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"  # given up after the last attempt: a person looks
    DROPPED = "dropped"  # its account was closed, it came to be untrue, or staff gave it up


def _written_to(user: User) -> sa.ColumnElement[bool]:
    """To the account, or to its address before there was one."""
    return sa.or_(OutboxMail.user_id == user.id, OutboxMail.address == user.email)


class OutboxMail(Model):
    """Written in the commit of the act it tells of.

    `user_id` names the account whose address is read when the letter leaves, so that a closed or
    erased account gets nothing; `address` is for those alone who have none. `claimed_until` is the
    lease of the process that is sending it; when it dies, another takes over after that moment.
    """

    __tablename__ = "outbox_mail"
    # The text holds links that open the account.
    __personal__ = Personal(
        "id user_id address kind subject message_id state created_at next_attempt_at good_until "
        "claimed_until attempts sent_at failed_at error version",
        Owner(_written_to, delete=True),
        hidden="text html unsubscribe_url",
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("user.id", ondelete="CASCADE"), index=True
    )
    address: Mapped[str | None] = mapped_column(sa.String(254))
    # what kind of letter it is: the name of its template
    kind: Mapped[str] = mapped_column(sa.String(64), default="")
    subject: Mapped[str] = mapped_column(sa.String(200))
    text: Mapped[str] = mapped_column(sa.Text)
    html: Mapped[str] = mapped_column(sa.Text, default="")
    # where one click ends letters of this kind (RFC 8058); empty: it cannot be ended
    unsubscribe_url: Mapped[str] = mapped_column(sa.String(400), default="")
    message_id: Mapped[str] = mapped_column(sa.String(120), unique=True)
    state: Mapped[MailState] = mapped_column(enum_column(MailState), default=MailState.WAITING)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    next_attempt_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    # what it says is true before this moment: a reminder of a term, later, is none; None: for good
    good_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    claimed_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    attempts: Mapped[int] = mapped_column(default=0)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    failed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # what the server said last, without addresses
    error: Mapped[str] = mapped_column(sa.String(200), default="")
    version: Mapped[int] = mapped_column(default=1)

    user: Mapped[User | None] = relationship("User")
    attachments: Mapped[list[Attachment]] = relationship(
        cascade="all, delete-orphan", passive_deletes=True, order_by="Attachment.id"
    )

    __table_args__ = (sa.Index("ix_outbox_mail_waiting", "state", "next_attempt_at"),)

    @property
    def is_too_late(self) -> bool:
        return self.good_until is not None and self.good_until <= utc_now()

    @hybrid_property
    def recipient(self) -> str:
        """The address as it is now."""
        return self.address or (self.user.email if self.user else "")

    @recipient.inplace.setter
    def _set_recipient(self, address: str) -> None:
        self.address = address

    @recipient.inplace.expression
    @classmethod
    def _recipient_column(cls) -> sa.ColumnElement[str]:
        users = Model.metadata.tables["user"]
        own = sa.select(users.c.email).where(users.c.id == cls.user_id).correlate_except(users)
        return sa.func.coalesce(cls.address, own.scalar_subquery())


class Attachment(Model):
    """A file that travels with a letter. `media_type` may carry parameters:
    `text/calendar; method=REQUEST; charset=utf-8`."""

    __tablename__ = "outbox_attachment"
    __personal__ = Personal(
        "id mail_id name media_type content", Owner("mail_id.user_id", delete=True)
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    mail_id: Mapped[int] = mapped_column(
        sa.ForeignKey("outbox_mail.id", ondelete="CASCADE"), index=True
    )
    name: Mapped[str] = mapped_column(sa.String(120))
    media_type: Mapped[str] = mapped_column(sa.String(120))
    content: Mapped[bytes] = mapped_column(sa.LargeBinary)
