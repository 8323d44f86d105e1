"""One question to the server: fetch who can be on the page, then score it exactly."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from collections.abc import Collection as Group
from dataclasses import dataclass
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from matching.analysis import Analysed, analyse
from matching.conditions import Condition
from matching.documents import Document, Id, Query
from matching.index import Index
from matching.questions import Question, ask
from matching.ranking import Scorer
from matching.remote.excerpt import Excerpt
from matching.remote.filters import filter_of, is_impossible
from matching.remote.points import document_of, terms_of
from matching.remote.retrieval import Retrieval, worst
from matching.remote.store import Store, counted
from matching.scoring import mixed
from matching.sparse import Floats

FIRST_DEPTH = 64
DEEPER = 4
"""Documents asked for at first, and how many times more where these do not settle the question."""


@dataclass(frozen=True, slots=True)
class Scored:
    """Documents in the order of the ranking; outside: the score that nobody else exceeds, None
    where there is nobody else."""

    ids: Sequence[Id]
    scores: Floats
    ties: NDArray[np.uint64]
    outside: float | None

    def settles(self, end: int) -> bool:
        """Whether the first `end` places are certain."""
        return self.outside is None or (
            len(self.scores) >= end and bool(self.scores[end - 1] > self.outside)
        )

    def is_above(self, score: float) -> bool:
        """Whether everybody who reaches a score is among these."""
        return self.outside is None or score > self.outside

    def page(self, start: int, end: int) -> Iterator[tuple[Id, float]]:
        """Return the places start … end - 1, counted from 0."""
        return zip(self.ids[start:end], self.scores[start:end].tolist(), strict=True)


class Asked:
    """A question with all that the server knows of its terms and examples.

    imagined: a document that is taken as if it were on the server.
    """

    def __init__(
        self,
        store: Store,
        query: Query,
        conditions: Sequence[Condition],
        liked: Group[Id],
        disliked: Group[Id],
        imagined: Document | None,
    ) -> None:
        self._store = store
        self._query = query
        self._conditions = conditions
        self._liked, self._disliked = liked, disliked
        self._vocabulary, read = store.reader
        self._reading = read(query)
        self._state = store.state()
        self._others = store.documents([*liked, *disliked])
        new = None if imagined is None else analyse(imagined)
        wanted = chain(self._reading.plain, *self._reading.wanted.values())
        old = [] if new is None else store.documents([new.id])
        named = [*self._others, *old, *([] if new is None else [new])]
        self._terms = store.terms({*wanted, *chain.from_iterable(map(terms_of, named))})
        if new is not None:
            before = next(iter(old), None)
            self._terms, self._state = counted(before, new, self._terms, self._state)
            self._others = [*(one for one in self._others if one.id != new.id), new]
        self.total = 0 if is_impossible(conditions) else store.server.count(filter_of(conditions))

    def embedded(self, documents: Sequence[Analysed]) -> Index:
        """Return an index of these documents, the examples and the imagined one."""
        return Index.of(self._excerpt(documents), self._vocabulary)

    def ranked(self, is_enough: Callable[[Scored], bool]) -> Scored:
        """Score ever more documents, the most promising first, until they are enough."""
        retrieval = Retrieval(self._question(excerpt := self._excerpt([])), excerpt)
        depth = FIRST_DEPTH
        while True:
            found, outside = self._fetched(retrieval, depth)
            scored = self._scored(found, outside)
            if is_enough(scored):
                return scored
            if outside == 0.0:
                # Left are those who share nothing with the question.
                rest = map(document_of, self._store.server.everybody(filter_of(self._conditions)))
                return self._scored({one.id: one for one in rest}, None)
            depth *= DEEPER

    def ahead(self, scored: Scored, id_: Id, score: float) -> int:
        """Return how many of the scored come before a document with this score."""
        excerpt = self._excerpt([])
        own = excerpt.view().ties.take(np.array([excerpt.slot(id_)]))
        text = self._query.text
        first = mixed(scored.ties, text) < mixed(own, text)
        return int(((scored.scores > score) | ((scored.scores == score) & first)).sum())

    def _fetched(self, retrieval: Retrieval, depth: int) -> tuple[dict[Id, Analysed], float | None]:
        requests = [
            (request, filter_of(self._conditions, request.language))
            for request in retrieval.requests
        ]
        answers = self._store.server.search(requests, depth) if self.total else []
        found = {payload["id"]: document_of(payload) for answer in answers for payload, _ in answer}
        bounds = [
            retrieval.bound(request, worst([score for _, score in answer], depth))
            for request, answer in zip(retrieval.requests, answers, strict=True)
        ]
        return found, None if len(found) == self.total else max(bounds, default=0.0)

    def _scored(self, found: dict[Id, Analysed], outside: float | None) -> Scored:
        excerpt = self._excerpt([*found.values()])
        view = excerpt.view()
        scorer = Scorer(self._question(excerpt), view, excerpt)
        ids = [*found]
        slots = np.array([excerpt.slot(id_) for id_ in ids], np.int64)
        scores, ties = scorer.exact(slots), view.ties.take(slots)
        order = np.lexsort((mixed(ties, self._query.text), -scores))
        return Scored([ids[place] for place in order], scores[order], ties[order], outside)

    def _question(self, excerpt: Excerpt) -> Question:
        return ask(self._reading, excerpt, self._liked, self._disliked)

    def _excerpt(self, documents: Sequence[Analysed]) -> Excerpt:
        own = {document.id for document in documents}
        every = [*documents, *(one for one in self._others if one.id not in own)]
        names = {name for document in every for name in terms_of(document)}
        terms = self._store.known_terms(names - self._terms.keys(), self._state) | self._terms
        return Excerpt(self._store.settings, self._state, terms, every)
