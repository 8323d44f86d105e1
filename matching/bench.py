"""How fast the library is on this machine: a made corpus, one thread, medians.

The processor's own time stands beside the clock's, since a busy machine stretches only the latter.
"""

from __future__ import annotations

import pickle
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median
from typing import NamedTuple

from matching.conditions import AtLeast
from matching.documents import Document, Query
from matching.index import Index
from matching.synthetic import CONDITIONS, Corpus, index_of, make

QUERIES = 20
LEAST = 100
"""Fewer profiles teach no latent space of full size."""
WORKERS = 4


class Took(NamedTuple):
    """Milliseconds by the clock, and of the processor in all threads of this process."""

    clock: float
    processor: float


def timed(work: Callable[[], object]) -> Took:
    """Return how long the work takes."""
    processor, clock = time.process_time(), time.perf_counter()
    work()
    taken = time.perf_counter() - clock, time.process_time() - processor
    return Took(taken[0] * 1000.0, taken[1] * 1000.0)


def lexical_only(index: Index) -> Index:
    """Return the same index without its latent part."""
    collection = index._collection.frozen()
    collection.latent = None
    return Index.of(collection)


def searches(index: Index, corpus: Corpus) -> dict[str, Callable[[int], object]]:
    """Return the parts of a page as searches by the number of the vacancy; they are read before."""
    lexical = lexical_only(index)
    texts = [Query(query.text, language="ru") for query in corpus.queries]
    for query in (*corpus.queries, *texts):
        index._read(query)
        lexical._read(query)

    def page(number: int) -> object:
        query = corpus.queries[number]
        hits = index.search(query, CONDITIONS).hits
        return index.explain_many(query, [hit.id for hit in hits])

    def rare(number: int) -> object:
        # About one in a thousand passes, and another one each time.
        return index.search(corpus.queries[number], [AtLeast("draw", 0.999 + number * 1e-6)])

    return {
        "lexical part": lambda number: lexical.search(texts[number], CONDITIONS),
        "lexical and latent": lambda number: index.search(texts[number], CONDITIONS),
        "the same with asked skills": lambda n: index.search(corpus.queries[n], CONDITIONS),
        "the same, one in a thousand": rare,
        "the same, no condition": lambda number: index.search(corpus.queries[number]),
        "search and 20 explanations": page,
    }


def edits(index: Index, corpus: Corpus) -> dict[str, Callable[[int], object]]:
    """Return an edit, with and without the search that sees it; texts are read as part of it."""

    def edit(number: int) -> None:
        fields = {"experience": corpus.queries[number].text}
        index.upsert(Document(number, fields, {}, {"year": 4.0}))

    def seen(number: int) -> None:
        edit(number)
        index.search(corpus.queries[number], CONDITIONS)

    return {"an edit": edit, "an edit and the next search": seen}


def medians(works: dict[str, Callable[[int], object]]) -> dict[str, Took]:
    """Return the medians over the vacancies; the works take turns."""
    for work in works.values():
        work(0)
    times: dict[str, list[Took]] = {name: [] for name in works}
    for number in range(QUERIES):
        for name, work in works.items():
            times[name].append(timed(lambda: work(number)))  # noqa: B023
    return {
        name: Took(median(took.clock for took in each), median(took.processor for took in each))
        for name, each in times.items()
    }


def refresh(index: Index, corpus: Corpus) -> tuple[Took, list[float], list[float]]:
    """Refresh while somebody searches; return how long it took, and the milliseconds of the
    searches before and beside it."""

    def search(number: int) -> float:
        query = corpus.queries[number % QUERIES]
        return timed(lambda: index.search(query, CONDITIONS)).clock

    before = [search(number) for number in range(2 * QUERIES)]
    took: list[Took] = []
    thread = threading.Thread(target=lambda: took.append(timed(index.refresh)))
    thread.start()
    beside: list[float] = []
    while thread.is_alive():
        beside.append(search(len(beside)))
        # As searches come: with pauses, in which a page is read.
        time.sleep(0.01)
    return took[0], before, beside


_WORKER = """
import pickle, sys
from pathlib import Path
from matching import Index
from matching.synthetic import CONDITIONS
queries = pickle.load(sys.stdin.buffer)
index = Index.load(Path(sys.argv[1]))
for query in queries:
    hits = index.search(query, CONDITIONS).hits
    index.explain_many(query, [hit.id for hit in hits])
print("ready", flush=True)
sys.stdin.buffer.read()
"""


def workers_memory(folder: Path, corpus: Corpus, workers: int) -> float:
    """Return the megabytes of processes that search one snapshot, pages they share counted once.

    Sums the proportional set sizes of /proc/PID/smaps_rollup; NaN where the system has none.
    """
    asked = pickle.dumps(corpus.queries)
    started = [
        subprocess.Popen(  # noqa: S603 - our own program
            [sys.executable, "-c", _WORKER, str(folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        for _ in range(workers)
    ]
    try:
        for worker in started:
            assert worker.stdin is not None
            worker.stdin.write(asked)
            worker.stdin.flush()
        for worker in started:
            assert worker.stdout is not None
            worker.stdout.readline()
        return sum(map(proportional_memory, (worker.pid for worker in started)))
    finally:
        for worker in started:
            worker.communicate()


def proportional_memory(process: int) -> float:
    """Return the megabytes of a process, each shared page by the number of its sharers."""
    try:
        rollup = Path(f"/proc/{process}/smaps_rollup").read_text(encoding="ascii")
    except OSError:
        return float("nan")
    sizes = (line.split()[1] for line in rollup.splitlines() if line.startswith("Pss:"))
    return sum(map(int, sizes)) / 1024.0


def bench(profiles: int) -> Iterator[str]:
    """Yield the lines of the table."""
    corpus = make(profiles, QUERIES)
    made: list[Index] = []
    took = timed(lambda: made.append(index_of(corpus)))
    index = made[0]
    yield f"{profiles} profiles, {corpus.eligible.mean():.0%} of them eligible, best 20"
    yield f"{'':34}{'ms':>10}{'CPU ms':>10}"
    yield _line("weigh and place all, word by word", took)
    for name, each in (medians(searches(index, corpus)) | medians(edits(index, corpus))).items():
        yield _line(name, each)
    took, before, beside = refresh(index, corpus)
    yield _line("refresh", took)
    yield f"{'a search: median, worst':34}{median(before):10.2f}{max(before):10.2f}"
    yield f"{'beside the refresh: median, worst':34}{median(beside):10.2f}{max(beside):10.2f}"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "index"
        yield _line("save a snapshot", timed(lambda: index.save(path)))
        yield _line("open it", timed(lambda: Index.load(path)))
        size = sum(file.stat().st_size for file in path.rglob("*") if file.is_file()) / 2**20
        one, many = workers_memory(path, corpus, 1), workers_memory(path, corpus, WORKERS)
    yield f"snapshot {size:.0f} MB; memory of 1 worker {one:.0f} MB, of {WORKERS} {many:.0f} MB"


def _line(name: str, took: Took) -> str:
    return f"{name:34}{took.clock:10.2f}{took.processor:10.2f}"
