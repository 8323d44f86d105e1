"""Selects over the vocabulary."""

from __future__ import annotations

from collections.abc import Collection

import sqlalchemy as sa

from bridge.extensions import db
from bridge.skills.models import PROPOSAL_MARK, Skill, TermState, UnknownTerm


def by_slugs(slugs: Collection[str]) -> dict[str, Skill]:
    """The skills of these slugs, in one query; unknown slugs are left out."""
    found = db.session.scalars(sa.select(Skill).where(Skill.slug.in_(slugs)))
    return {skill.slug: skill for skill in found}


def proposed_keys(keys: Collection[str]) -> set[str]:
    """Those of `keys` (normalised names) that somebody has proposed already, however decided."""
    if not keys:
        return set()
    slugs = [PROPOSAL_MARK + key for key in keys]
    found = db.session.scalars(sa.select(Skill.slug).where(Skill.slug.in_(slugs)))
    return {slug.removeprefix(PROPOSAL_MARK) for slug in found}


def unknown_terms(least: int) -> sa.Select[UnknownTerm]:
    """What waits for a decision and was met at least so often, the most frequent first."""
    times = UnknownTerm.searches + UnknownTerm.vacancies
    return (
        sa.select(UnknownTerm)
        .where(UnknownTerm.state == TermState.OPEN, times >= least)
        .order_by(times.desc(), UnknownTerm.id)
    )
