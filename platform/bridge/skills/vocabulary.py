"""The vocabulary as this process reads it: the shipped concepts and the approved proposals."""

from __future__ import annotations

from functools import cache

import sqlalchemy as sa
from flask import current_app

from bridge.extensions import db
from bridge.skills.models import Skill, SkillState
from matching import Concept, Vocabulary

_KEY = "bridge.vocabulary"


@cache
def shipped_vocabulary() -> Vocabulary:
    """The concepts of `matching/vocabulary`, read once a process."""
    return Vocabulary.load()


def vocabulary() -> Vocabulary:
    """Shipped concepts joined with the approved skills that only the database knows.

    Kept by the application; one short query tells whether an approval made it old.
    """
    approved = sa.select(sa.func.count(), sa.func.max(Skill.id), sa.func.sum(Skill.version)).where(
        Skill.state == SkillState.APPROVED
    )
    fingerprint = tuple(db.session.execute(approved).one())
    kept: tuple[tuple[int, ...], Vocabulary] | None = current_app.extensions.get(_KEY)
    if kept is None or kept[0] != fingerprint:
        kept = (fingerprint, _joined())
        current_app.extensions[_KEY] = kept
    return kept[1]


def _joined() -> Vocabulary:
    shipped = shipped_vocabulary()
    rows = db.session.execute(
        sa.select(Skill.slug, Skill.name_en, Skill.name_ru)
        .where(Skill.state == SkillState.APPROVED)
        .order_by(Skill.id)
    )
    own = [Concept(slug, en, ru) for slug, en, ru in rows if slug not in shipped.concepts]
    if not own:
        return shipped
    return Vocabulary([*shipped.concepts.values(), *own], shipped.glossary)
