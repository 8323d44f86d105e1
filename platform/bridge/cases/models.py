"""One item of the moderation queue. What it is about stays in its own feature; the case holds
the waiting, the deadline and the verdict."""

from __future__ import annotations

import enum
from datetime import datetime
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bridge.accounts.models import User
from bridge.database import Model, UtcDateTime, enum_column, utc_now
from bridge.personal import CODE, Owner, Personal

if TYPE_CHECKING:
    # Employers, like skills below them, put things into the queue: cases must not need them.
    from bridge.employers.models import Employer


class CaseKind(enum.StrEnum):
    EMPLOYER = "employer"
    VACANCY = "vacancy"
    CONTACT = "contact"
    SKILL = "skill"


class CaseState(enum.StrEnum):
    WAITING = "waiting"
    APPROVED = "approved"
    RETURNED = "returned"
    REJECTED = "rejected"
    DROPPED = "dropped"  # its subject was withdrawn


class Case(Model):
    """`subject_id` is the row of the table that `kind` names; at most one case of a subject
    waits at a time."""

    __tablename__ = "moderation_case"
    __personal__ = Personal(
        "id kind subject_id employer_id state opened_at due_at decided_at decided_by_id version",
        Owner(
            "kind:subject_id",
            clear="note",
            replace={"title": "—"},
            subjects={"contact": "contact_request"},
        ),
        Owner("decided_by_id", download="kind state decided_at"),
        kept={"reason_code": CODE},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[CaseKind] = mapped_column(enum_column(CaseKind))
    subject_id: Mapped[int]
    employer_id: Mapped[int | None] = mapped_column(sa.ForeignKey("employer.id"), index=True)
    # what the queue shows without opening the subject; holds no student's name
    title: Mapped[str] = mapped_column(sa.String(200))
    state: Mapped[CaseState] = mapped_column(
        enum_column(CaseState), default=CaseState.WAITING, index=True
    )
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id", ondelete="SET NULL"))
    reason_code: Mapped[str] = mapped_column(sa.String(32), default="")
    note: Mapped[str] = mapped_column(sa.Text, default="")
    version: Mapped[int] = mapped_column(default=1)

    employer: Mapped[Employer | None] = relationship("Employer")
    decided_by: Mapped[User | None] = relationship(User)

    __table_args__ = (
        sa.Index(
            "uq_moderation_case_waiting",
            "kind",
            "subject_id",
            unique=True,
            sqlite_where=sa.text("state = 'waiting'"),
            postgresql_where=sa.text("state = 'waiting'"),
        ),
        sa.Index("ix_moderation_case_state_due_at", "state", "due_at"),
    )
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012
