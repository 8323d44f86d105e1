"""One item of the moderation queue. What it is about stays in its own feature; the case holds
the waiting, the deadline and the verdict."""

from __future__ import annotations

import enum
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

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
    REPORT = "report"


class CaseState(enum.StrEnum):
    WAITING = "waiting"
    APPROVED = "approved"
    RETURNED = "returned"
    REJECTED = "rejected"
    DROPPED = "dropped"  # its subject was withdrawn


class BatchState(enum.StrEnum):
    HELD = "held"  # decided, not yet in effect: can be taken back
    DONE = "done"
    UNDONE = "undone"


class Batch(Model):
    """One decision on several cases at once. It takes effect at `due_at`, all of it or, where it
    was taken back before, nothing."""

    __tablename__ = "moderation_batch"
    __personal__ = Personal(
        "id state actor_id created_at due_at version",
        Owner("actor_id", clear="note", download="verdict created_at"),
        kept={"verdict": CODE, "reason_code": CODE},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[BatchState] = mapped_column(enum_column(BatchState), default=BatchState.HELD)
    # a value of moderation's Verdict
    verdict: Mapped[str] = mapped_column(sa.String(32))
    reason_code: Mapped[str] = mapped_column(sa.String(32), default="")
    note: Mapped[str] = mapped_column(sa.Text, default="")
    actor_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id", ondelete="SET NULL"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(default=1)

    actor: Mapped[User | None] = relationship(User)

    __table_args__ = (sa.Index("ix_moderation_batch_state_due_at", "state", "due_at"),)
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class Case(Model):
    """`subject_id` is the row of the table that `kind` names; at most one case of a subject
    waits at a time."""

    __tablename__ = "moderation_case"
    __personal__ = Personal(
        "id kind subject_id employer_id state opened_at due_at decided_at decided_by_id version "
        "flag_count spot_check four_eyes first_by_id first_at claimed_by_id claimed_until "
        "escalated_to_id escalated_at batch_id automatic working_minutes",
        Owner(
            "kind:subject_id",
            clear="note",
            replace={"title": "—"},
            subjects={"contact": "contact_request", "report": "abuse_report"},
        ),
        Owner("decided_by_id", download="kind state decided_at"),
        kept={"reason_code": CODE, "flags": "codes, numbers and domains of free mailboxes"},
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
    # what to look at twice, as it was when the case was opened: {"code": …, "detail": …}
    flags: Mapped[list[dict[str, Any]]] = mapped_column(sa.JSON, default=list)
    flag_count: Mapped[int] = mapped_column(default=0)
    # chosen by lot among those that would have been approved automatically
    spot_check: Mapped[bool] = mapped_column(default=False)
    # two people must approve; `first_by` is the one who already has
    four_eyes: Mapped[bool] = mapped_column(default=False)
    first_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id", ondelete="SET NULL"))
    first_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # who works on it; nobody else decides before then
    claimed_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id", ondelete="SET NULL"))
    claimed_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # whom the platform asked for help when the case became overdue
    escalated_to_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("user.id", ondelete="SET NULL")
    )
    escalated_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # the decision on several cases that this one waits to be part of
    batch_id: Mapped[int | None] = mapped_column(sa.ForeignKey("moderation_batch.id"), index=True)
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id", ondelete="SET NULL"))
    # by the platform, for an employer that the university trusts
    automatic: Mapped[bool] = mapped_column(default=False)
    # working time from the opening to the decision
    working_minutes: Mapped[int | None]
    reason_code: Mapped[str] = mapped_column(sa.String(32), default="")
    note: Mapped[str] = mapped_column(sa.Text, default="")
    version: Mapped[int] = mapped_column(default=1)

    employer: Mapped[Employer | None] = relationship("Employer")
    decided_by: Mapped[User | None] = relationship(User, foreign_keys=decided_by_id)
    first_by: Mapped[User | None] = relationship(User, foreign_keys=first_by_id)
    claimed_by: Mapped[User | None] = relationship(User, foreign_keys=claimed_by_id)
    escalated_to: Mapped[User | None] = relationship(User, foreign_keys=escalated_to_id)
    batch: Mapped[Batch | None] = relationship(Batch)

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

    @property
    def holder(self) -> User | None:
        """Who has claimed it, as long as that counts."""
        valid = self.claimed_until is not None and self.claimed_until > utc_now()
        return self.claimed_by if valid else None

    @property
    def is_overdue(self) -> bool:
        return self.state is CaseState.WAITING and self.due_at < utc_now()

    @property
    def is_held(self) -> bool:
        """Part of a decision on several cases that is about to take effect."""
        return self.state is CaseState.WAITING and self.batch_id is not None


class DayOff(Model):
    """A day on which this university does not work, beyond the country's holidays."""

    __tablename__ = "day_off"
    __personal__ = Personal("id day name")

    id: Mapped[int] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(unique=True)
    name: Mapped[str] = mapped_column(sa.String(80), default="")


class ModerationSettings(Model):
    """One row. Hours are of the university's clock; the day works from the first to before the
    second."""

    __tablename__ = "moderation_settings"
    __personal__ = Personal(
        "id work_from work_to claim_minutes undo_seconds spot_check_percent version"
    )

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    work_from: Mapped[int]
    work_to: Mapped[int]
    claim_minutes: Mapped[int]
    undo_seconds: Mapped[int]
    # of what would be approved automatically, how much staff see all the same
    spot_check_percent: Mapped[int]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012
