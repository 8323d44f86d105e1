"""Qdrant's real engine behind the calls that the adapter makes of the client.

`qdrant-edge-py` is the engine in process, with an interface of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import qdrant_edge as edge
from qdrant_client import models


class EdgeClient:
    """One collection in a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._shard: edge.EdgeShard | None = None

    def collection_exists(self, collection_name: str) -> bool:
        return self._shard is not None

    def delete_collection(self, collection_name: str) -> None:
        self._shard = None

    def create_collection(
        self,
        collection_name: str,
        vectors_config: dict[str, Any],
        sparse_vectors_config: dict[str, models.SparseVectorParams],
    ) -> None:
        names = dict.fromkeys(sparse_vectors_config, edge.EdgeSparseVectorParams())
        number = len(list(self._folder.iterdir()))
        target = self._folder / str(number)
        target.mkdir()
        self._shard = edge.EdgeShard.create(str(target), edge.EdgeConfig(sparse_vectors=names))

    def create_payload_index(
        self, collection_name: str, field_name: str, field_schema: Any, wait: bool
    ) -> None:
        kind = getattr(edge.PayloadSchemaType, field_schema.value.capitalize())
        self._update(edge.UpdateOperation.create_field_index(field_name, kind))

    def upsert(self, collection_name: str, points: list[models.PointStruct], wait: bool) -> None:
        made = [
            edge.Point(
                id=point.id,
                vector={name: _sparse(vector) for name, vector in point.vector.items()},
                payload=point.payload,
            )
            for point in points
        ]
        self._update(edge.UpdateOperation.upsert_points(made))

    def delete(
        self, collection_name: str, points_selector: models.PointIdsList, wait: bool
    ) -> None:
        self._update(edge.UpdateOperation.delete_points(points_selector.points))

    def retrieve(
        self, collection_name: str, ids: Sequence[Any], with_payload: Any, with_vectors: bool
    ) -> list[edge.Record]:
        assert self._shard is not None
        return [_named(r) for r in self._shard.retrieve(list(ids), with_payload, with_vectors)]

    def query_batch_points(
        self, collection_name: str, requests: Iterable[models.QueryRequest]
    ) -> list[SimpleNamespace]:
        return [SimpleNamespace(points=self._query(request)) for request in requests]

    def scroll(
        self,
        collection_name: str,
        scroll_filter: models.Filter,
        limit: int,
        offset: Any,
        with_payload: bool,
    ) -> tuple[list[Any], Any]:
        assert self._shard is not None
        records, following = self._shard.scroll(
            edge.ScrollRequest(
                offset=offset, limit=limit, filter=_filter(scroll_filter), with_payload=True
            )
        )
        return [_named(record) for record in records], following

    def count(
        self, collection_name: str, count_filter: models.Filter, exact: bool
    ) -> SimpleNamespace:
        assert self._shard is not None
        number = self._shard.count(edge.CountRequest(exact=exact, filter=_filter(count_filter)))
        return SimpleNamespace(count=number)

    def optimize(self) -> None:
        assert self._shard is not None
        self._shard.optimize()

    def _query(self, request: models.QueryRequest) -> list[Any]:
        assert self._shard is not None
        nearest = edge.Query.Nearest(_sparse(request.query), using=request.using)
        asked = edge.QueryRequest(
            query=nearest, limit=request.limit, filter=_filter(request.filter), with_payload=True
        )
        return self._shard.query(asked)

    def _update(self, operation: edge.UpdateOperation) -> None:
        assert self._shard is not None
        self._shard.update(operation)


def _named(record: edge.Record) -> SimpleNamespace:
    return SimpleNamespace(id=_id(record.id), payload=record.payload)


def _id(value: Any) -> int | str:
    return value if isinstance(value, int) else str(value)


def _sparse(vector: models.SparseVector) -> edge.SparseVector:
    return edge.SparseVector(indices=vector.indices, values=vector.values)


def _filter(given: models.Filter) -> edge.Filter:
    return edge.Filter(
        must=[_condition(one) for one in given.must or ()],
        must_not=[_condition(one) for one in given.must_not or ()],
    )


def _condition(given: Any) -> Any:
    if isinstance(given, models.HasIdCondition):
        return edge.HasIdCondition(set(given.has_id))
    if isinstance(given, models.IsEmptyCondition):
        return edge.IsEmptyCondition(given.is_empty.key)
    if given.range is not None:
        limits = edge.RangeFloat(gte=given.range.gte, lte=given.range.lte)
        return edge.FieldCondition(key=given.key, range=limits)
    if isinstance(given.match, models.MatchAny):
        return edge.FieldCondition(key=given.key, match=edge.MatchAny(any=given.match.any))
    return edge.FieldCondition(key=given.key, match=edge.MatchValue(value=given.match.value))
