"""What a student says of themself."""

from __future__ import annotations

import enum
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bridge.accounts.models import User
from bridge.database import Model, UtcDateTime, enum_column, utc_now
from bridge.personal import Owner, Personal
from bridge.skills.models import Skill, SkillState


class Degree(enum.StrEnum):
    """Level of education, lowest first."""

    COLLEGE = "college"
    BACHELOR = "bachelor"
    SPECIALIST = "specialist"
    MASTER = "master"
    POSTGRADUATE = "postgraduate"


class StudyForm(enum.StrEnum):
    FULL_TIME = "full-time"
    PART_TIME = "part-time"
    EXTRAMURAL = "extramural"


class Readiness(enum.StrEnum):
    """What kinds of vacancy the student is ready for; the values are those of VacancyKind."""

    JOB = "job"
    INTERNSHIP = "internship"
    PRACTICE = "practice"
    TARGETED = "targeted"
    PROJECT = "project"


class LanguageLevel(enum.StrEnum):
    A1 = "A1"
    A2 = "A2"
    B1 = "B1"
    B2 = "B2"
    C1 = "C1"
    C2 = "C2"
    NATIVE = "native"

    @property
    def rank(self) -> int:
        """1 for A1 … 7 for native."""
        return list(LanguageLevel).index(self) + 1


class Evidence(enum.StrEnum):
    """How a skill is known, weakest first."""

    STATED = "stated"
    COURSE = "course"
    MENTOR = "mentor"
    ASSESSED = "assessed"


class EntryKind(enum.StrEnum):
    COURSE = "course"
    PROJECT = "project"
    THESIS = "thesis"
    EXPERIENCE = "experience"
    LINK = "link"


class Direction(Model):
    """A direction of study (направление подготовки), with the code of the state list."""

    __tablename__ = "direction"
    __personal__ = Personal("id code name_ru name_en")

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(sa.String(12), unique=True)
    name_ru: Mapped[str] = mapped_column(sa.String(160))
    name_en: Mapped[str] = mapped_column(sa.String(160))

    def name(self, locale: str) -> str:
        return self.name_ru if locale == "ru" else self.name_en


