"""Selects of blocks."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, contains_eager

from bridge.blocks.models import EmployerBlock
from bridge.employers.models import Employer, EmployerState
from bridge.extensions import db
from bridge.students.models import Profile


def hidden_profiles(employer_id: int) -> frozenset[int]:
    """The profiles that the employer must not see."""
    return frozenset(
        db.session.scalars(
            sa.select(EmployerBlock.profile_id).where(EmployerBlock.employer_id == employer_id)
        )
    )


def hidden_by_employer(
    session: Session, employer_ids: Collection[int]
) -> Mapping[int, frozenset[int]]:
    """The same for several employers, in one select; those that nobody blocks are left out."""
    rows = session.execute(
        sa.select(EmployerBlock.employer_id, EmployerBlock.profile_id).where(
            EmployerBlock.employer_id.in_(employer_ids)
        )
    )
    hidden: dict[int, set[int]] = {}
    for employer_id, profile_id in rows:
        hidden.setdefault(employer_id, set()).add(profile_id)
    return {employer_id: frozenset(profiles) for employer_id, profiles in hidden.items()}


def is_blocked(profile_id: int, employer_id: int) -> bool:
    found = sa.exists().where(
        EmployerBlock.profile_id == profile_id, EmployerBlock.employer_id == employer_id
    )
    return bool(db.session.scalar(sa.select(found)))


def blocks_of(profile: Profile) -> sa.Select[Any]:
    """The student's own, by the employer's name."""
    return (
        sa.select(EmployerBlock)
        .join(EmployerBlock.employer)
        .where(EmployerBlock.profile_id == profile.id)
        .options(contains_eager(EmployerBlock.employer))
        .order_by(Employer.name, Employer.id)
    )


def blocked_employers(profile: Profile) -> frozenset[int]:
    """The numbers of the employers that the student has blocked."""
    return frozenset(
        db.session.scalars(
            sa.select(EmployerBlock.employer_id).where(EmployerBlock.profile_id == profile.id)
        )
    )


def known_employer(employer_id: int) -> Employer | None:
    """One that students can come across: the university has approved it, now or before."""
    states = (EmployerState.APPROVED, EmployerState.SUSPENDED)
    return db.session.scalar(
        sa.select(Employer).where(Employer.id == employer_id, Employer.state.in_(states))
    )
