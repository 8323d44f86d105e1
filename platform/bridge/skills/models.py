"""The common vocabulary of skills, as the database knows it."""

from __future__ import annotations

import enum
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from bridge.database import Model, UtcDateTime, enum_column, utc_now


class SkillState(enum.StrEnum):
    APPROVED = "approved"
    PROPOSED = "proposed"
    REJECTED = "rejected"


class Skill(Model):
    """An entry of the vocabulary. Those of `matching/vocabulary` are copied here by
    `sync-vocabulary`; people propose further ones, which employers do not see until approved.
    `key` is `matching.normalise(name)` of the proposed name, or the slug's."""

    __tablename__ = "skill"

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
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012

    def name(self, locale: str) -> str:
        return self.name_ru if locale == "ru" else self.name_en
