"""The server behind plain verbs: points in, points out, and one kind of failure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from qdrant_client import QdrantClient, models
from qdrant_client.http.exceptions import ApiException

from matching.remote import NotPublishedError, SearchUnavailableError
from matching.remote.points import STATE_ID, VECTOR, State, Term, term_id
from matching.remote.retrieval import Request

BATCH = 500
"""Points sent or asked for at once."""
_INDEXES = {
    "document": models.PayloadSchemaType.INTEGER,
    "language": models.PayloadSchemaType.INTEGER,
    "held": models.PayloadSchemaType.KEYWORD,
    "flags": models.PayloadSchemaType.KEYWORD,
    "terms": models.PayloadSchemaType.KEYWORD,
}

Found = list[tuple[dict[str, Any], float]]
"""Payloads with the server's products, the largest first."""


class Server:
    """One collection of a Qdrant server. Every method raises SearchUnavailableError."""

    def __init__(self, client: QdrantClient, collection: str) -> None:
        self._client = client
        self._collection = collection

    def create(self) -> None:
        """Make the collection anew, empty."""
        self._call("delete_collection")
        self._call(
            "create_collection",
            vectors_config={},
            # No IDF modifier: the weights hold it already, as of all documents.
            sparse_vectors_config={VECTOR: models.SparseVectorParams()},
        )
        for field, kind in _INDEXES.items():
            self._call("create_payload_index", field_name=field, field_schema=kind, wait=True)

    def put(self, points: Iterable[models.PointStruct]) -> None:
        """Add points or replace those with their ids; searches see them when this returns."""
        for batch in _batches(points):
            self._call("upsert", points=batch, wait=True)

    def delete(self, id_: int | str) -> None:
        """Delete a point."""
        selector = models.PointIdsList(points=[id_])
        self._call("delete", points_selector=selector, wait=True)

    def payloads(
        self, ids: Iterable[int | str], only: Sequence[str] | None = None
    ) -> dict[int | str, dict[str, Any]]:
        """Return the payloads of those of the points that there are, or some keys of them."""
        found: dict[int | str, dict[str, Any]] = {}
        for batch in _batches(ids):
            wanted = True if only is None else list(only)
            records = self._call("retrieve", ids=batch, with_payload=wanted, with_vectors=False)
            found |= {record.id: record.payload for record in records}
        return found

    def state(self) -> State:
        """Return what all documents share; NotPublishedError where nothing is."""
        found = self.payloads([STATE_ID]) if self._call("collection_exists") else {}
        if STATE_ID not in found:
            raise NotPublishedError("the server holds no index")
        payload = found[STATE_ID]
        return State(**payload | {"common": tuple(map(tuple, payload["common"]))})

    def search(self, requests: Sequence[tuple[Request, models.Filter]], limit: int) -> list[Found]:
        """Answer several requests at once with at most `limit` documents each."""
        queries = [
            models.QueryRequest(
                query=request.vector,
                using=VECTOR,
                filter=passes,
                limit=limit,
                with_payload=True,
            )
            for request, passes in requests
        ]
        answers = self._call("query_batch_points", requests=queries) if queries else []
        return [[(point.payload, point.score) for point in answer.points] for answer in answers]

    def everybody(self, passes: models.Filter) -> Iterator[dict[str, Any]]:
        """Return the payloads of all documents that pass."""
        offset: Any = None
        while True:
            records, offset = self._call(
                "scroll", scroll_filter=passes, limit=BATCH, offset=offset, with_payload=True
            )
            yield from (record.payload for record in records)
            if offset is None:
                return

    def count(self, passes: models.Filter) -> int:
        """Return how many documents pass."""
        return int(self._call("count", count_filter=passes, exact=True).count)

    def _call(self, name: str, **values: Any) -> Any:
        try:
            return getattr(self._client, name)(collection_name=self._collection, **values)
        except ApiException as error:
            # Its message may repeat the query.
            raise SearchUnavailableError(f"{name}: {type(error).__name__}") from error


def term_point(name: str, term: Term) -> models.PointStruct:
    """Return the point of a term."""
    payload = {
        "surface": term.surface,
        "holders": term.holders,
        "idf": term.idf,
        "basis": None if term.basis is None else list(term.basis),
    }
    return models.PointStruct(id=term_id(name), vector={}, payload=payload)


def term_of(payload: dict[str, Any]) -> Term:
    """Return a term from its payload."""
    basis = payload["basis"]
    return Term(**payload | {"basis": None if basis is None else tuple(basis)})


def state_point(state: State) -> models.PointStruct:
    """Return the point of the state."""
    payload = {
        "identity": state.identity,
        "publication": state.publication,
        "revision": state.revision,
        "documents": state.documents,
        "mean_length": state.mean_length,
        "common": [list(row) for row in state.common],
    }
    return models.PointStruct(id=STATE_ID, vector={}, payload=payload)


def _batches(values: Iterable[Any]) -> Iterator[list[Any]]:
    batch: list[Any] = []
    for value in values:
        batch.append(value)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch
