"""Speed of the matcher beside what could stand in its place, on one thread, in one run.

    pip install -r requirements.txt -r requirements-test.txt -r requirements-bench.txt
    OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 python -m benchmarks.matching_speed 10000 100000

Everybody is asked for the best 20 among the profiles that meet two conditions, and takes turns
vacancy by vacancy; printed are medians, by the clock and of the processor (PostgreSQL runs in a
process of its own and has no such time), how often the naive way takes the time, and multiples of
what memory allows. All get the vacancy as counted words. --peers a,b: only these, where the indexes
of all do not fit into memory together; the naive way always takes part.
"""

from __future__ import annotations

import argparse
import resource

import numpy as np

from benchmarks.peers import PEERS
from matching.bench import QUERIES, edits, medians, refresh, searches
from matching.index import Index
from matching.synthetic import Corpus, index_of, make

NAIVE = "naive scikit-learn"
BANDWIDTH = 22e9
"""Bytes a second from memory, as measured on the machine that the targets were set on."""


def touched(corpus: Corpus) -> float:
    """Return the postings that a vacancy touches, on average."""
    holders = np.bincount(corpus.profiles.indices, minlength=corpus.profiles.shape[1])
    return float(holders[corpus.vacancies.indices].sum() / corpus.vacancies.shape[0])


def compare(index: Index, corpus: Corpus, names: list[str]) -> None:
    """Print the table of one corpus."""
    works = searches(index, corpus)
    for name in dict.fromkeys(["scikit-learn", *names]):
        works |= PEERS[name](corpus)
    times = medians(works)
    limit = touched(corpus) * 8 / BANDWIDTH * 1000.0
    naive = times[NAIVE]
    print(f"postings touched a vacancy: {touched(corpus):.0f}; bandwidth limit {limit:.3f} ms")
    print(f"{'':28}{'ms':>10}{'x naive':>10}{'CPU ms':>10}{'x naive':>10}{'limits':>10}")
    for name, took in sorted(times.items(), key=lambda item: -item[1].clock):
        clock = f"{took.clock:10.2f}{naive.clock / took.clock:10.1f}"
        own = took.processor > 0.1 * took.clock or not name.startswith("PostgreSQL")
        processor = f"{took.processor:10.2f}{naive.processor / took.processor:10.1f}"
        limits = f"{took.processor / limit:10.1f}"
        print(f"{name:28}{clock}{processor + limits if own else ''}", flush=True)


def measure(size: int, names: list[str]) -> None:
    """Make a corpus and print what it shows."""
    corpus = make(size, QUERIES)
    print(f"\n{size} profiles, {corpus.eligible.mean():.0%} eligible", flush=True)
    index = index_of(corpus)
    compare(index, corpus, names)
    for name, took in medians(edits(index, corpus)).items():
        print(f"{name:28}{took.clock:10.2f}{'':10}{took.processor:10.2f}")
    took, before, beside = refresh(index, corpus)
    print(f"refresh {took.clock:.0f} ms, of the processor {took.processor:.0f} ms")
    print(f"searches before it {np.median(before):.1f} ms, at worst {max(before):.1f} ms")
    print(f"searches beside it {np.median(beside):.1f} ms, at worst {max(beside):.1f} ms")
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(f"peak memory of the run {memory:.1f} GB", flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sizes", type=int, nargs="*", default=[10_000])
    parser.add_argument("--peers", default=",".join(PEERS), help="a comma between names")
    arguments = parser.parse_args()
    for size in arguments.sizes:
        measure(size, arguments.peers.split(","))
