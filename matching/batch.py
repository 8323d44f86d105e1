"""Many queries at once: what does not depend on the query is done once, the rest on all threads.

The loops below NumPy and SciPy let other threads run, so the threads share one index and nothing is
copied. Every query goes through the same scorer as a single search: the answers are the same.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

import numpy as np

from matching.collection import Collection, View
from matching.conditions import Condition
from matching.documents import Id, Query
from matching.eligibility import eligible
from matching.narrowing import best
from matching.questions import ask
from matching.ranking import Scorer
from matching.reading import Reading


@dataclass(frozen=True, slots=True)
class Answer:
    """How many documents meet the conditions, and the best of them in order, with their scores."""

    total: int
    ids: tuple[Id, ...]
    scores: tuple[float, ...]


def answer(
    collection: Collection,
    read: Callable[[Query], Reading],
    queries: Sequence[Query],
    conditions: Sequence[Sequence[Condition]],
    limit: int,
    threads: int | None = None,
) -> list[Answer]:
    """Answer each query under its own conditions; nobody may edit the collection meanwhile.

    threads: at once, as many as processors by default.
    """
    view = collection.view()
    one = partial(_one, collection, view, read, limit)
    with ThreadPoolExecutor(threads or os.cpu_count()) as pool:
        return list(pool.map(one, queries, conditions))


def _one(
    collection: Collection,
    view: View,
    read: Callable[[Query], Reading],
    limit: int,
    query: Query,
    conditions: Sequence[Condition],
) -> Answer:
    mask = eligible(conditions, view, collection)
    scorer = Scorer(ask(read(query), collection, (), ()), view, collection)
    found, scores = best(scorer, mask, limit, query.text)
    ids = tuple(view.ids[slot] for slot in found.tolist())
    return Answer(int(np.count_nonzero(mask)), ids, tuple(scores.tolist()))
