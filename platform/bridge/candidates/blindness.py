"""Whether the eligible students are so few, or so different, that a pseudonym hides nobody."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from bridge.candidates.ranking import Ranking
from bridge.extensions import db
from bridge.students.models import Profile

# Of fewer, everybody at the university knows who is meant.
FEW = 5
# Larger groups are not looked through one by one.
LOOKED_THROUGH = 200


@dataclass(frozen=True, slots=True)
class Blindness:
    """`total` eligible students, `unique` of whom are the only ones of their direction and year;
    `unique` is 0 where the group is too large to be looked through."""

    total: int
    unique: int

    @property
    def is_small(self) -> bool:
        return 0 < self.total < FEW


def blindness(ranking: Ranking) -> Blindness:
    """Of the vacancy's eligible students, whatever the filters of a page; one query where they
    are few enough."""
    total = ranking.index.count(ranking.eligibility)
    if not 0 < total <= LOOKED_THROUGH:
        return Blindness(total, 0)
    found = ranking.index.search(ranking.query, ranking.eligibility, limit=total)
    alone = (
        sa.select(sa.literal(1))
        .where(Profile.id.in_([int(hit.id) for hit in found.hits]))
        .group_by(Profile.direction_id, Profile.year_of_study)
        .having(sa.func.count() == 1)
        .subquery()
    )
    return Blindness(total, db.session.scalar(sa.select(sa.func.count()).select_from(alone)) or 0)
