"""The common vocabulary of skills, as the database knows it."""

from __future__ import annotations

import enum
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bridge.database import Model, UtcDateTime, enum_column, utc_now
from bridge.personal import Owner, Personal


class SkillState(enum.StrEnum):
    APPROVED = "approved"
    PROPOSED = "proposed"
    REJECTED = "rejected"
    MERGED = "merged"


PROPOSAL_MARK = "~"


class Skill(Model):
    """An entry of the vocabulary. Those of `matching/vocabulary` are copied here by
    `sync-vocabulary`; people propose further ones, which employers do not see until approved.
    The slug of a proposal is PROPOSAL_MARK and `matching.normalise(name)`: of two who propose the
    same at once the second finds the first's."""

    __tablename__ = "skill"
    __personal__ = Personal(
        "id state proposed_by_id merged_into_id created_at version",
        Owner("proposed_by_id", download="name_ru name_en state created_at"),
        kept=dict.fromkeys(("slug", "name_ru", "name_en"), "a word of the common vocabulary"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(sa.String(80), unique=True)
    name_ru: Mapped[str] = mapped_column(sa.String(120))
    name_en: Mapped[str] = mapped_column(sa.String(120))
    state: Mapped[SkillState] = mapped_column(
        enum_column(SkillState), default=SkillState.APPROVED, index=True
    )
    proposed_by_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("user.id", ondelete="SET NULL")
    )
    # the skill that a proposal turned out to be
    merged_into_id: Mapped[int | None] = mapped_column(sa.ForeignKey("skill.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    version: Mapped[int] = mapped_column(default=1)

    merged_into: Mapped[Skill | None] = relationship("Skill", remote_side="Skill.id")

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012

    def name(self, locale: str) -> str:
        return self.name_ru if locale == "ru" else self.name_en


class TermState(enum.StrEnum):
    OPEN = "open"
    TAKEN = "taken"  # proposed to the vocabulary, see the skill of its key
    DISMISSED = "dismissed"


class UnknownTerm(Model):
    """What employers search profiles for or write in vacancies and the vocabulary does not know.
    Who it was is not kept, only how often."""

    __tablename__ = "unknown_term"
    __personal__ = Personal(
        "id state searches vacancies first_at last_at version",
        kept={"key": "what an employer looked for", "name": "what an employer looked for"},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    # matching.normalise(name)
    key: Mapped[str] = mapped_column(sa.String(80), unique=True)
    # as written first
    name: Mapped[str] = mapped_column(sa.String(80))
    state: Mapped[TermState] = mapped_column(
        enum_column(TermState), default=TermState.OPEN, index=True
    )
    searches: Mapped[int] = mapped_column(default=0)
    vacancies: Mapped[int] = mapped_column(default=0)
    first_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    last_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class Course(Model):
    """What the university teaches: students read it beside the skills that they lack. place: the
    department, the semester, how to enrol."""

    __tablename__ = "course"
    __personal__ = Personal(
        "id name_ru name_en place_ru place_en url created_at removed_at version"
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name_ru: Mapped[str] = mapped_column(sa.String(160))
    name_en: Mapped[str] = mapped_column(sa.String(160))
    place_ru: Mapped[str] = mapped_column(sa.String(160), default="")
    place_en: Mapped[str] = mapped_column(sa.String(160), default="")
    url: Mapped[str] = mapped_column(sa.String(300), default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    # out of sight since then; it can be taken back
    removed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(default=1)

    skills: Mapped[list[Skill]] = relationship(secondary="course_skill", order_by=Skill.id)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012

    def name(self, locale: str) -> str:
        return self.name_ru if locale == "ru" else self.name_en

    def place(self, locale: str) -> str:
        return self.place_ru if locale == "ru" else self.place_en


class CourseSkill(Model):
    """That a course teaches a skill."""

    __tablename__ = "course_skill"
    __personal__ = Personal("course_id skill_id")

    course_id: Mapped[int] = mapped_column(
        sa.ForeignKey("course.id", ondelete="CASCADE"), primary_key=True
    )
    skill_id: Mapped[int] = mapped_column(sa.ForeignKey("skill.id"), primary_key=True, index=True)
