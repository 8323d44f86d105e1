"""Partner enterprises and their people."""

from __future__ import annotations

import enum
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bridge.accounts.models import User
from bridge.database import Model, UtcDateTime, enum_column, utc_now
from bridge.personal import CODE, Owner, Personal


class EmployerState(enum.StrEnum):
    APPLIED = "applied"
    RETURNED = "returned"
    APPROVED = "approved"
    REJECTED = "rejected"
    SUSPENDED = "suspended"


def _is_contact_person(user: User) -> sa.ColumnElement[bool]:
    """An enterprise's contact person is named there, without a reference to the account."""
    return (Employer.contact_name == user.name) & Employer.members.any(Member.user_id == user.id)


class Employer(Model):
    __tablename__ = "employer"
    __personal__ = Personal(
        "id cluster_member trusted state created_at version",
        Owner(_is_contact_person, clear="contact_name contact_phone"),
        kept={
            **dict.fromkeys(("name", "inn", "ogrn", "site", "city", "about"), "of the enterprise"),
            "reason_code": CODE,
            "note": "the university's words about the enterprise",
        },
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(160))
    inn: Mapped[str] = mapped_column(sa.String(12), unique=True)
    ogrn: Mapped[str] = mapped_column(sa.String(15), default="")
    site: Mapped[str] = mapped_column(sa.String(200), default="")
    city: Mapped[str] = mapped_column(sa.String(80), default="")
    about: Mapped[str] = mapped_column(sa.Text, default="")
    contact_name: Mapped[str] = mapped_column(sa.String(120))
    contact_phone: Mapped[str] = mapped_column(sa.String(32), default="")
    cluster_member: Mapped[bool] = mapped_column(default=False)
    # the university lets its contact requests and further vacancies pass without a look at each
    trusted: Mapped[bool] = mapped_column(default=False)
    state: Mapped[EmployerState] = mapped_column(
        enum_column(EmployerState), default=EmployerState.APPLIED, index=True
    )
    # of the last decision; the members see both
    reason_code: Mapped[str] = mapped_column(sa.String(32), default="")
    note: Mapped[str] = mapped_column(sa.Text, default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    version: Mapped[int] = mapped_column(default=1)

    members: Mapped[list[Member]] = relationship(back_populates="employer", order_by="Member.id")

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012

    @property
    def is_working(self) -> bool:
        """Approved by the university and not suspended."""
        return self.state is EmployerState.APPROVED


class Member(Model):
    """An HR account of an employer."""

    __tablename__ = "member"
    __personal__ = Personal(
        "id user_id employer_id position invited_by_id created_at", Owner("user_id", delete=True)
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"), unique=True)
    employer_id: Mapped[int] = mapped_column(sa.ForeignKey("employer.id"), index=True)
    position: Mapped[str] = mapped_column(sa.String(120), default="")
    invited_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id", ondelete="SET NULL"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)

    user: Mapped[User] = relationship(User, back_populates="member", foreign_keys=user_id)
    employer: Mapped[Employer] = relationship(Employer, back_populates="members")
