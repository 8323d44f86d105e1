"""The nightly batch: the best candidates of every open vacancy, and what of them is new.

Both sides learn of it where they begin: the employer a number beside each vacancy, the student the
vacancies that have come near. A row of last night may have been overtaken since: what is shown is
counted by the index as it stands, so whoever withdrew or no longer fits is not among them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import sqlalchemy as sa
from flask import current_app
from sqlalchemy.orm import InstrumentedAttribute, Session

from bridge.blocks.queries import blocked_employers, hidden_by_employer
from bridge.candidates.fit import obstacles
from bridge.candidates.models import BestMatch, Candidate, Mark
from bridge.database import only_reading, reading, utc_now, writing
from bridge.extensions import db
from bridge.search.index import current_index
from bridge.students.documents import document
from bridge.students.evidence import evidence_weights
from bridge.students.models import Profile
from bridge.vacancies import documents
from bridge.vacancies.models import Vacancy
from bridge.vacancies.queries import WHOLE, open_vacancies
from matching import Condition, IdIn, IdNotIn, Index, Query, Ranking
from matching.remote import SearchUnavailableError

if TYPE_CHECKING:
    from matching.remote.index import RemoteIndex

BEST = 50
# What is called fitting has at least so many points of 100, since where few students are eligible
# even the last of them is among the best. Stating all required skills gives 28 without any words.
GOOD = 30
NEW_FOR = timedelta(days=14)
VACANCIES_A_COMMIT = 50

Scores = dict[int, dict[int, int]]
"""vacancy -> profile -> points of 100"""


@dataclass(frozen=True, slots=True)
class NewFit:
    """A vacancy that came near to a student; score: of 100."""

    vacancy: Vacancy
    score: int


def renew() -> None:
    """Find the best candidates of all open vacancies and keep what changed; commits itself."""
    with reading() as session:
        vacancies = session.scalars(open_vacancies()).unique().all()
        ids = [vacancy.id for vacancy in vacancies]
        queries = [documents.query(vacancy) for vacancy in vacancies]
        conditions = _conditions(session, vacancies)
    with only_reading():
        index = current_index()
    rankings = _search_many(index, queries, conditions)
    best = {
        vacancy_id: {
            int(hit.id): points
            for hit in ranking.hits
            if (points := round(100 * hit.score)) >= GOOD
        }
        for vacancy_id, ranking in zip(ids, rankings, strict=True)
    }
    with writing() as session:
        still_open = open_vacancies().with_only_columns(Vacancy.id).order_by(None)
        session.execute(sa.delete(BestMatch).where(BestMatch.vacancy_id.not_in(still_open)))
    for first in range(0, len(ids), VACANCIES_A_COMMIT):
        some = ids[first : first + VACANCIES_A_COMMIT]
        with writing() as session:
            _keep(session, {vacancy_id: best[vacancy_id] for vacancy_id in some})


def _conditions(session: Session, vacancies: Sequence[Vacancy]) -> list[list[Condition]]:
    """Who is eligible for each; whoever has blocked its employer is not there for it."""
    hidden = hidden_by_employer(session, {vacancy.employer_id for vacancy in vacancies})
    nobody: frozenset[int] = frozenset()
    return [
        [*documents.eligibility(vacancy), IdNotIn(hidden.get(vacancy.employer_id, nobody))]
        for vacancy in vacancies
    ]


def _search_many(
    index: Index | RemoteIndex, queries: list[Query], conditions: list[list[Condition]]
) -> list[Ranking]:
    """Here, or on the cluster where there is one; the answers are the same."""
    config = current_app.config["BRIDGE"]
    if not config.dask_scheduler or not isinstance(index, Index):
        # A server of its own shares out its work itself.
        return index.search_many(queries, conditions, limit=BEST)
    # An extra that only such an installation has.
    from matching import cluster

    snapshot = config.data_dir / "index-of-the-night"
    index.save(snapshot)
    return cluster.search_many(
        config.dask_scheduler,
        snapshot,
        queries,
        conditions,
        limit=BEST,
        vocabulary=index.vocabulary,
        settings=index.settings,
    )


def _keep(session: Session, best: Scores) -> None:
    """Let the rows of these vacancies be those of tonight; what stays keeps when it was found."""
    known: Scores = {vacancy_id: {} for vacancy_id in best}
    for row in session.scalars(sa.select(BestMatch).where(BestMatch.vacancy_id.in_(best))):
        points = best[row.vacancy_id].get(row.profile_id)
        if points is None:
            session.delete(row)
        else:
            row.score = points
            known[row.vacancy_id][row.profile_id] = points
    # What was deleted since the search began is left out.
    vacancies = _existing(session, Vacancy.id, best)
    profiles = _existing(session, Profile.id, {id_ for scores in best.values() for id_ in scores})
    session.add_all(
        BestMatch(vacancy_id=vacancy_id, profile_id=profile_id, score=points)
        for vacancy_id, scores in best.items()
        for profile_id, points in scores.items()
        if vacancy_id in vacancies
        and profile_id in profiles
        and profile_id not in known[vacancy_id]
    )


def _existing(
    session: Session, column: InstrumentedAttribute[int], ids: Collection[int]
) -> set[int]:
    return set(session.scalars(sa.select(column).where(column.in_(ids))))


def new_candidates(vacancies: Iterable[Vacancy]) -> Mapping[int, int]:
    """How many good candidates each open vacancy has got since its list was last opened, by the
    vacancy's id; marked and opened ones are not new to the employer."""
    judged = sa.exists().where(
        Candidate.vacancy_id == BestMatch.vacancy_id,
        Candidate.profile_id == BestMatch.profile_id,
        sa.or_(Candidate.mark != Mark.NONE, Candidate.opened_at.is_not(None)),
    )
    rows = db.session.execute(
        sa.select(BestMatch.vacancy_id, BestMatch.profile_id).where(
            BestMatch.vacancy_id.in_([vacancy.id for vacancy in vacancies if vacancy.is_open]),
            BestMatch.employer_saw_at.is_(None),
            ~judged,
        )
    )
    unseen: dict[int, list[int]] = {}
    for vacancy_id, profile_id in rows:
        unseen.setdefault(vacancy_id, []).append(profile_id)
    if not unseen:
        return {}
    found = db.session.scalars(
        sa.select(Vacancy).where(Vacancy.id.in_(unseen)).options(*WHOLE)
    ).all()
    conditions = _conditions(db.session, found)
    try:
        index = current_index()
        counts = {
            vacancy.id: index.count([*eligible, IdIn(tuple(unseen[vacancy.id]))])
            for vacancy, eligible in zip(found, conditions, strict=True)
        }
    except SearchUnavailableError:
        # The list of vacancies is worth showing without.
        return {}
    return {vacancy_id: number for vacancy_id, number in counts.items() if number}


