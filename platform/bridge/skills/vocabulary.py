"""The vocabulary as this process reads it: the shipped concepts and the approved proposals."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import sqlalchemy as sa
from flask import current_app
from sqlalchemy.orm import Session, aliased

from bridge.extensions import db
from bridge.skills.models import Skill, SkillState
from matching import Concept, Vocabulary

_KEY = "bridge.vocabulary"


@cache
def shipped_vocabulary() -> Vocabulary:
    """The concepts of `matching/vocabulary`, read once a process."""
    return Vocabulary.load()


def vocabulary(session: Session | None = None) -> Vocabulary:
    """Shipped concepts joined with what only the database knows: the skills that staff approved,
    and the names that they merged into others.

    Kept by the application; one short query tells whether an approval made it old. session: who
    asks; the request's own by default, which may see less than the newest commits.
    """
    session = session or db.session
    decided = sa.select(sa.func.count(), sa.func.max(Skill.id), sa.func.sum(Skill.version)).where(
        Skill.state.in_((SkillState.APPROVED, SkillState.MERGED))
    )
    fingerprint = tuple(session.execute(decided).one())
    kept: tuple[tuple[int, ...], Vocabulary] | None = current_app.extensions.get(_KEY)
    if kept is None or kept[0] != fingerprint:
        kept = (fingerprint, _joined(session))
        current_app.extensions[_KEY] = kept
    return kept[1]


def _joined(session: Session) -> Vocabulary:
    shipped = shipped_vocabulary()
    rows = session.execute(
        sa.select(Skill.slug, Skill.name_en, Skill.name_ru)
        .where(Skill.state == SkillState.APPROVED)
        .order_by(Skill.id)
    )
    concepts = dict(shipped.concepts)
    concepts |= {slug: Concept(slug, en, ru) for slug, en, ru in rows if slug not in concepts}
    for slug, alias in _merged(session):
        if slug in concepts:
            known = concepts[slug]
            concepts[slug] = replace(known, aliases=(*known.aliases, alias))
    if concepts == shipped.concepts:
        return shipped
    return Vocabulary(concepts.values(), shipped.glossary)


def _merged(session: Session) -> sa.Result[str, str]:
    """The slug of a skill and a further name of it, for every proposal merged into one."""
    into = aliased(Skill)
    return session.execute(
        sa.select(into.slug, Skill.name_en)
        .join(into, Skill.merged_into_id == into.id)
        .where(Skill.state == SkillState.MERGED)
        .order_by(Skill.id)
    )
