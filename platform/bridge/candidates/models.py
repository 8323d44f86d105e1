"""A student seen from one vacancy."""

from __future__ import annotations

import enum
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bridge.accounts.models import User
from bridge.database import Model, UtcDateTime, enum_column, utc_now
from bridge.personal import Owner, Personal
from bridge.students.models import Profile
from bridge.vacancies.models import Vacancy

# Pseudonyms have neither vowels, so that no words arise, nor letters and figures that look like
# others in Latin or Cyrillic writing (B and 8 or В, 0 and O, 3 and З …): they are read out.
ALPHABET = "2456789DFJLNQRVW"


class Sight(enum.StrEnum):
    """What an employer saw of the profile."""

    MASKED = "masked"  # without name and contacts
    OPEN = "open"  # with both: the student had agreed


class Mark(enum.StrEnum):
    """The employer's own judgement."""

    NONE = "none"
    STAR = "star"
    UNFIT = "unfit"


class Candidate(Model):
    """Made when a student is first shown for a vacancy. The pseudonym is random and of this
    vacancy alone, so two vacancies cannot be laid side by side to tell who is who; it is also
    what stands in addresses, never the profile's number."""

    __tablename__ = "candidate"
    __personal__ = Personal(
        "id vacancy_id profile_id mark marked_by_id marked_at opened_at created_at",
        Owner("profile_id.user_id"),
        kept={"pseudonym": "random, and of this vacancy alone"},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    vacancy_id: Mapped[int] = mapped_column(sa.ForeignKey("vacancy.id", ondelete="CASCADE"))
    profile_id: Mapped[int] = mapped_column(
        sa.ForeignKey("profile.id", ondelete="CASCADE"), index=True
    )
    pseudonym: Mapped[str] = mapped_column(sa.String(8))
    mark: Mapped[Mark] = mapped_column(enum_column(Mark), default=Mark.NONE)
    marked_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id", ondelete="SET NULL"))
    marked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # first time that somebody of the employer opened the whole profile
    opened_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)

    vacancy: Mapped[Vacancy] = relationship(Vacancy)
    profile: Mapped[Profile] = relationship(Profile)

    __table_args__ = (
        sa.UniqueConstraint("vacancy_id", "profile_id"),
        sa.UniqueConstraint("vacancy_id", "pseudonym", name="uq_candidate_vacancy_id_pseudonym"),
    )


class CandidateNote(Model):
    """What a member of the employer wrote about a candidate, for the colleagues alone. A removed
    one can be restored for some days, then it is deleted."""

    __tablename__ = "candidate_note"
    __personal__ = Personal(
        "id candidate_id author_id text created_at removed_at",
        Owner("candidate_id.profile_id.user_id", delete=True),
        Owner("author_id", download="text created_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    candidate_id: Mapped[int] = mapped_column(
        sa.ForeignKey("candidate.id", ondelete="CASCADE"), index=True
    )
    author_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id", ondelete="SET NULL"))
    text: Mapped[str] = mapped_column(sa.Text)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    removed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    author: Mapped[User | None] = relationship(User)


class CandidateTag(Model):
    """A word by which colleagues find candidates again; in lower case, once a candidate."""

    __tablename__ = "candidate_tag"
    __personal__ = Personal(
        "id candidate_id author_id name created_at",
        Owner("candidate_id.profile_id.user_id", delete=True),
        Owner("author_id", download="name created_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    candidate_id: Mapped[int] = mapped_column(sa.ForeignKey("candidate.id", ondelete="CASCADE"))
    author_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id", ondelete="SET NULL"))
    name: Mapped[str] = mapped_column(sa.String(40))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)

    __table_args__ = (sa.UniqueConstraint("candidate_id", "name"),)


class ProfileOpening(Model):
    """An employer opened the whole profile, as the student reads it: one row a day and sight.
    `times` counts what lies further apart than a page that is loaded again."""

    __tablename__ = "profile_opening"
    __personal__ = Personal(
        "id candidate_id day sight times last_at",
        Owner("candidate_id.profile_id.user_id", delete=True),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    candidate_id: Mapped[int] = mapped_column(sa.ForeignKey("candidate.id", ondelete="CASCADE"))
    # of the university's calendar
    day: Mapped[date] = mapped_column(index=True)
    sight: Mapped[Sight] = mapped_column(enum_column(Sight))
    times: Mapped[int] = mapped_column(default=1)
    last_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)

    candidate: Mapped[Candidate] = relationship(Candidate)

    __table_args__ = (sa.UniqueConstraint("candidate_id", "day", "sight"),)


class BestMatch(Model):
    """A student who was last night among the best candidates of an open vacancy, with a score that
    is worth a look. `nightly` keeps the rows; `found_at` is the first night of a row without a
    gap. Whether it still holds is asked of the index whenever it is shown."""

    __tablename__ = "best_match"
    __personal__ = Personal(
        "vacancy_id profile_id score found_at employer_saw_at student_saw_at",
        Owner("profile_id.user_id", delete=True),
    )

    vacancy_id: Mapped[int] = mapped_column(
        sa.ForeignKey("vacancy.id", ondelete="CASCADE"), primary_key=True
    )
    profile_id: Mapped[int] = mapped_column(
        sa.ForeignKey("profile.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    # of 100
    score: Mapped[int]
    found_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    # when the list that it stands in was first opened since
    employer_saw_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    student_saw_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
