"""Openings: what is offered, what is asked, who is eligible."""

from __future__ import annotations

import enum
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bridge.database import Model, UtcDateTime, enum_column, local_today, utc_now
from bridge.employers.models import Employer
from bridge.personal import CODE, Owner, Personal
from bridge.skills.models import Skill
from bridge.students.models import LanguageLevel


class VacancyKind(enum.StrEnum):
    JOB = "job"
    INTERNSHIP = "internship"
    PRACTICE = "practice"
    TARGETED = "targeted"
    PROJECT = "project"


class VacancyState(enum.StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    REJECTED = "rejected"
    PUBLISHED = "published"
    CLOSED = "closed"


class WorkPlace(enum.StrEnum):
    ON_SITE = "on-site"
    HYBRID = "hybrid"
    REMOTE = "remote"


class SkillNeed(enum.StrEnum):
    MUST = "must"
    NICE = "nice"


class Vacancy(Model):
    """Empty eligibility columns ask nothing. Pay is in roubles a month before tax."""

    __tablename__ = "vacancy"
    __personal__ = Personal(
        "id employer_id kind work_place pay_from pay_to deadline year_from year_to "
        "graduates_from graduates_to hours_per_week city_required state created_by_id created_at "
        "published_at closed_at paused_at blind version",
        Owner("created_by_id", download="title state created_at"),
        kept={
            **dict.fromkeys(("external_number", "title", "text", "city"), "of the enterprise"),
            "degrees": CODE,
            "reason_code": CODE,
            "note": "the university's words about the vacancy",
        },
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    employer_id: Mapped[int] = mapped_column(sa.ForeignKey("employer.id"), index=True)
    # the employer's own number: the key of a re-import
    external_number: Mapped[str | None] = mapped_column(sa.String(40))
    kind: Mapped[VacancyKind] = mapped_column(enum_column(VacancyKind))
    title: Mapped[str] = mapped_column(sa.String(160))
    text: Mapped[str] = mapped_column(sa.Text)
    city: Mapped[str] = mapped_column(sa.String(80), default="")
    work_place: Mapped[WorkPlace] = mapped_column(enum_column(WorkPlace), default=WorkPlace.ON_SITE)
    pay_from: Mapped[int | None]
    pay_to: Mapped[int | None]
    deadline: Mapped[date | None]
    # eligibility
    degrees: Mapped[list[str]] = mapped_column(sa.JSON, default=list)
    year_from: Mapped[int | None]
    year_to: Mapped[int | None]
    graduates_from: Mapped[date | None]
    graduates_to: Mapped[date | None]
    # hours a week that the work takes: the student must be ready for at least as many
    hours_per_week: Mapped[int | None]
    # only students of this city or ready to move; nobody is asked that for remote work
    city_required: Mapped[bool] = mapped_column(default=False)
    state: Mapped[VacancyState] = mapped_column(
        enum_column(VacancyState), default=VacancyState.DRAFT, index=True
    )
    reason_code: Mapped[str] = mapped_column(sa.String(32), default="")
    note: Mapped[str] = mapped_column(sa.Text, default="")
    created_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id", ondelete="SET NULL"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    published_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # too many applicants wait for an answer: it takes no new ones until they have it
    paused_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # candidates are seen under pseudonyms; the staff may open the selection for those students who
    # allow their name
    blind: Mapped[bool] = mapped_column(default=True)
    version: Mapped[int] = mapped_column(default=1)

    employer: Mapped[Employer] = relationship(Employer)
    skills: Mapped[list[VacancySkill]] = relationship(
        back_populates="vacancy", cascade="all, delete-orphan", order_by="VacancySkill.id"
    )
    languages: Mapped[list[VacancyLanguage]] = relationship(
        back_populates="vacancy", cascade="all, delete-orphan", order_by="VacancyLanguage.id"
    )

    __table_args__ = (sa.UniqueConstraint("employer_id", "external_number"),)
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012

    def skills_of(self, need: SkillNeed) -> list[Skill]:
        return [asked.skill for asked in self.skills if asked.need == need]

    @property
    def is_overdue(self) -> bool:
        """The deadline was before today; on the day itself one may still apply."""
        return self.deadline is not None and self.deadline < local_today()

    @property
    def is_open(self) -> bool:
        """Students are sought for it today."""
        published = self.state is VacancyState.PUBLISHED
        takes_new = not self.is_overdue and self.paused_at is None
        return published and self.employer.is_working and takes_new


class VacancySkill(Model):
    __tablename__ = "vacancy_skill"
    __personal__ = Personal("id vacancy_id skill_id need")

    id: Mapped[int] = mapped_column(primary_key=True)
    vacancy_id: Mapped[int] = mapped_column(sa.ForeignKey("vacancy.id", ondelete="CASCADE"))
    skill_id: Mapped[int] = mapped_column(sa.ForeignKey("skill.id"), index=True)
    need: Mapped[SkillNeed] = mapped_column(enum_column(SkillNeed))

    vacancy: Mapped[Vacancy] = relationship(back_populates="skills")
    skill: Mapped[Skill] = relationship(Skill)

    __table_args__ = (sa.UniqueConstraint("vacancy_id", "skill_id"),)


class VacancyLanguage(Model):
    """A language asked at least at this level."""

    __tablename__ = "vacancy_language"
    __personal__ = Personal("id vacancy_id language level")

    id: Mapped[int] = mapped_column(primary_key=True)
    vacancy_id: Mapped[int] = mapped_column(sa.ForeignKey("vacancy.id", ondelete="CASCADE"))
    language: Mapped[str] = mapped_column(sa.String(2))
    level: Mapped[LanguageLevel] = mapped_column(enum_column(LanguageLevel))

    vacancy: Mapped[Vacancy] = relationship(back_populates="languages")

    __table_args__ = (sa.UniqueConstraint("vacancy_id", "language"),)
