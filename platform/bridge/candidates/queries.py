"""Selects of candidates."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Collection, Mapping
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from flask import current_app
from sqlalchemy.orm import joinedload

from bridge.accounts.models import User
from bridge.blocks.models import EmployerBlock
from bridge.candidates.models import ALPHABET, Candidate, Mark, ProfileOpening
from bridge.database import local_today
from bridge.extensions import db
from bridge.students.models import Direction, Profile
from bridge.students.queries import LISTED_PARTS, PROFILE_PARTS, findable, indexable
from bridge.vacancies.models import Vacancy
from bridge.vacancies.queries import WHOLE, own_vacancies

# A city that fewer students name is not offered as a choice: it would point at somebody.
CITY_LEAST = 3
CITIES_SECONDS = 60.0
_CITIES = "bridge-cities"


def own_vacancy(viewer: User, vacancy_id: int) -> Vacancy | None:
    """A vacancy of the member's employer, with its parts."""
    return db.session.scalar(own_vacancies(viewer).where(Vacancy.id == vacancy_id).options(*WHOLE))


def candidate_of(vacancy: Vacancy, pseudonym: str) -> Candidate | None:
    """The candidate of this vacancy, with the parts of the profile."""
    if not _is_pseudonym(pseudonym):
        return None
    parts = (joinedload(Candidate.profile).options(part) for part in PROFILE_PARTS)
    return db.session.scalar(
        sa.select(Candidate)
        .where(Candidate.vacancy_id == vacancy.id, Candidate.pseudonym == pseudonym)
        .options(*parts)
    )


def candidates_of(vacancy: Vacancy, pseudonyms: Collection[str]) -> list[Candidate]:
    """Those of `pseudonyms` that exist, in no order; their profiles are not loaded."""
    possible = [pseudonym for pseudonym in pseudonyms if _is_pseudonym(pseudonym)]
    return list(
        db.session.scalars(
            sa.select(Candidate).where(
                Candidate.vacancy_id == vacancy.id, Candidate.pseudonym.in_(possible)
            )
        )
    )


def _is_pseudonym(text: str) -> bool:
    """Addresses hold anything, also characters that no database takes."""
    return set(text) <= set(ALPHABET)


def known_candidates(vacancy_id: int, profile_ids: Collection[int]) -> dict[int, Candidate]:
    """The candidates that these profiles already are for the vacancy, by the profile's number."""
    found = db.session.scalars(
        sa.select(Candidate).where(
            Candidate.vacancy_id == vacancy_id, Candidate.profile_id.in_(profile_ids)
        )
    )
    return {candidate.profile_id: candidate for candidate in found}


def marked_profiles(vacancy: Vacancy) -> dict[Mark, tuple[int, ...]]:
    """The profiles that the employer starred or found unfit for the vacancy and still may see."""
    rows = db.session.execute(
        sa.select(Candidate.mark, Candidate.profile_id)
        .join(Candidate.profile)
        .where(
            Candidate.vacancy_id == vacancy.id,
            Candidate.mark != Mark.NONE,
            _seen_by(vacancy.employer_id),
        )
        .order_by(Candidate.id)
    ).all()
    return {
        mark: tuple(id_ for own, id_ in rows if own is mark) for mark in (Mark.STAR, Mark.UNFIT)
    }


def profiles_of_list(profile_ids: Collection[int]) -> dict[int, Profile]:
    """Those of `profile_ids` that employers may see now, but for their entries, which no list
    shows."""
    found = db.session.scalars(indexable(LISTED_PARTS).where(Profile.id.in_(profile_ids)))
    return {profile.id: profile for profile in found}


def studied_directions(employer_id: int) -> list[Direction]:
    """The directions of study of the profiles that the employer may see. Asked direction by
    direction: the first such profile of each is enough. PostgreSQL would turn an EXISTS into a join
    over all profiles; it leaves a LIMIT alone."""
    first = (
        sa.select(Profile.id)
        .where(Profile.direction_id == Direction.id, _seen_by(employer_id))
        .limit(1)
        .scalar_subquery()
    )
    studied = first.is_not(None)
    return list(db.session.scalars(sa.select(Direction).where(studied).order_by(Direction.code)))


def _seen_by(employer_id: int) -> sa.ColumnElement[bool]:
    """What an employer may choose from must not tell of students that it does not see."""
    blocked = sa.select(EmployerBlock.profile_id).where(EmployerBlock.employer_id == employer_id)
    return sa.and_(findable(), Profile.id.not_in(blocked))


def frequent_cities(hidden: Collection[int]) -> list[str]:
    """The cities that are offered to an employer from whom so many profiles are hidden."""
    counts = Counter(_city_counts())
    if hidden:
        theirs = sa.select(Profile.city).where(findable(), Profile.id.in_(hidden))
        counts.subtract(db.session.scalars(theirs))
    return sorted(city for city, count in counts.items() if count >= CITY_LEAST)


def _city_counts() -> Mapping[str, int]:
    """How many profiles that employers may find name each city, as of a minute ago: to count reads
    every profile, and these are suggestions."""
    until, counts = current_app.extensions.get(_CITIES, (0.0, {}))
    if time.monotonic() >= until:
        rows = db.session.execute(
            sa.select(Profile.city, sa.func.count())
            .where(findable(), Profile.city != "")
            .group_by(Profile.city)
            .having(sa.func.count() >= CITY_LEAST)
        )
        counts = dict(rows.all())
        current_app.extensions[_CITIES] = (time.monotonic() + CITIES_SECONDS, counts)
    found: Mapping[str, int] = counts
    return found


def openings_of(profile: Profile) -> sa.Select[Any]:
    """Who opened the profile, the latest day first: with candidate, vacancy and employer."""
    whole = joinedload(ProfileOpening.candidate).joinedload(Candidate.vacancy)
    return (
        sa.select(ProfileOpening)
        .join(Candidate, Candidate.id == ProfileOpening.candidate_id)
        .where(Candidate.profile_id == profile.id)
        .options(whole.joinedload(Vacancy.employer))
        .order_by(
            ProfileOpening.day.desc(), ProfileOpening.last_at.desc(), ProfileOpening.id.desc()
        )
    )


def openings_this_week(profile: Profile) -> dict[int, int]:
    """How often each employer, by its number, opened the profile in the last seven days."""
    rows = db.session.execute(
        sa.select(Vacancy.employer_id, sa.func.sum(ProfileOpening.times))
        .join(Candidate, Candidate.id == ProfileOpening.candidate_id)
        .join(Vacancy, Vacancy.id == Candidate.vacancy_id)
        .where(
            Candidate.profile_id == profile.id,
            ProfileOpening.day > local_today() - timedelta(days=7),
        )
        .group_by(Vacancy.employer_id)
    )
    return dict(rows.all())
