"""Who did what to which row, written in the same transaction as the act itself."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bridge.database import Model, UtcDateTime, utc_now
from bridge.extensions import db
from bridge.personal import CODE, Owner, Personal

if TYPE_CHECKING:
    from bridge.accounts.models import User


class Subject(Protocol):
    __tablename__: str
    id: Any


class AuditEntry(Model):
    """One act. `details` holds codes and numbers, never names, contacts or free text."""

    __tablename__ = "audit_entry"
    __personal__ = Personal(
        "id at actor_id subject_id",
        Owner("subject_type:subject_id", clear="details"),
        Owner("actor_id", clear="details"),
        kept={"action": CODE, "subject_type": CODE},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now, index=True)
    # None: the platform itself (a job, a command)
    actor_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"), index=True)
    action: Mapped[str] = mapped_column(sa.String(64), index=True)
    subject_type: Mapped[str] = mapped_column(sa.String(64))
    subject_id: Mapped[int]
    details: Mapped[dict[str, Any]] = mapped_column(sa.JSON, default=dict)

    actor: Mapped[User | None] = relationship("User")

    __table_args__ = (sa.Index("ix_audit_entry_subject", "subject_type", "subject_id"),)


class AuditPermit(Model):
    """The database itself refuses to change or delete an entry (a trigger of the migrations) unless
    a row is here, and then only what the law asks for: emptying `details`, deleting. The row is
    written and deleted within one transaction, so no other ever sees it."""

    __tablename__ = "audit_permit"
    __personal__ = Personal("id")

    id: Mapped[int] = mapped_column(primary_key=True)


@contextmanager
def permit() -> Iterator[None]:
    """For erasure and retention alone: inside the block entries may be emptied and deleted."""
    permission = AuditPermit()
    db.session.add(permission)
    db.session.flush()
    yield
    db.session.delete(permission)
    db.session.flush()


def record(action: str, subject: Subject, *, actor: User | None, **details: Any) -> None:
    """Write that `actor` (None: the platform) did `action` to `subject`."""
    if subject.id is None:
        db.session.flush()
    db.session.add(entry(action, subject, actor=actor, **details))


def entry(action: str, subject: Subject, *, actor: User | None, **details: Any) -> AuditEntry:
    """The same as a row that the caller adds to a transaction of its own; `subject` is known to
    the database already."""
    return AuditEntry(
        actor_id=None if actor is None else actor.id,
        action=action,
        subject_type=subject.__tablename__,
        subject_id=subject.id,
        details=details,
    )
