"""Whether employers choose some groups of students less often than others.

Groups are those of the studies alone; the platform asks for neither sex nor age nor nationality.
The measure is the four-fifths rule (Uniform Guidelines on Employee Selection Procedures, 1978): a
group that is chosen at less than 4/5 of the rate of the most chosen group is worth a look. It says
where to look, not why it is so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bridge.candidates.models import Candidate, Mark
from bridge.contacts.models import ContactRequest
from bridge.extensions import db
from bridge.students.models import Degree, Direction, Profile, StudyForm

FOUR_FIFTHS = 0.8


@dataclass(frozen=True, slots=True)
class Group:
    """One group: the students shown, and the candidates (a student for a vacancy) by step."""

    key: Direction | StudyForm | Degree | int
    students: int
    shown: int
    starred: int
    requested: int
    accepted: int

    @property
    def rate(self) -> float:
        """Share of the shown candidates that an employer asked to meet."""
        return self.requested / self.shown


@dataclass(frozen=True, slots=True)
class Rates:
    """Large groups, the most chosen first; small: how many groups are too small to be shown."""

    groups: tuple[Group, ...]
    small: int

    def ratio(self, group: Group) -> float | None:
        """The group's rate against the highest one; None where nobody was chosen at all."""
        highest = max(one.rate for one in self.groups)
        return group.rate / highest if highest else None


def by_direction(since: datetime | None, least: int) -> Rates:
    """Selection by programme; groups of fewer than `least` students are left out."""
    rates = _rates(Profile.direction_id, since)
    ids = [row.key for row in rates]
    found = db.session.scalars(sa.select(Direction).where(Direction.id.in_(ids)))
    return _large(rates, {direction.id: direction for direction in found}, least)


def by_value(column: Any, since: datetime | None, least: int) -> Rates:
    """Selection by what a column of the profile says, like `by_direction`."""
    rates = _rates(column, since)
    return _large(rates, {row.key: row.key for row in rates}, least)


def _rates(group: Any, since: datetime | None) -> Sequence[sa.Row[Any]]:
    steps = {
        "starred": Candidate.mark == Mark.STAR,
        "requested": ContactRequest.id.is_not(None),
        "accepted": ContactRequest.accepted_at.is_not(None),
    }
    counts = [
        sa.func.count(sa.distinct(sa.case((step, Candidate.id)))).label(name)
        for name, step in steps.items()
    ]
    select = (
        sa.select(
            group.label("key"),
            sa.func.count(sa.distinct(Candidate.profile_id)).label("students"),
            sa.func.count(sa.distinct(Candidate.id)).label("shown"),
            *counts,
        )
        .select_from(Candidate)
        .join(Profile, Profile.id == Candidate.profile_id)
        .outerjoin(ContactRequest, ContactRequest.candidate_id == Candidate.id)
        .where(group.is_not(None))
        .group_by(group)
    )
    if since is not None:
        select = select.where(Candidate.created_at >= since)
    return db.session.execute(select).all()


def _large(rows: Sequence[sa.Row[Any]], keys: dict[Any, Any], least: int) -> Rates:
    groups = [
        Group(keys[row.key], row.students, row.shown, row.starred, row.requested, row.accepted)
        for row in rows
        if row.students >= least
    ]
    groups.sort(key=lambda group: (-group.rate, -group.students))
    return Rates(tuple(groups), len(rows) - len(groups))