def new_fits(profile: Profile) -> list[NewFit]:
    """The open vacancies that came near to a published student and that they have not seen among
    their own, the nearest first."""
    if not profile.is_findable:
        return []
    found = db.session.execute(
        open_vacancies()
        .add_columns(BestMatch.score)
        .join(BestMatch, BestMatch.vacancy_id == Vacancy.id)
        .where(
            BestMatch.profile_id == profile.id,
            BestMatch.student_saw_at.is_(None),
            BestMatch.found_at > utc_now() - NEW_FOR,
        )
        .order_by(None)
        .order_by(BestMatch.score.desc(), Vacancy.id.desc())
    ).all()
    if not found:
        return []
    own = document(profile, evidence_weights())
    blocked = blocked_employers(profile)
    return [
        NewFit(vacancy, score)
        for vacancy, score in found
        if not obstacles(vacancy, own, is_blocked=vacancy.employer_id in blocked)
    ]


def note_employer_saw(vacancy: Vacancy) -> None:
    """The employer has the list open: what stands in it is not new any more. In a transaction of
    its own, since looking is a GET."""
    _note(BestMatch.employer_saw_at, BestMatch.vacancy_id == vacancy.id)


def note_student_saw(profile: Profile, vacancy: Vacancy | None = None) -> None:
    """The same of the student's list, or of the one vacancy that they have open."""
    conditions = [BestMatch.profile_id == profile.id]
    if vacancy is not None:
        conditions.append(BestMatch.vacancy_id == vacancy.id)
    _note(BestMatch.student_saw_at, *conditions)


def _note(saw_at: InstrumentedAttribute[object], *conditions: sa.ColumnElement[bool]) -> None:
    unseen = (*conditions, saw_at.is_(None))
    # Mostly nothing is new, and a look takes no lock.
    if db.session.scalar(sa.select(sa.exists().where(*unseen))):
        with writing() as session:
            session.execute(sa.update(BestMatch).where(*unseen).values({saw_at: utc_now()}))
