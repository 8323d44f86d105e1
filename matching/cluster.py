"""The batch of `Index.search_many` on a Dask cluster: queries are split, the snapshot is shared.

Needs the extra `cluster` (Dask's distributed). Every worker maps the snapshot from the same path,
read-only, so the folder must be reachable from all of them. Tasks travel pickled: whoever reaches
the scheduler can run code on its workers, so let it listen on a private network or with TLS.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from distributed import Client

from matching.concepts import Vocabulary
from matching.conditions import Condition
from matching.documents import Query
from matching.index import Index, Ranking
from matching.settings import Settings
from matching.snapshot import generation_of

TASKS_A_WORKER = 4
"""Queries differ in length: with several tasks each, no worker waits long for the last."""

WORKER_ENVIRONMENT = {
    "MALLOC_TRIM_THRESHOLD_": str(256 << 20),
    "MALLOC_MMAP_THRESHOLD_": str(256 << 20),
}
"""For the setting distributed.nanny.pre-spawn-environ of the workers: as shipped, each large array
goes back to the system when it is freed, and asking for the next one takes longer than the search.
"""

_opened: dict[tuple[Path, str], Index] = {}
"""Of a worker: the one index it has open, by path and generation."""


def search_many(
    scheduler: str,
    snapshot: Path,
    queries: Sequence[Query],
    conditions: Sequence[Sequence[Condition]] | None = None,
    *,
    limit: int = 50,
    vocabulary: Vocabulary | None = None,
    settings: Settings | None = None,
) -> list[Ranking]:
    """Return what `Index.load(snapshot, …).search_many(queries, …)` returns.

    scheduler: its address, tcp://host:port. Raises OSError where nobody answers there,
    SnapshotError where a worker cannot open the snapshot.
    """
    conditions = [()] * len(queries) if conditions is None else conditions
    generation = generation_of(snapshot)
    with Client(scheduler, set_as_default=False) as client:  # type: ignore[no-untyped-call]
        workers = max(1, len(client.scheduler_info(n_workers=-1)["workers"]))
        size = max(1, -(-len(queries) // (TASKS_A_WORKER * workers)))
        index = client.scatter((snapshot, generation, vocabulary, settings), broadcast=True)
        tasks = [
            client.submit(
                _search,
                index,
                queries[first : first + size],
                conditions[first : first + size],
                limit,
                pure=False,
            )
            for first in range(0, len(queries), size)
        ]
        return [ranking for rankings in client.gather(tasks) for ranking in rankings]


def _search(
    shared: tuple[Path, str, Vocabulary | None, Settings | None],
    queries: Sequence[Query],
    conditions: Sequence[Sequence[Condition]],
    limit: int,
) -> list[Ranking]:
    snapshot, generation, vocabulary, settings = shared
    index = _opened.get((snapshot, generation))
    if index is None:
        index = Index.load(snapshot, vocabulary=vocabulary, settings=settings)
        _opened.clear()
        _opened[snapshot, generation] = index
    return index.search_many(queries, conditions, limit=limit, threads=1)
