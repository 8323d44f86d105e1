"""How far an accepted contact has come."""

from __future__ import annotations

import enum
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bridge.contacts.models import ContactRequest, Side
from bridge.database import Model, UtcDateTime, enum_column, utc_now
from bridge.personal import CODE, Owner, Personal


class Stage(enum.StrEnum):
    CONTACT = "contact"  # both sides know each other, nothing more yet
    INTERVIEW = "interview"
    OFFER = "offer"
    HIRED = "hired"
    DECLINED = "declined"  # by `moved_by`, see reason_code


class Hiring(Model):
    """One a contact request, from its acceptance on. `came_from` is where a step back leads:
    None where it leads to the stage before in order."""

    __tablename__ = "hiring"
    __personal__ = Personal(
        "id request_id state came_from moved_by changed_at version",
        Owner("request_id.profile_id.user_id", clear="note"),
        kept={"reason_code": CODE},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    request_id: Mapped[int] = mapped_column(
        sa.ForeignKey("contact_request.id", ondelete="CASCADE"), unique=True
    )
    state: Mapped[Stage] = mapped_column(enum_column(Stage), default=Stage.CONTACT, index=True)
    came_from: Mapped[Stage | None] = mapped_column(enum_column(Stage))
    # who made the last step
    moved_by: Mapped[Side] = mapped_column(enum_column(Side), default=Side.STUDENT)
    reason_code: Mapped[str] = mapped_column(sa.String(32), default="")
    # what the side that declined says to the other
    note: Mapped[str] = mapped_column(sa.Text, default="")
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    version: Mapped[int] = mapped_column(default=1)

    request: Mapped[ContactRequest] = relationship(ContactRequest)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012
