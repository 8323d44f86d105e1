"""The index: documents in, ranked and explained documents out, while others edit it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from collections.abc import Collection as Group
from dataclasses import dataclass
from functools import lru_cache
from itertools import count
from pathlib import Path

import numpy as np

from matching import snapshot
from matching.analysis import Analysed, analyse
from matching.batch import answer
from matching.collection import Collection
from matching.concepts import Vocabulary
from matching.conditions import Condition, IdNotIn
from matching.documents import Document, Id, Query
from matching.eligibility import eligible
from matching.explanation import Explanation, explain
from matching.narrowing import best, place
from matching.questions import ask
from matching.ranking import Scorer
from matching.reading import read
from matching.replay import record
from matching.settings import Settings

HELD_UP = 8
"""So many edits may be carried over at once while searches wait."""


@dataclass(frozen=True, slots=True)
class Hit:
    """One place of a ranking; rank counts from 1 over the whole list, score lies in [0, 1]."""

    id: Id
    rank: int
    score: float


@dataclass(frozen=True, slots=True)
class Ranking:
    """A page of a ranking; total: how many documents meet the conditions, score 0 included."""

    total: int
    hits: tuple[Hit, ...]


class Index:
    """Documents to search; every method may be called from any thread.

    An edit is seen by the next search. Between refreshes the words' rarity is always that of the
    present documents; their mean length and the latent space are those of the last refresh.
    """

    def __init__(
        self,
        documents: Iterable[Document] = (),
        *,
        vocabulary: Vocabulary | None = None,
        settings: Settings | None = None,
        progress: Callable[[int, int], None] | None = None,
    ) -> None:
        """Fit the index to documents (of two with the same id the later counts).

        progress: called with (documents read, documents in all).
        """
        collection = Collection(settings or Settings())
        listed = list(documents)
        for number, document in enumerate(listed, start=1):
            collection.add(analyse(document))
            if progress:
                progress(number, len(listed))
        self._begin(collection.compacted(), vocabulary)

    def _begin(self, collection: Collection, vocabulary: Vocabulary | None) -> None:
        self._settings = collection.settings
        self.use(vocabulary)
        self._lock = threading.Lock()
        self._refreshing = threading.Lock()
        self._journal: list[Analysed | Id] | None = None
        self._collection = collection
        self._edits = 0

    def use(self, vocabulary: Vocabulary | None) -> None:
        """Read queries with this vocabulary from now on; no document is read with one."""
        settings = self._settings
        self.vocabulary = vocabulary
        # A page and its explanations ask the same, and each student asks all vacancies: a query is
        # read once for all of them.
        self._read = lru_cache(maxsize=256)(lambda query: read(query, vocabulary, settings))

    @classmethod
    def of(cls, collection: Collection, vocabulary: Vocabulary | None = None) -> Index:
        """Return an index over a compacted collection, which is its own from now on."""
        index = cls.__new__(cls)
        index._begin(collection, vocabulary)
        return index

    def __len__(self) -> int:
        return self._collection.ids.documents

    def __contains__(self, id_: object) -> bool:
        if not isinstance(id_, int | str):
            return False
        with self._lock:
            return self._collection.ids.slot(id_) is not None

    @property
    def settings(self) -> Settings:
        """The weights this index was made with."""
        return self._collection.settings

    @property
    def edits(self) -> int:
        """How many edits came since the last refresh."""
        return self._edits

    def upsert(self, document: Document) -> None:
        """Add a document, or replace the one with its id."""
        analysed = analyse(document)
        with self._lock:
            self._collection.add(analysed)
            self._record(analysed)

    def remove(self, id_: Id) -> None:
        """Remove a document; nothing happens where there is none."""
        with self._lock:
            self._collection.remove(id_)
            self._record(id_)

    def refresh(self) -> None:
        """Fold all edits in: afterwards every score equals that of an index made anew.

        Searches and edits go on meanwhile; edits that arrive are carried over.
        """
        with self._refreshing:
            with self._lock:
                self._journal = []
                frozen = self._collection.frozen()
            try:
                self._replace(frozen.compacted())
            finally:
                self._journal = None

    def _replace(self, fresh: Collection) -> None:
        """Carry the edits over that came meanwhile; only the last few hold anybody up."""
        carried = 0
        while True:
            with self._lock:
                journal = list(self._journal or ())
                if len(journal) - carried <= HELD_UP:
                    _carry_over(journal[carried:], fresh)
                    self._collection = fresh
                    self._edits = len(journal)
                    self._journal = None
                    return
            _carry_over(journal[carried:], fresh)
            carried = len(journal)

    def search(
        self,
        query: Query,
        conditions: Sequence[Condition] = (),
        *,
        limit: int = 20,
        offset: int = 0,
        liked: Group[Id] = (),
        disliked: Group[Id] = (),
    ) -> Ranking:
        """Rank the documents that meet every condition; ties rotate between queries.

        liked, disliked: ids of documents whose likes are wanted more, or less; unknown ids are
        passed over. Raises ValueError for a negative limit or offset.
        """
        if limit < 0 or offset < 0:
            raise ValueError("limit and offset must not be negative")
        reading = self._read(query)
        with self._lock:
            collection, view = self._collection, self._collection.view()
            question = ask(reading, collection, liked, disliked)
            mask = eligible(conditions, view, collection)
        scorer = Scorer(question, view, collection)
        found, scores = best(scorer, mask, offset + limit, query.text)
        page = zip(found[offset:].tolist(), scores[offset:].tolist(), strict=True)
        hits = (
            Hit(view.ids[slot], rank, value) for rank, (slot, value) in enumerate(page, offset + 1)
        )
        return Ranking(int(np.count_nonzero(mask)), tuple(hits))

    def search_many(
        self,
        queries: Sequence[Query],
        conditions: Sequence[Sequence[Condition]] | None = None,
        *,
        limit: int = 50,
        threads: int | None = None,
    ) -> list[Ranking]:
        """Rank for many queries as `search` does for each, all at one moment and sooner.

        conditions: those of each query, as many as queries; None: nobody is left out. threads: how
        many take part, as many as there are processors by default. Raises ValueError for a negative
        limit or where the numbers of queries and conditions differ.
        """
        if limit < 0:
            raise ValueError("limit must not be negative")
        conditions = [()] * len(queries) if conditions is None else conditions
        if len(conditions) != len(queries):
            raise ValueError("give as many lists of conditions as queries")
        with self._lock:
            collection = self._collection.frozen()
        found = answer(collection, self._read, queries, conditions, limit, threads)
        return [Ranking(one.total, tuple(map(Hit, one.ids, count(1), one.scores))) for one in found]

    def explain(
        self,
        query: Query,
        id_: Id,
        *,
        liked: Group[Id] = (),
        disliked: Group[Id] = (),
    ) -> Explanation:
        """Split the score that `search` gives a document; KeyError where there is none."""
        return self.explain_many(query, [id_], liked=liked, disliked=disliked)[id_]

    def explain_many(
        self,
        query: Query,
        ids: Iterable[Id],
        *,
        liked: Group[Id] = (),
        disliked: Group[Id] = (),
    ) -> dict[Id, Explanation]:
        """Explain a page: the query is weighed once. Absent documents are left out."""
        reading = self._read(query)
        with self._lock:
            collection, view = self._collection, self._collection.view()
            question = ask(reading, collection, liked, disliked)
            slots = {id_: slot for id_ in ids if (slot := collection.ids.slot(id_)) is not None}
        explained = explain(query, question, list(slots.values()), view, collection)
        return dict(zip(slots, explained, strict=True))

    def preview(
        self,
        query: Query,
        document: Document,
        conditions: Sequence[Condition] = (),
        *,
        liked: Group[Id] = (),
        disliked: Group[Id] = (),
    ) -> tuple[Hit, Explanation]:
        """Return the place and the reasons a document would have if it were upserted now.

        Nothing is edited: so a student sees what a change would bring. The place is that among
        those who meet the conditions, whether the document meets them or not.
        """
        reading = self._read(query)
        with self._lock:
            collection = self._collection.frozen()
        collection.add(analyse(document))
        slot, view = len(collection.ids) - 1, collection.view()
        question = ask(reading, collection, liked, disliked)
        mask = eligible([*conditions, IdNotIn((document.id,))], view, collection)
        scorer = Scorer(question, view, collection)
        own, ahead = place(scorer, slot, mask, query.text)
        hit = Hit(document.id, 1 + ahead, own)
        return hit, explain(query, question, [slot], view, collection)[0]

    def appraise(self, document: Document, queries: Iterable[Query]) -> list[Explanation]:
        """Explain the score that a document would have for each query if it were upserted now.

        Nothing is edited: so a student sees which vacancies are near.
        """
        with self._lock:
            collection = self._collection.frozen()
        collection.add(analyse(document))
        slot, view = len(collection.ids) - 1, collection.view()
        explained = []
        for query in queries:
            question = ask(self._read(query), collection, (), ())
            explained += explain(query, question, [slot], view, collection)
        return explained

    def record(self, query: Query, document: Document) -> bytes:
        """Keep the score that a document would have if it were upserted now, with all it rests on.

        `matching.replay` computes it again, whatever has become of the index, the vocabulary and
        the settings. Nothing is edited.
        """
        with self._lock:
            collection = self._collection.frozen()
        reading = self._read(query)
        collection.add(analyse(document))
        question = ask(reading, collection, (), ())
        slot = len(collection.ids) - 1
        explained = explain(query, question, [slot], collection.view(), collection)[0]
        return record(query, reading, document, collection, explained.score)

    def count(self, conditions: Sequence[Condition] = ()) -> int:
        """Return how many documents meet every condition."""
        with self._lock:
            view = self._collection.view()
            return int(eligible(conditions, view, self._collection).sum())

    def save(self, path: Path) -> None:
        """Write a snapshot of the refreshed index to a folder, all of it or nothing."""
        if self._edits:
            self.refresh()
        with self._lock:
            frozen, edited = self._collection.frozen(), self._edits > 0
        version = self.vocabulary.version if self.vocabulary else None
        snapshot.save(frozen.compacted() if edited else frozen, path, version)

    @classmethod
    def load(
        cls,
        path: Path,
        *,
        vocabulary: Vocabulary | None = None,
        settings: Settings | None = None,
    ) -> Index:
        """Open a snapshot, its arrays shared with other processes.

        Raises SnapshotError where it is missing, torn, or made by another version of the
        algorithm, the vocabulary or the settings: then build the index anew.
        """
        version = vocabulary.version if vocabulary else None
        return cls.of(snapshot.load(path, settings or Settings(), version), vocabulary)

    def _record(self, edit: Analysed | Id) -> None:
        self._edits += 1
        if self._journal is not None:
            self._journal.append(edit)


def _carry_over(edits: Iterable[Analysed | Id], collection: Collection) -> None:
    for edit in edits:
        if isinstance(edit, Analysed):
            collection.add(edit)
        else:
            collection.remove(edit)
