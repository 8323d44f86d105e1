"""Selects over profiles."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.sql.base import ExecutableOption

from bridge.accounts.models import User
from bridge.extensions import db
from bridge.skills.models import Skill
from bridge.students.models import Direction, Profile, ProfileEntry, ProfileSkill

# What a line of a list reads, in three queries for any number.
LISTED_PARTS = (
    joinedload(Profile.user),
    joinedload(Profile.direction),
    selectinload(Profile.skills).joinedload(ProfileSkill.skill),
    selectinload(Profile.languages),
)
# Everything that a masked profile or a document reads.
PROFILE_PARTS = (*LISTED_PARTS, selectinload(Profile.entries))


def own_profile(user: User) -> Profile | None:
    """The profile of a student, with its parts."""
    return db.session.scalar(
        sa.select(Profile).where(Profile.user_id == user.id).options(*PROFILE_PARTS)
    )


def indexable(parts: Sequence[ExecutableOption] = PROFILE_PARTS) -> sa.Select[Any]:
    """The profiles that employers may find, with their parts."""
    return sa.select(Profile).where(findable()).options(*parts).order_by(Profile.id)


def findable() -> sa.ColumnElement[bool]:
    """Employers may find the profile: it is published and fresh, its account is active."""
    return sa.and_(
        Profile.published_at.is_not(None),
        Profile.stale_at.is_(None),
        Profile.user.has(User.deactivated_at.is_(None)),
    )


def held_slugs(profile_id: int) -> list[str]:
    """The slugs of a profile's skills."""
    return list(
        db.session.scalars(
            sa.select(Skill.slug).join(ProfileSkill).where(ProfileSkill.profile_id == profile_id)
        )
    )


def directions() -> list[Direction]:
    return list(db.session.scalars(sa.select(Direction).order_by(Direction.code)))


def visible_profile(profile_id: int) -> Profile | None:
    """Any profile, for the staff, with its parts."""
    return db.session.scalar(
        sa.select(Profile).where(Profile.id == profile_id).options(*PROFILE_PARTS)
    )


def search(
    text: str = "",
    *,
    direction_id: int | None = None,
    year: int | None = None,
    published: bool | None = None,
) -> sa.Select[Any]:
    """Profiles for the staff's list, by name; `text` is part of a name, an e-mail or a number."""
    select = (
        sa.select(Profile)
        .join(Profile.user)
        .where(User.erased_at.is_(None))
        .options(joinedload(Profile.user), joinedload(Profile.direction))
        .order_by(User.name, Profile.id)
    )
    for word in text.split():
        columns = (User.name, User.email, Profile.student_number)
        select = select.where(sa.or_(*(one.icontains(word, autoescape=True) for one in columns)))
    if direction_id is not None:
        select = select.where(Profile.direction_id == direction_id)
    if year is not None:
        select = select.where(Profile.year_of_study == year)
    if published is not None:
        is_null = Profile.published_at.is_(None)
        select = select.where(sa.not_(is_null) if published else is_null)
    return select


def own_entry(user: User, entry_id: int, *, or_deleted: bool = False) -> ProfileEntry | None:
    """An entry of the student's own profile; with `or_deleted` also one that was just deleted."""
    select = (
        sa.select(ProfileEntry)
        .join(Profile, Profile.id == ProfileEntry.profile_id)
        .where(ProfileEntry.id == entry_id, Profile.user_id == user.id)
    )
    return db.session.scalar(
        select if or_deleted else select.where(ProfileEntry.deleted_at.is_(None))
    )
