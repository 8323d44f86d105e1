"""The batch on a real cluster of two worker processes gives what one process gives."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import dask
import pytest
from distributed import LocalCluster

from matching import AtLeast, Document, Index, Query, Settings, SnapshotError, cluster
from tests.matching.corpus import PROFILES, documents, vocabulary


@pytest.fixture(scope="module")
def scheduler() -> Iterator[str]:
    setting = {"distributed.nanny.pre-spawn-environ": cluster.WORKER_ENVIRONMENT}
    with (
        dask.config.set(setting),
        LocalCluster(
            n_workers=2, threads_per_worker=1, host="127.0.0.1", dashboard_address=None
        ) as workers,
    ):
        yield workers.scheduler_address


def test_a_cluster_answers_as_one_process_does(scheduler: str, tmp_path: Path) -> None:
    noise = [
        Document(n, {"summary": f"данные слово{n % 9} дело{n % 7}"}, {}, {"year": n % 6})
        for n in range(60)
    ]
    settings = Settings(latent_dimensions=6)
    index = Index([*documents(), *noise], vocabulary=vocabulary(), settings=settings)
    queries = [Query(f"{text} дело{n}") for n, text in enumerate(PROFILES.values())] * 3
    conditions = [[AtLeast("year", n % 6)] if n % 2 else [] for n in range(len(queries))]
    for _ in range(2):
        index.save(tmp_path)
        found = cluster.search_many(
            scheduler,
            tmp_path,
            queries,
            conditions,
            limit=7,
            vocabulary=vocabulary(),
            settings=settings,
        )
        assert found == index.search_many(queries, conditions, limit=7)
        assert len(found) == 24
        assert all(ranking.hits for ranking in found)
        # The next night's snapshot lies in the same place.
        index.upsert(Document("new", {"summary": "данные Python дело3"}, {}, {"year": 5.0}))


def test_nothing_asked_is_nothing_answered(scheduler: str, tmp_path: Path) -> None:
    Index(documents()).save(tmp_path)
    assert cluster.search_many(scheduler, tmp_path, []) == []
    everybody = cluster.search_many(scheduler, tmp_path, [Query("склад")], limit=2)
    assert everybody == Index(documents()).search_many([Query("склад")], limit=2)


def test_a_snapshot_of_another_vocabulary_is_refused(scheduler: str, tmp_path: Path) -> None:
    with pytest.raises(SnapshotError, match="no usable snapshot"):
        cluster.search_many(scheduler, tmp_path / "missing", [Query("склад")])
    Index(documents()).save(tmp_path)
    with pytest.raises(SnapshotError, match="another vocabulary"):
        cluster.search_many(scheduler, tmp_path, [Query("склад")], vocabulary=vocabulary())
