"""Searches that a member keeps, and whom each has already found."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bridge.accounts.models import User
from bridge.database import Model, UtcDateTime, utc_now
from bridge.personal import Owner, Personal
from bridge.students.models import Profile
from bridge.vacancies.models import Vacancy


class SavedSearch(Model):
    """One person's. `query` is the part of the list's address after the question mark: only what
    the filters know."""

    __tablename__ = "saved_search"
    __personal__ = Personal(
        "id vacancy_id user_id name query alerts created_at alerted_at",
        Owner("user_id", delete=True),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    vacancy_id: Mapped[int] = mapped_column(
        sa.ForeignKey("vacancy.id", ondelete="CASCADE"), index=True
    )
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(sa.String(80))
    query: Mapped[str] = mapped_column(sa.String(1000), default="")
    # whether letters tell of new candidates
    alerts: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    alerted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    vacancy: Mapped[Vacancy] = relationship(Vacancy)
    user: Mapped[User] = relationship(User)

    __table_args__ = (sa.UniqueConstraint("user_id", "vacancy_id", "name"),)


class SavedSearchMatch(Model):
    """A profile that the search has found before: it is not new any more. A row of its own and not
    a list, so that it goes with the profile."""

    __tablename__ = "saved_search_match"
    __personal__ = Personal(
        "search_id profile_id found_at", Owner("profile_id.user_id", delete=True)
    )

    search_id: Mapped[int] = mapped_column(
        sa.ForeignKey("saved_search.id", ondelete="CASCADE"), primary_key=True
    )
    profile_id: Mapped[int] = mapped_column(
        sa.ForeignKey("profile.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    found_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)

    profile: Mapped[Profile] = relationship(Profile)
