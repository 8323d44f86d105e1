"""The nightly batch beside its peers: 2,000 vacancies × 100,000 profiles, the best 50 of each.

    pip install -r requirements.txt -r requirements-test.txt -r requirements-bench.txt
    python -m benchmarks.nightly_batch 100000 2000

The naive way is measured on 20 vacancies, spread over the run so that a busy machine slows
everybody alike, and multiplied. Everybody gets the vacancies as counted words; reading their texts
is a line of its own. Printed are seconds, seconds of the processors, and how often the naive way
takes the time.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import bm25s
import dask
import numpy as np
from distributed import LocalCluster
from scipy.sparse import csr_matrix
from sklearn.metrics.pairwise import linear_kernel
from sparse_dot_topn import sp_matmul_topn

from benchmarks import peers
from matching import Query, cluster
from matching.bench import lexical_only
from matching.synthetic import CONDITIONS, Corpus, index_of, make

TOP = 50
NAIVE_QUERIES = 20
THREADS = 2


def measured(work: Callable[[], object]) -> tuple[float, float]:
    """Return the seconds, and the processors' seconds, that the work takes."""
    start, used = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - start, time.process_time() - used


class Naive:
    """What an engineer would write first, a few vacancies at a time."""

    def __init__(self, corpus: Corpus) -> None:
        self._profiles, self._vacancies = peers.tf_idf(corpus)
        self._asked = 0
        self._took = np.zeros(2)

    def ask(self, number: int) -> None:
        """Answer the next few vacancies."""
        for row in range(self._asked, self._asked + number):
            self._took += measured(lambda: self._one(row))  # noqa: B023
        self._asked += number

    def _one(self, row: int) -> object:
        scores = linear_kernel(self._vacancies[[row]], self._profiles).ravel()
        return np.argsort(-scores)[:TOP]

    def extrapolated(self, queries: int) -> tuple[float, float]:
        """Return what so many vacancies would take."""
        wall, used = self._took * queries / self._asked
        return float(wall), float(used)


def rivals(corpus: Corpus) -> dict[str, Callable[[], object]]:
    """Return the batches of the peers."""
    profiles, vacancies = peers.tf_idf(corpus)
    columns, rows = csr_matrix(profiles.T), csr_matrix(vacancies)
    counts = corpus.profiles
    ids = np.repeat(counts.indices, counts.data.astype(np.int64)).astype(np.int32)
    totals = np.add.reduceat(counts.data.astype(np.int64), counts.indptr[:-1])
    vocabulary = {word: number for number, word in enumerate(corpus.words)}
    index = bm25s.BM25(backend="numba")
    index.index((np.split(ids, np.cumsum(totals)[:-1]), vocabulary), show_progress=False)
    asked = [list(dict.fromkeys(query.text.split())) for query in corpus.queries]
    index.retrieve(asked[:2], k=TOP, show_progress=False, n_threads=THREADS)
    return {
        "sparse_dot_topn, two threads": lambda: sp_matmul_topn(
            rows, columns, top_n=TOP, n_threads=THREADS
        ),
        "bm25s with numba, two threads": lambda: index.retrieve(
            asked, k=TOP, show_progress=False, n_threads=THREADS
        ),
    }


def main(size: int, queries: int) -> None:
    """Print the table."""
    corpus = make(size, queries)
    index = index_of(corpus)
    lexical = lexical_only(index)
    texts = [Query(query.text, language="ru") for query in corpus.queries]
    reading = {query: lexical._read.__wrapped__(query) for query in texts}
    reading |= {query: index._read.__wrapped__(query) for query in corpus.queries}
    conditions = [CONDITIONS] * queries
    snapshot = Path(tempfile.mkdtemp())
    index.save(snapshot)
    read, index._read = index._read, reading.__getitem__
    lexical._read = reading.__getitem__
    batches: dict[str, Callable[[], object]] = {
        "lexical part, one thread": lambda: lexical.search_many(texts, limit=TOP, threads=1),
        "lexical part, two threads": lambda: lexical.search_many(texts, limit=TOP, threads=THREADS),
        "whole ranker, two threads": lambda: index.search_many(
            corpus.queries, limit=TOP, threads=THREADS
        ),
        "the same with conditions": lambda: index.search_many(
            corpus.queries, conditions, limit=TOP, threads=THREADS
        ),
        "reading the texts": lambda: [read.__wrapped__(query) for query in corpus.queries],
        **rivals(corpus),
    }
    naive = Naive(corpus)
    times = {}
    with (
        dask.config.set({"distributed.nanny.pre-spawn-environ": cluster.WORKER_ENVIRONMENT}),
        LocalCluster(
            n_workers=2, threads_per_worker=1, host="127.0.0.1", dashboard_address=None
        ) as workers,
    ):
        # Reading included: the workers do it.
        batches["cluster, conditions and reading"] = lambda: cluster.search_many(
            workers.scheduler_address, snapshot, corpus.queries, conditions, limit=TOP
        )
        batches["cluster, again"] = batches["cluster, conditions and reading"]
        share = -(-NAIVE_QUERIES // len(batches))
        for name, batch in batches.items():
            naive.ask(share)
            times[name] = measured(batch)
        same = batches["cluster, again"]() == batches["the same with conditions"]()
    wall, used = naive.extrapolated(queries)
    print(f"{size} profiles, {queries} vacancies, best {TOP}; cluster == in process: {same}")
    print(f"{'naive scikit-learn, extrapolated':34} {wall:8.2f} s {used:8.2f} s CPU")
    for name, (took, busy) in times.items():
        # Of a cluster only this process's own time is known.
        print(f"{name:34} {took:8.2f} s {busy:8.2f} s CPU {wall / took:8.0f} x")


if __name__ == "__main__":
    main(*(int(value) for value in sys.argv[1:]))