class Profile(Model):
    """One a student. Employers see nothing of it unless `published_at` is set, and no name or
    contact before the student accepts a contact request."""

    __tablename__ = "profile"
    __personal__ = Personal(
        "id user_id updated_at version",
        Owner(
            "user_id",
            clear="student_number direction_id degree study_form year_of_study graduates_on city "
            "remote_ready relocation_ready hours_per_week ready_for summary wishes phone messenger "
            "shows_name published_at confirmed_at freshness_asked_at stale_at",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"), unique=True)
    # the university's own number (зачётная книжка): the key of the roster import
    student_number: Mapped[str | None] = mapped_column(sa.String(32), unique=True)
    direction_id: Mapped[int | None] = mapped_column(sa.ForeignKey("direction.id"), index=True)
    degree: Mapped[Degree | None] = mapped_column(enum_column(Degree))
    study_form: Mapped[StudyForm | None] = mapped_column(enum_column(StudyForm))
    year_of_study: Mapped[int | None]
    # the month of graduation, as its first day
    graduates_on: Mapped[date | None]
    city: Mapped[str] = mapped_column(sa.String(80), default="")
    remote_ready: Mapped[bool] = mapped_column(default=False)
    relocation_ready: Mapped[bool] = mapped_column(default=False)
    hours_per_week: Mapped[int | None]
    ready_for: Mapped[list[str]] = mapped_column(sa.JSON, default=list)
    summary: Mapped[str] = mapped_column(sa.Text, default="")
    wishes: Mapped[str] = mapped_column(sa.Text, default="")
    phone: Mapped[str] = mapped_column(sa.String(32), default="")
    messenger: Mapped[str] = mapped_column(sa.String(80), default="")
    # in vacancies that the university has opened employers see the name
    shows_name: Mapped[bool] = mapped_column(default=False)
    published_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    # the student said that it is right: published, edited or confirmed it
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # a letter asks whether it still is; None: nobody was asked since
    freshness_asked_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    # nobody answered: out of the search until the student does
    stale_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    version: Mapped[int] = mapped_column(default=1)

    user: Mapped[User] = relationship(User, back_populates="profile")
    direction: Mapped[Direction | None] = relationship(Direction)
    skills: Mapped[list[ProfileSkill]] = relationship(
        back_populates="profile", cascade="all, delete-orphan", order_by="ProfileSkill.id"
    )
    languages: Mapped[list[ProfileLanguage]] = relationship(
        back_populates="profile", cascade="all, delete-orphan", order_by="ProfileLanguage.id"
    )
    entries: Mapped[list[ProfileEntry]] = relationship(
        back_populates="profile",
        cascade="all, delete-orphan",
        primaryjoin=(
            "and_(Profile.id == ProfileEntry.profile_id, ProfileEntry.deleted_at.is_(None))"
        ),
        order_by="[ProfileEntry.kind, ProfileEntry.position, ProfileEntry.id]",
    )

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012

    @property
    def is_published(self) -> bool:
        return self.published_at is not None

    @property
    def is_findable(self) -> bool:
        """Employers may find it, as `queries.findable` says."""
        return self.is_published and self.stale_at is None and self.user.is_active

    @property
    def listed_skills(self) -> list[ProfileSkill]:
        """The skills but for those that the university did not accept into the vocabulary."""
        return [held for held in self.skills if held.skill.state is not SkillState.REJECTED]

    def entries_of(self, kind: EntryKind) -> list[ProfileEntry]:
        return [entry for entry in self.entries if entry.kind is kind]


class ProfileSkill(Model):
    __tablename__ = "profile_skill"
    __personal__ = Personal(
        "id profile_id skill_id evidence", Owner("profile_id.user_id", delete=True)
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    profile_id: Mapped[int] = mapped_column(sa.ForeignKey("profile.id", ondelete="CASCADE"))
    skill_id: Mapped[int] = mapped_column(sa.ForeignKey("skill.id"), index=True)
    evidence: Mapped[Evidence] = mapped_column(enum_column(Evidence), default=Evidence.STATED)

    profile: Mapped[Profile] = relationship(back_populates="skills")
    skill: Mapped[Skill] = relationship(Skill)

    __table_args__ = (sa.UniqueConstraint("profile_id", "skill_id"),)


class EvidenceWeights(Model):
    """One row: what each kind of evidence counts for, in hundredths of an assessed skill."""

    __tablename__ = "evidence_weights"
    __personal__ = Personal("id stated course mentor version")

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    stated: Mapped[int]
    course: Mapped[int]
    mentor: Mapped[int]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class ProfileLanguage(Model):
    """`language` is an ISO 639-1 code."""

    __tablename__ = "profile_language"
    __personal__ = Personal(
        "id profile_id language level", Owner("profile_id.user_id", delete=True)
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    profile_id: Mapped[int] = mapped_column(sa.ForeignKey("profile.id", ondelete="CASCADE"))
    language: Mapped[str] = mapped_column(sa.String(2))
    level: Mapped[LanguageLevel] = mapped_column(enum_column(LanguageLevel))

    profile: Mapped[Profile] = relationship(back_populates="languages")

    __table_args__ = (sa.UniqueConstraint("profile_id", "language"),)


class ProfileEntry(Model):
    """A course, project, thesis, place of experience or link: the same columns serve all.
    `deleted_at`: out of every sight, and kept only until the next deletion, to be taken back."""

    __tablename__ = "profile_entry"
    __personal__ = Personal(
        "id profile_id kind position title organisation started_on ended_on text url deleted_at",
        Owner("profile_id.user_id", delete=True),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    profile_id: Mapped[int] = mapped_column(
        sa.ForeignKey("profile.id", ondelete="CASCADE"), index=True
    )
    kind: Mapped[EntryKind] = mapped_column(enum_column(EntryKind))
    position: Mapped[int] = mapped_column(default=0)
    title: Mapped[str] = mapped_column(sa.String(160))
    organisation: Mapped[str] = mapped_column(sa.String(160), default="")
    started_on: Mapped[date | None]
    ended_on: Mapped[date | None]
    text: Mapped[str] = mapped_column(sa.Text, default="")
    url: Mapped[str] = mapped_column(sa.String(300), default="")
    deleted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    profile: Mapped[Profile] = relationship(
        back_populates="entries", primaryjoin="Profile.id == ProfileEntry.profile_id"
    )
