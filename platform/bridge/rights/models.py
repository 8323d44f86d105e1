"""What people ask of the data that the platform holds of them."""

from __future__ import annotations

import enum
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bridge.accounts.models import Role, User
from bridge.database import Model, UtcDateTime, enum_column, utc_now
from bridge.personal import Owner, Personal

# Staff and administrators act for the university: their decisions keep their names.
ERASABLE = (Role.STUDENT, Role.MEMBER)


class ErasureState(enum.StrEnum):
    WAITING = "waiting"  # the account is closed; until `due_at` one may change one's mind
    CANCELLED = "cancelled"
    DONE = "done"


class ErasureOrigin(enum.StrEnum):
    SELF = "self"
    WRITTEN = "written"  # staff, on a written request
    TERM = "term"  # a retention term has run out


class ErasureRequest(Model):
    """`reference` is the number and date of a written request. `swept_at`: since then nothing is
    left in files and free pages of the database either."""

    __tablename__ = "erasure_request"
    __personal__ = Personal(
        "id user_id state origin asked_by_id asked_at due_at ended_at letter_id swept_at version",
        Owner("user_id", clear="token_hash"),
        Owner("asked_by_id", download="state asked_at"),
        kept={"reference": "the number of a paper, by which the university proves what it did"},
        hidden="token_hash",
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id"))
    state: Mapped[ErasureState] = mapped_column(
        enum_column(ErasureState), default=ErasureState.WAITING
    )
    origin: Mapped[ErasureOrigin] = mapped_column(enum_column(ErasureOrigin))
    reference: Mapped[str] = mapped_column(sa.String(120), default="")
    asked_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # of the link by which one changes one's mind
    token_hash: Mapped[str | None] = mapped_column(sa.String(64), unique=True)
    # the letter that says it is done: the last that holds the address, deleted once it is sent
    letter_id: Mapped[int | None]
    swept_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(default=1)

    user: Mapped[User] = relationship(User, foreign_keys=user_id)

    __table_args__ = (
        sa.Index(
            "uq_erasure_request_waiting",
            "user_id",
            unique=True,
            sqlite_where=sa.text("state = 'waiting'"),
            postgresql_where=sa.text("state = 'waiting'"),
        ),
        sa.Index("ix_erasure_request_state_due_at", "state", "due_at"),
    )
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class Term(Model):
    """After how many days something is done; without a row the default of `terms.py` counts."""

    __tablename__ = "term"
    __personal__ = Personal("name days")

    name: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    days: Mapped[int]


class ExportState(enum.StrEnum):
    WAITING = "waiting"
    READY = "ready"
    EXPIRED = "expired"


class DataExport(Model):
    """A file with everything that the platform holds of a person. `done` of `total` tables are
    collected."""

    __tablename__ = "data_export"
    __personal__ = Personal(
        "id user_id state locale asked_at ready_at expires_at done total content",
        Owner("user_id", delete=True, download="state asked_at ready_at"),
        hidden="content",
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id"), index=True)
    state: Mapped[ExportState] = mapped_column(
        enum_column(ExportState), default=ExportState.WAITING
    )
    locale: Mapped[str] = mapped_column(sa.String(5))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    ready_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    # a ZIP; big, so it is read only where it is wanted
    content: Mapped[bytes | None] = mapped_column(sa.LargeBinary, deferred=True)
