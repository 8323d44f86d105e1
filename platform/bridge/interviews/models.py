"""Times offered for interviews, and the interviews themselves."""

from __future__ import annotations

import enum
import uuid
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bridge.accounts.models import User
from bridge.contacts.models import ContactRequest
from bridge.database import Model, UtcDateTime, enum_column, utc_now
from bridge.personal import Owner, Personal
from bridge.vacancies.models import Vacancy


class SlotState(enum.StrEnum):
    OPEN = "open"  # for whoever of the invited is first
    TAKEN = "taken"
    WITHDRAWN = "withdrawn"


class InterviewState(enum.StrEnum):
    BOOKED = "booked"
    CANCELLED = "cancelled"


class Slot(Model):
    """A time that the enterprise offers to some candidates of a vacancy. `time_zone` is the one it
    was entered in; `place` and `link`: where to come or what to open."""

    __tablename__ = "interview_slot"
    __personal__ = Personal(
        "id vacancy_id offered_by_id starts_at minutes state created_at version",
        Owner("offered_by_id", download="starts_at minutes place link created_at"),
        kept={
            "place": "an address of the enterprise",
            "link": "a room of the enterprise",
            "time_zone": "one of the platform's list",
        },
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    vacancy_id: Mapped[int] = mapped_column(
        sa.ForeignKey("vacancy.id", ondelete="CASCADE"), index=True
    )
    offered_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id", ondelete="SET NULL"))
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    minutes: Mapped[int] = mapped_column()
    place: Mapped[str] = mapped_column(sa.String(200), default="")
    link: Mapped[str] = mapped_column(sa.String(300), default="")
    time_zone: Mapped[str] = mapped_column(sa.String(64))
    state: Mapped[SlotState] = mapped_column(enum_column(SlotState), default=SlotState.OPEN)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    version: Mapped[int] = mapped_column(default=1)

    vacancy: Mapped[Vacancy] = relationship(Vacancy)
    offered_by: Mapped[User | None] = relationship(User)
    invitations: Mapped[list[SlotInvitation]] = relationship(
        back_populates="slot", cascade="all, delete-orphan"
    )

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012

    @property
    def ends_at(self) -> datetime:
        return self.starts_at + timedelta(minutes=self.minutes)

    @property
    def is_ahead(self) -> bool:
        return self.starts_at > utc_now()


class SlotInvitation(Model):
    """To whom a slot is offered."""

    __tablename__ = "slot_invitation"
    __personal__ = Personal(
        "id slot_id request_id", Owner("request_id.profile_id.user_id", delete=True)
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    slot_id: Mapped[int] = mapped_column(sa.ForeignKey("interview_slot.id", ondelete="CASCADE"))
    request_id: Mapped[int] = mapped_column(
        sa.ForeignKey("contact_request.id", ondelete="CASCADE"), index=True
    )

    slot: Mapped[Slot] = relationship(back_populates="invitations")

    __table_args__ = (
        sa.UniqueConstraint("slot_id", "request_id", name="uq_slot_invitation_slot_id_request_id"),
    )


def new_uid() -> str:
    return uuid.uuid4().hex


class Interview(Model):
    """A slot that a student took. `uid` and `sequence` are those of its calendar entry (RFC 5545):
    the same uid for as long as it lives, a higher sequence at every change."""

    __tablename__ = "interview"
    __personal__ = Personal(
        "id request_id slot_id state sequence booked_at reminded_at version",
        Owner("request_id.profile_id.user_id", clear="note"),
        kept={"uid": "drawn at random"},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    request_id: Mapped[int] = mapped_column(
        sa.ForeignKey("contact_request.id", ondelete="CASCADE"), index=True
    )
    slot_id: Mapped[int] = mapped_column(
        sa.ForeignKey("interview_slot.id", ondelete="CASCADE"), index=True
    )
    state: Mapped[InterviewState] = mapped_column(
        enum_column(InterviewState), default=InterviewState.BOOKED
    )
    uid: Mapped[str] = mapped_column(sa.String(32), unique=True, default=new_uid)
    sequence: Mapped[int] = mapped_column(default=0)
    # why it was cancelled, in the words of the side that did; the other reads it
    note: Mapped[str] = mapped_column(sa.Text, default="")
    booked_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    reminded_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(default=1)

    request: Mapped[ContactRequest] = relationship(ContactRequest)
    slot: Mapped[Slot] = relationship(Slot)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class CalendarFeed(Model):
    """The changeable part of the secret address of a person's calendar."""

    __tablename__ = "calendar_feed"
    __personal__ = Personal("user_id", Owner("user_id", delete=True), hidden="nonce")

    user_id: Mapped[int] = mapped_column(
        sa.ForeignKey("user.id", ondelete="CASCADE"), primary_key=True
    )
    nonce: Mapped[str] = mapped_column(sa.String(32))
