"""The index on Qdrant's real engine, in process and on disk: bytes a profile, ms a search.

    pip install -r requirements.txt -r requirements-test.txt
    python -m benchmarks.served_index 10000

The engine is the server's own, but there is no network, no replica and no second shard here.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import median

import numpy as np

from matching import Document, Index
from matching.analysis import analyse
from matching.remote.asking import FIRST_DEPTH, Asked
from matching.remote.filters import filter_of
from matching.remote.index import RemoteIndex
from matching.remote.points import document_point
from matching.remote.retrieval import Retrieval
from matching.synthetic import CITIES, CONDITIONS, Corpus, make
from tests.matching.edge import EdgeClient

QUERIES = 20


def documents(corpus: Corpus) -> list[Document]:
    """Return the profiles as documents, in words."""
    words = np.array(corpus.words, object)
    made = []
    for row in range(corpus.profiles.shape[0]):
        span = slice(*corpus.profiles.indptr[row : row + 2])
        counts = corpus.profiles.data[span].astype(int)
        text = " ".join(np.repeat(words[corpus.profiles.indices[span]], counts))
        held = slice(*corpus.skills.indptr[row : row + 2])
        skills = zip(corpus.skills.indices[held], corpus.skills.data[held], strict=True)
        attributes = {
            "year": float(corpus.years[row]),
            "city": frozenset({str(corpus.cities[row] % CITIES)}),
        }
        evidence = {str(slug): min(float(value), 1.0) for slug, value in skills}
        made.append(Document(row, {"experience": text}, evidence, attributes))
    return made


def timed(work: Callable[[], object]) -> float:
    """Return the milliseconds of the processor that the work takes."""
    start = time.process_time()
    work()
    return (time.process_time() - start) * 1000.0


def main(size: int) -> None:
    """Print the table."""
    corpus = make(size, QUERIES)
    profiles = documents(corpus)
    folder = Path(tempfile.mkdtemp())
    client = EdgeClient(folder)
    remote = RemoteIndex(client)  # type: ignore[arg-type]
    print(f"published in {timed(lambda: remote.publish(lambda: profiles)) / 1000:.0f} s CPU")
    client.optimize()
    embedded = Index(profiles)
    used = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    store = remote._store
    state = store.state()
    terms = store.terms(corpus.words)
    point = document_point(analyse(profiles[0]), terms, state, remote.settings)
    sent = len(json.dumps(point.model_dump()).encode())
    print(f"{used / size:.0f} bytes a profile on disk, {sent} sent")
    times: dict[str, list[float]] = {}

    def note(name: str, work: Callable[[], object]) -> None:
        times.setdefault(name, []).append(timed(work))

    differing = 0
    for query, profile in zip(corpus.queries, profiles, strict=False):
        for index in (remote, embedded):
            index._read(query) if isinstance(index, Index) else store.read(query)
        found = remote.search(query, CONDITIONS)
        ids = [hit.id for hit in found.hits]
        asked = Asked(store, query, CONDITIONS, (), (), None)
        excerpt = asked._excerpt([])
        retrieval = Retrieval(asked._question(excerpt), excerpt)
        requests = [(one, filter_of(CONDITIONS, one.language)) for one in retrieval.requests]
        note("the engine's part", partial(store.server.search, requests, FIRST_DEPTH))
        note("a search", partial(remote.search, query, CONDITIONS))
        note("20 reasons", partial(remote.explain_many, query, ids))
        note("an edit", partial(remote.upsert, profile))
        note("embedded search", partial(embedded.search, query, CONDITIONS))
        expected = [hit.id for hit in embedded.search(query, CONDITIONS).hits]
        differing += ids != expected
    print(f"pages that differ: {differing} of {QUERIES}")
    for name, values in times.items():
        print(f"{name:18} {median(values):8.1f} ms CPU")


if __name__ == "__main__":
    main(int(sys.argv[1]))
