"""The index asked on behalf of one vacancy."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from bridge.blocks.queries import hidden_profiles
from bridge.candidates.filters import HOURS, YEARS, ActiveFilter, Sort
from bridge.candidates.models import Candidate, Mark
from bridge.candidates.notes import tagged_profiles
from bridge.candidates.queries import marked_profiles
from bridge.metrics import timed_search
from bridge.search import attributes
from bridge.search.index import current_index
from bridge.students.documents import document
from bridge.students.evidence import evidence_weights
from bridge.vacancies import documents
from bridge.vacancies.models import Vacancy
from bridge.web.pagination import Page, page_number
from matching import (
    ALGORITHM_VERSION,
    AtLeast,
    AtMost,
    Condition,
    Explanation,
    Hit,
    Id,
    IdIn,
    IdNotIn,
    Lacks,
)

PER_PAGE = 20
# The attribute that an order goes by, and its values.
ORDERED = {Sort.YEAR: (attributes.YEAR, YEARS), Sort.HOURS: (attributes.HOURS, HOURS)}


@dataclass(frozen=True, slots=True)
class Relaxed:
    """How many candidates there would be without one of the filters."""

    filter: ActiveFilter
    total: int


class Ranking:
    """The candidates of a vacancy as the index stands now."""

    def __init__(self, vacancy: Vacancy, *, learns: bool = True) -> None:
        """learns: whether those like the starred rise, and those like the unfit sink."""
        self.vacancy = vacancy
        self.index = current_index()
        self.query = documents.query(vacancy)
        # Who has blocked the employer is not there for it, and nothing may be short by them.
        self.hidden = hidden_profiles(vacancy.employer_id)
        self.eligibility = [*documents.eligibility(vacancy), IdNotIn(self.hidden)]
        self._learns = learns

    @cached_property
    def marked(self) -> dict[Mark, tuple[int, ...]]:
        return marked_profiles(self.vacancy)

    @cached_property
    def tagged(self) -> Mapping[str, tuple[int, ...]]:
        return tagged_profiles(self.vacancy)

    @property
    def liked(self) -> tuple[int, ...]:
        return self.marked[Mark.STAR] if self._learns else ()

    @property
    def disliked(self) -> tuple[int, ...]:
        return self.marked[Mark.UNFIT] if self._learns else ()

    def page(self, filters: Sequence[ActiveFilter] = (), sort: Sort = Sort.MATCH) -> Page[Hit]:
        """The page of the list that the address asks for, the last one where it has fewer."""
        conditions = self._conditions(filters)
        if sort is not Sort.MATCH:
            return self._sorted_page(conditions, sort)
        number = page_number()
        total, hits = self._search(conditions, (number - 1) * PER_PAGE)
        last = max(1, -(-total // PER_PAGE))
        if number > last:
            number = last
            total, hits = self._search(conditions, (number - 1) * PER_PAGE)
        return Page(hits, number, total, PER_PAGE)

    def relaxed(self, filters: Sequence[ActiveFilter]) -> list[Relaxed]:
        """What each filter costs, the costliest first; those whose removal brings nobody are left
        out."""
        totals = (
            Relaxed(one, self.index.count(self._conditions([f for f in filters if f is not one])))
            for one in filters
        )
        return sorted((one for one in totals if one.total), key=lambda one: -one.total)

    def everybody(self, filters: Sequence[ActiveFilter]) -> set[int]:
        """The numbers of all profiles that meet the conditions and the filters."""
        _total, hits = self._search(self._conditions(filters), 0, limit=len(self.index))
        return {int(hit.id) for hit in hits}

    def first(self, filters: Sequence[ActiveFilter], sort: Sort, number: int) -> Sequence[Hit]:
        """The first so many of the list, in its order."""
        conditions = self._conditions(filters)
        if sort is Sort.MATCH:
            return self._search(conditions, 0, limit=number)[1]
        return self._sorted(conditions, sort, 0, number)

    def is_eligible(self, profile_id: int) -> bool:
        return bool(self.index.count((*self.eligibility, IdIn((profile_id,)))))

    def of_profiles(self, profile_ids: Collection[int]) -> tuple[Hit, ...]:
        """These profiles in the order of the ranking, eligible or not."""
        conditions = IdIn(profile_ids), IdNotIn(self.hidden)
        return self._search(conditions, 0, limit=len(profile_ids))[1]

    def explanation(self, profile_id: int) -> Explanation | None:
        """Why the profile has its score; None where it has just left the index."""
        return self.explanations([profile_id]).get(profile_id)

    def explanations(self, profile_ids: Collection[int]) -> dict[Id, Explanation]:
        """Why each has its score; whoever has just left the index, or is hidden from the employer,
        is left out."""
        seen = [id_ for id_ in profile_ids if id_ not in self.hidden]
        return self.index.explain_many(self.query, seen, liked=self.liked, disliked=self.disliked)

    def _search(
        self, conditions: Sequence[Condition], offset: int, limit: int = PER_PAGE
    ) -> tuple[int, tuple[Hit, ...]]:
        liked, disliked = self.liked, self.disliked
        with timed_search():
            found = self.index.search(
                self.query,
                conditions,
                limit=limit,
                offset=offset,
                liked=liked,
                disliked=disliked,
            )
        return found.total, found.hits

    def _sorted_page(self, conditions: Sequence[Condition], sort: Sort) -> Page[Hit]:
        total = self.index.count(conditions)
        number = min(page_number(), max(1, -(-total // PER_PAGE)))
        hits = self._sorted(conditions, sort, (number - 1) * PER_PAGE, PER_PAGE)
        return Page(hits, number, total, PER_PAGE)

    def _sorted(
        self, conditions: Sequence[Condition], sort: Sort, offset: int, limit: int
    ) -> list[Hit]:
        """By a number of the profile, the larger first; by match where it is the same, last
        where there is none. Those of one number are counted, and only ranked where some of them
        are asked for: to rank everybody takes a hundred times as long."""
        hits: list[Hit] = []
        before = 0
        for alike in _groups(sort):
            group = [*conditions, *alike]
            count = self.index.count(group)
            start = offset + len(hits) - before
            if start < count:
                hits += self._search(group, start, limit - len(hits))[1]
            before += count
            if len(hits) == limit:
                break
        return hits

    def _conditions(self, filters: Sequence[ActiveFilter]) -> list[Condition]:
        own = (condition for one in filters for condition in one.conditions)
        return [*self.eligibility, *own]


def _groups(sort: Sort) -> Iterator[tuple[Condition, ...]]:
    """What those have in common who stand together in this order, the first first."""
    attribute, values = ORDERED[sort]
    for value in reversed(values):
        yield AtLeast(attribute, value), AtMost(attribute, value)
    yield (Lacks(attribute),)


def basis(candidate: Candidate) -> dict[str, Any] | None:
    """On what the employer decided, to be kept with the contact request and replayed later: the
    score and rank among all eligible, marks left aside, and the versions of everything that made
    them. None where the candidate is not eligible (any more).
    """
    ranking = Ranking(candidate.vacancy, learns=False)
    if not ranking.is_eligible(candidate.profile_id):
        return None
    index, eligibility = ranking.index, ranking.eligibility
    # Placed anew instead of looked for: the place costs as much far down the list as at its head.
    own = document(candidate.profile, evidence_weights())
    hit, explanation = index.preview(ranking.query, own, eligibility)
    return {
        "score": round(explanation.score, 6),
        "rank": hit.rank,
        "of": index.count(eligibility),
        "parts": {kind: round(share, 6) for kind, share in sorted(explanation.by_kind().items())},
        "algorithm": ALGORITHM_VERSION,
        "vocabulary": index.vocabulary.version if index.vocabulary else "",
        "profile_version": candidate.profile.version,
        "vacancy_version": candidate.vacancy.version,
    }


def record(candidate: Candidate) -> bytes:
    """The score of the basis with all it rests on: the profile and the vacancy as they are, the
    weights of evidence and of the ranker, what the vocabulary makes of the vacancy's words."""
    ranking = Ranking(candidate.vacancy, learns=False)
    own = document(candidate.profile, evidence_weights())
    return ranking.index.record(ranking.query, own)
