"""Selects over the vocabulary."""

from __future__ import annotations

from collections.abc import Collection

import sqlalchemy as sa

from bridge.extensions import db
from bridge.skills.models import Skill


def by_slugs(slugs: Collection[str]) -> dict[str, Skill]:
    """The skills of these slugs, in one query; unknown slugs are left out."""
    found = db.session.scalars(sa.select(Skill).where(Skill.slug.in_(slugs)))
    return {skill.slug: skill for skill in found}
