"""What people are told about the skills that they proposed."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from bridge.accounts.models import User
from bridge.cases.models import Case, CaseKind
from bridge.extensions import db
from bridge.notices.kinds import Told, register
from bridge.notices.models import Group
from bridge.skills.models import Skill

APPROVED, MERGED, REJECTED = "skills/approved", "skills/merged", "skills/rejected"


def init_app() -> None:
    register(Group.PROFILE, tell, APPROVED, MERGED, REJECTED)


def tell(skill_ids: Collection[int], _reader: User) -> Mapping[int, Told]:
    """Whoever proposed a skill knows it; the vocabulary is public."""
    skills = db.session.scalars(
        sa.select(Skill).where(Skill.id.in_(skill_ids)).options(joinedload(Skill.merged_into))
    )
    decisions = _decisions(skill_ids)
    return {skill.id: Told(_facts(skill, decisions.get(skill.id))) for skill in skills}


def _facts(skill: Skill, decision: Case | None) -> dict[str, object]:
    return {
        "skill": skill.merged_into or skill,
        "proposed": skill.name_ru,
        "reason_code": decision.reason_code if decision else "",
        "note": decision.note if decision else "",
    }


def _decisions(skill_ids: Collection[int]) -> dict[int, Case]:
    """The last case of each."""
    cases = sa.select(Case).where(Case.kind == CaseKind.SKILL, Case.subject_id.in_(skill_ids))
    return {case.subject_id: case for case in db.session.scalars(cases.order_by(Case.id))}
