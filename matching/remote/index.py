"""The index on a server, with the methods of `matching.Index` that pages use."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from collections.abc import Collection as Group
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from uuid import uuid4

from qdrant_client import QdrantClient

from matching.analysis import analyse
from matching.concepts import Vocabulary
from matching.conditions import Condition, IdNotIn
from matching.documents import Document, Id, Query
from matching.explanation import Explanation
from matching.index import Hit, Index, Ranking
from matching.remote.asking import Asked
from matching.remote.filters import filter_of, is_impossible
from matching.remote.points import State, Term, document_point
from matching.remote.server import Server, state_point, term_point
from matching.remote.store import Store
from matching.settings import Settings

THREADS = 8
"""Questions of a batch that are under way at once: the time goes to the server."""


class RemoteIndex:
    """Documents on a server; every method may be called from any thread.

    Methods that are named as those of `matching.Index` return the same. One process at a time may
    edit: the caller sees to that. Raises SearchUnavailableError, and NotPublishedError before
    `publish`.
    """

    def __init__(
        self,
        client: QdrantClient,
        collection: str = "bridge",
        *,
        vocabulary: Vocabulary | None = None,
        made_with: str = "",
        settings: Settings | None = None,
    ) -> None:
        """made_with: the version of whatever the caller makes the documents with."""
        self.settings = settings or Settings()
        self._server = Server(client, collection)
        self._store = Store(self._server, made_with, self.settings)
        self.use(vocabulary)

    def use(self, vocabulary: Vocabulary | None) -> None:
        """See Index.use."""
        self.vocabulary = vocabulary
        self._store.use(vocabulary)

    def publish(
        self,
        documents: Callable[[], Iterable[Document]],
        *,
        revision: str = "",
        progress: Callable[[int, int], None] | None = None,
    ) -> None:
        """Fit an index to documents here and replace what the server holds by it.

        documents: gives them all, twice. progress: called with (documents read, documents in all).
        """
        fitted = Index(documents(), settings=self.settings, progress=progress)
        collection = fitted._collection
        latent, holders = collection.latent, collection.holders.view().tolist()
        bases = latent.basis.tolist() if latent else [None] * len(holders)
        idf = latent.idf.tolist() if latent else [0.0] * len(holders)
        terms = {
            name: Term(collection.surfaces[column], holders[column], idf[column], bases[column])
            for column, name in enumerate(collection.terms.names)
        }
        state = State(
            identity=self._store.identity,
            publication=uuid4().hex,
            revision=revision,
            documents=len(fitted),
            mean_length=collection.mean_length,
            common=tuple(map(tuple, latent.common.tolist())) if latent else (),
        )
        present = {document.id: document for document in documents()}
        self._server.create()
        self._server.put(term_point(name, term) for name, term in terms.items())
        self._server.put(
            document_point(analyse(document), terms, state, self.settings)
            for document in present.values()
        )
        # Last: without it nothing is published.
        self._server.put([state_point(state)])

    def revision(self) -> str:
        """Return what `publish` or `mark` noted last, be it of this version or of another."""
        return self._server.state().revision

    def mark(self, revision: str) -> None:
        """Note how far the server has come."""
        self._server.put([state_point(replace(self._store.state(), revision=revision))])

    def __len__(self) -> int:
        return self._server.count(filter_of([]))

    def __contains__(self, id_: object) -> bool:
        return isinstance(id_, int | str) and bool(self._store.documents([id_]))

    def upsert(self, document: Document) -> None:
        """Add a document, or replace the one with its id."""
        self._store.edit(document.id, analyse(document))

    def remove(self, id_: Id) -> None:
        """Remove a document; nothing happens where there is none."""
        self._store.edit(id_, None)

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
        """See Index.search. The farther a page, the more documents are fetched for it."""
        if limit < 0 or offset < 0:
            raise ValueError("limit and offset must not be negative")
        asked = self._asked(query, conditions, liked, disliked)
        end = min(offset + limit, asked.total)
        if end <= offset:
            return Ranking(asked.total, ())
        found = asked.ranked(lambda scored: scored.settles(end))
        hits = (
            Hit(id_, rank, score)
            for rank, (id_, score) in enumerate(found.page(offset, end), offset + 1)
        )
        return Ranking(asked.total, tuple(hits))

    def search_many(
        self,
        queries: Sequence[Query],
        conditions: Sequence[Sequence[Condition]] | None = None,
        *,
        limit: int = 50,
        threads: int | None = None,
    ) -> list[Ranking]:
        """See Index.search_many, but for the one moment: edits may come in between."""
        conditions = [()] * len(queries) if conditions is None else conditions
        if len(conditions) != len(queries):
            raise ValueError("give as many lists of conditions as queries")
        with ThreadPoolExecutor(threads or THREADS) as pool:
            found = pool.map(
                lambda one: self.search(*one, limit=limit), zip(queries, conditions, strict=True)
            )
            return list(found)

    def explain(
        self, query: Query, id_: Id, *, liked: Group[Id] = (), disliked: Group[Id] = ()
    ) -> Explanation:
        """See Index.explain."""
        return self.explain_many(query, [id_], liked=liked, disliked=disliked)[id_]

    def explain_many(
        self,
        query: Query,
        ids: Iterable[Id],
        *,
        liked: Group[Id] = (),
        disliked: Group[Id] = (),
    ) -> dict[Id, Explanation]:
        """See Index.explain_many."""
        found = self._store.documents(ids)
        index = self._asked(query, (), liked, disliked).embedded(found)
        present = [document.id for document in found]
        return index.explain_many(query, present, liked=liked, disliked=disliked)

    def preview(
        self,
        query: Query,
        document: Document,
        conditions: Sequence[Condition] = (),
        *,
        liked: Group[Id] = (),
        disliked: Group[Id] = (),
    ) -> tuple[Hit, Explanation]:
        """See Index.preview. The lower the place, the more documents are fetched for it."""
        others = [*conditions, IdNotIn((document.id,))]
        asked = self._asked(query, others, liked, disliked, document)
        index = asked.embedded([])
        explanation = index.explain(query, document.id, liked=liked, disliked=disliked)
        found = asked.ranked(lambda scored: scored.is_above(explanation.score))
        ahead = asked.ahead(found, document.id, explanation.score)
        return Hit(document.id, 1 + ahead, explanation.score), explanation

    def appraise(self, document: Document, queries: Iterable[Query]) -> list[Explanation]:
        """See Index.appraise."""
        return [
            self._asked(query, (), (), (), document).embedded([]).explain(query, document.id)
            for query in queries
        ]

    def record(self, query: Query, document: Document) -> bytes:
        """See Index.record."""
        return self._asked(query, (), (), (), document).embedded([]).record(query, document)

    def count(self, conditions: Sequence[Condition] = ()) -> int:
        """See Index.count."""
        return 0 if is_impossible(conditions) else self._server.count(filter_of(conditions))

    def _asked(
        self,
        query: Query,
        conditions: Sequence[Condition],
        liked: Group[Id],
        disliked: Group[Id],
        imagined: Document | None = None,
    ) -> Asked:
        return Asked(self._store, query, conditions, liked, disliked, imagined)
