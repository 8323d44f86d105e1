"""Selects of candidates."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from bridge.accounts.models import User
from bridge.candidates.models import ALPHABET, Candidate, Mark
from bridge.extensions import db
from bridge.students.models import Direction, Profile
from bridge.students.queries import LISTED_PARTS, PROFILE_PARTS, indexable
from bridge.vacancies.models import Vacancy
from bridge.vacancies.queries import WHOLE, own_vacancies

# A city that fewer students name is not offered as a choice: it would point at somebody.
CITY_LEAST = 3


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
    """The profiles that the employer starred or found unfit for the vacancy."""
    rows = db.session.execute(
        sa.select(Candidate.mark, Candidate.profile_id)
        .where(Candidate.vacancy_id == vacancy.id, Candidate.mark != Mark.NONE)
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


def orders(column: str) -> dict[int, int]:
    """A number of each profile that employers may see, to order by: its `column`."""
    value = getattr(Profile, column)
    rows = db.session.execute(
        sa.select(Profile.id, value).where(Profile.published_at.is_not(None), value.is_not(None))
    )
    return dict(rows.all())


def studied_directions() -> list[Direction]:
    """The directions of study of published profiles."""
    published = sa.select(Profile.direction_id).where(Profile.published_at.is_not(None))
    return list(
        db.session.scalars(
            sa.select(Direction).where(Direction.id.in_(published)).order_by(Direction.code)
        )
    )


def frequent_cities() -> list[str]:
    return list(
        db.session.scalars(
            sa.select(Profile.city)
            .where(Profile.published_at.is_not(None), Profile.city != "")
            .group_by(Profile.city)
            .having(sa.func.count() >= CITY_LEAST)
            .order_by(Profile.city)
        )
    )


def openings_of(profile: Profile) -> sa.Select[Any]:
    """Who opened the profile, the latest first: candidates with vacancy and employer."""
    return (
        sa.select(Candidate)
        .where(Candidate.profile_id == profile.id, Candidate.opened_at.is_not(None))
        .options(joinedload(Candidate.vacancy).joinedload(Vacancy.employer))
        .order_by(Candidate.opened_at.desc(), Candidate.id.desc())
    )
