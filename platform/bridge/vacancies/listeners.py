"""What a decision on a proposed skill changes in vacancies."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from bridge import events
from bridge.accounts.models import User
from bridge.extensions import db
from bridge.skills.models import Skill, SkillState
from bridge.vacancies.models import SkillNeed, Vacancy, VacancySkill


def connect() -> None:
    events.skill_decided.connect(follow_decision)


def follow_decision(skill: Skill, *, actor: User | None) -> None:
    """Ask for what the proposal was merged into instead of it, and for a rejected one no more."""
    if skill.state is SkillState.APPROVED:
        return
    asking = (
        sa.select(VacancySkill)
        .where(VacancySkill.skill_id == skill.id)
        .options(selectinload(VacancySkill.vacancy).selectinload(Vacancy.skills))
    )
    for asked in db.session.scalars(asking).all():
        others = {other.skill_id: other for other in asked.vacancy.skills}
        same = others.get(skill.merged_into_id or 0)
        if skill.merged_into is not None and same is None:
            asked.skill = skill.merged_into
            continue
        if same is not None and asked.need is SkillNeed.MUST:
            same.need = SkillNeed.MUST
        asked.vacancy.skills.remove(asked)
    db.session.flush()
