"""Which student has blocked which employer."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bridge.database import Model, UtcDateTime, utc_now
from bridge.employers.models import Employer
from bridge.personal import Owner, Personal
from bridge.students.models import Profile


class EmployerBlock(Model):
    """The student is absent from whatever this employer sees, and the employer never learns
    why: to it a student who blocks looks like one whose profile is hidden from all."""

    __tablename__ = "employer_block"
    __personal__ = Personal(
        "id profile_id employer_id created_at", Owner("profile_id.user_id", delete=True)
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    profile_id: Mapped[int] = mapped_column(sa.ForeignKey("profile.id", ondelete="CASCADE"))
    employer_id: Mapped[int] = mapped_column(sa.ForeignKey("employer.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)

    profile: Mapped[Profile] = relationship(Profile)
    employer: Mapped[Employer] = relationship(Employer)

    __table_args__ = (sa.UniqueConstraint("profile_id", "employer_id"),)
