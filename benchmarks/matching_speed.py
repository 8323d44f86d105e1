"""Speed of the matcher beside naive scikit-learn, on one thread, in one run.

    OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 python -m benchmarks.matching_speed 10000 100000

The corpus is made: Cyrillic pseudo-words with Zipf-Mandelbrot frequencies, forty fields of study
with vocabularies of their own, profiles of 80 to 250 words, vacancies of 40 to 150. The competitors
take turns query by query; printed are medians in milliseconds and how often the naive way takes
the time. Both answer the same question: the best 20 among those who meet the conditions.
"""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Callable, Iterator
from statistics import median

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.metrics.pairwise import linear_kernel
from tqdm import tqdm

from matching import AnyOf, AtLeast, Document, Index, Query

WORDS = 60_000
FIELDS_OF_STUDY = 40
QUERIES = 30
CONDITIONS = (AtLeast("year", 3), AnyOf("city", frozenset({"1", "2", "3"})))


def pseudo_words(random: np.random.Generator) -> np.ndarray:
    """Return distinct words of four to nine Cyrillic letters."""
    letters = np.array(list("абвгдежзиклмнопрстуфхцчшюя"))
    made: dict[str, None] = {}
    while len(made) < WORDS:
        made["".join(random.choice(letters, random.integers(4, 10)))] = None
    return np.array(list(made))


def texts(count: int, least: int, most: int, random: np.random.Generator) -> Iterator[str]:
    """Yield texts: half of the words general, half those of one field of study."""
    words = pseudo_words(np.random.default_rng(0))
    chances = 1.0 / (np.arange(WORDS) + 30.0) ** 1.05
    cumulated = np.cumsum(chances / chances.sum())
    orders = [np.random.default_rng(n).permutation(WORDS) for n in range(FIELDS_OF_STUDY)]
    for _ in range(count):
        drawn = np.searchsorted(cumulated, random.random(random.integers(least, most)))
        half = len(drawn) // 2
        drawn[:half] = orders[random.integers(FIELDS_OF_STUDY)][drawn[:half]]
        yield " ".join(words[np.minimum(drawn, WORDS - 1)])


def timed(work: Callable[[], object]) -> float:
    """Return the milliseconds that the work takes."""
    start = time.perf_counter()
    work()
    return (time.perf_counter() - start) * 1000.0


def profile(number: int, text: str) -> Document:
    """Return a profile with attributes to filter by; a quarter meets both conditions."""
    attributes = {"year": float(number % 6), "city": frozenset({str(number % 7)})}
    return Document(number, {"experience": text}, {}, attributes)


def report(name: str, times: list[float], naive: list[float]) -> None:
    """Print one line of the table."""
    print(f"{name:34} {median(times):9.2f} ms  {median(naive) / median(times):8.1f} x")


def measure(size: int) -> None:
    """Build both indexes over `size` profiles and let them take turns."""
    random = np.random.default_rng(7)
    profiles = list(texts(size, 80, 250, random))
    vacancies = [Query(text) for text in texts(QUERIES, 40, 150, random)]
    with tqdm(total=size, desc=f"{size} profiles", file=sys.stderr) as bar:
        start = time.perf_counter()
        documents = (profile(number, text) for number, text in enumerate(profiles))
        index = Index(documents, progress=lambda done, _: bar.update(done - bar.n) and None)
        built = time.perf_counter() - start
    vectorizer = TfidfVectorizer()
    matrix = vectorizer.fit_transform(profiles)
    eligible = np.array([n % 6 >= 3 and n % 7 in (1, 2, 3) for n in range(size)])

    def naive(query: Query) -> object:
        scores = linear_kernel(vectorizer.transform([query.text]), matrix).ravel()
        return np.argsort(-np.where(eligible, scores, -1.0))[:20]

    times: dict[str, list[float]] = {}
    for number, query in enumerate(vacancies):
        edit = profile(number, profiles[-number])
        page = index.search(query, CONDITIONS).hits
        rows: dict[str, Callable[[], object]] = {
            "naive scikit-learn": lambda: naive(query),  # noqa: B023
            "search, two conditions": lambda: index.search(query, CONDITIONS),  # noqa: B023
            "search, no condition": lambda: index.search(query),  # noqa: B023
            "search, one star": lambda: index.search(query, CONDITIONS, liked=[5]),  # noqa: B023
            "explain a page of 20": lambda: [index.explain(query, hit.id) for hit in page],  # noqa: B023
            "upsert": lambda: index.upsert(edit),  # noqa: B023
        }
        for name, work in rows.items():
            times.setdefault(name, []).append(timed(work))
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024.0
    print(f"\n{size} profiles: built in {built:.1f} s, peak memory of the run {memory:.0f} MB")
    for name, values in times.items():
        report(name, values, times["naive scikit-learn"])
    print(f"{'refresh':34} {timed(index.refresh):9.2f} ms")


if __name__ == "__main__":
    for size in sys.argv[1:] or ["10000"]:
        measure(int(size))
