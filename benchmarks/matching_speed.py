"""Speed of the matcher beside what could stand in its place, on one thread, in one run.

    pip install -r requirements.txt -r requirements-test.txt -r requirements-bench.txt
    OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 python -m benchmarks.matching_speed 10000 100000

Everybody is asked for the best 20 among the profiles that meet two conditions, and takes turns
vacancy by vacancy; printed are medians and how often the naive way takes the time. All get the
vacancy as counted words: reading its text is a line of its own. From PEERS_UP_TO profiles on only
the naive way and the plain product run beside: the others' indexes do not fit beside ours.
"""

from __future__ import annotations

import resource
import sys
import threading
import time
from collections.abc import Callable
from statistics import median

import numpy as np

from benchmarks import peers
from benchmarks.synthetic_corpus import CONDITIONS, Corpus, index_of, make
from matching import Document, Index, Query

QUERIES = 20
PEERS_UP_TO = 100_000
BANDWIDTH = 22e9
"""Bytes a second from memory, as measured on the machine that the targets were set on."""


def timed(work: Callable[[], object]) -> float:
    """Return the milliseconds that the work takes."""
    start = time.perf_counter()
    work()
    return (time.perf_counter() - start) * 1000.0


def lexical_only(index: Index) -> Index:
    """Return the same index without its latent part."""
    collection = index._collection.frozen()
    collection.latent = None
    return Index.of(collection)


def ours(index: Index, corpus: Corpus) -> dict[str, peers.Search]:
    """Return the parts of a page as searches by the number of the vacancy."""
    lexical = lexical_only(index)
    texts = [Query(query.text, language="ru") for query in corpus.queries]
    for query in (*corpus.queries, *texts):
        index._read(query)
        lexical._read(query)

    def page(number: int) -> object:
        query = corpus.queries[number]
        hits = index.search(query, CONDITIONS).hits
        return index.explain_many(query, [hit.id for hit in hits])

    def edit(number: int) -> object:
        fields = {"experience": corpus.queries[number].text}
        return index.upsert(Document(number, fields, {}, {"year": 4.0}))

    return {
        "lexical part": lambda number: lexical.search(texts[number], CONDITIONS),
        "lexical and latent": lambda number: index.search(texts[number], CONDITIONS),
        "the same with asked skills": lambda n: index.search(corpus.queries[n], CONDITIONS),
        "the same, no condition": lambda number: index.search(corpus.queries[number]),
        "search and 20 explanations": page,
        "an edit, reading included": edit,
    }


def touched(corpus: Corpus) -> float:
    """Return the postings that a vacancy touches, on average."""
    holders = np.bincount(corpus.profiles.indices, minlength=corpus.profiles.shape[1])
    return float(holders[corpus.vacancies.indices].sum() / corpus.vacancies.shape[0])


def worst_search_beside(index: Index, corpus: Corpus) -> tuple[float, float, float]:
    """Return (ms of a refresh, median and worst ms of the searches that ran meanwhile)."""
    took: list[float] = []
    refresh = threading.Thread(target=lambda: took.append(timed(index.refresh)))
    refresh.start()
    searches = []
    while refresh.is_alive():
        query = corpus.queries[len(searches) % QUERIES]
        searches.append(timed(lambda: index.search(query, CONDITIONS)))  # noqa: B023
    return took[0], median(searches), max(searches)


def measure(size: int) -> None:
    """Print the table of one size."""
    corpus = make(size, QUERIES)
    start = time.perf_counter()
    index = index_of(corpus)
    print(f"\n{size} profiles, {corpus.eligible.mean():.0%} eligible", flush=True)
    print(f"index of counted words made in {time.perf_counter() - start:.1f} s")
    searches = peers.scikit_learn(corpus) | ours(index, corpus)
    if size <= PEERS_UP_TO:
        for make_peer in (peers.dot_topn, peers.bm25, peers.tantivy_search, peers.qdrant):
            searches |= make_peer(corpus)
    for search in searches.values():
        search(0)
    times: dict[str, list[float]] = {name: [] for name in searches}
    for number in range(QUERIES):
        for name, search in searches.items():
            times[name].append(timed(lambda: search(number)))  # noqa: B023
    limit = touched(corpus) * 8 / BANDWIDTH * 1000.0
    naive = median(times["naive scikit-learn"])
    print(f"postings touched a vacancy: {touched(corpus):.0f}; bandwidth limit {limit:.3f} ms")
    for name, values in sorted(times.items(), key=lambda item: -median(item[1])):
        value = median(values)
        print(f"{name:28} {value:9.2f} ms {naive / value:8.1f} x {value / limit:8.1f} limits")
    took, middle, worst = worst_search_beside(index, corpus)
    print(f"refresh {took:.0f} ms; searches beside it {middle:.1f} ms, at worst {worst:.1f} ms")
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(f"peak memory of the run {memory:.1f} GB", flush=True)


if __name__ == "__main__":
    for size in sys.argv[1:] or ["10000"]:
        measure(int(size))
