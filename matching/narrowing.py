"""The best documents of all, exactly, though few of them are scored to the last digit.

A document whose upper bound stays below the score of the `end`-th best of some others cannot be
among the best (the idea of Turtle & Flood 1995, "MaxScore"). The lexical part and the asked skills
are known of all; the latent part is bounded. Vectors have length 1, so after some coordinates of
direction and document

    product <= sum over them + |rest of direction| × sqrt(1 - their squares)     (Cauchy-Schwarz)

and the direction's largest coordinates come first: a few of a hundred leave few documents. What is
left is scored in single precision, and only what is close to the last place in doubles.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from matching.latent import STEPS
from matching.ranking import Scorer
from matching.scoring import mixed
from matching.sparse import Booleans, Floats, Singles, Slots
from matching.text import LANGUAGES

LEADERS = 4
"""So many times the wanted number of documents, the most promising ones, set the bar."""

ENOUGH = 6000
"""So few documents are scored at once: to learn more of them takes as long."""

SAMPLE = 4096

ROUNDS = (0, 4, 8, 16, 32)
"""Coordinates known after each round."""

BLOCK = 8192
"""Slots looked at at once: what is computed of them stays in the processor's cache."""


def best(scorer: Scorer, mask: Booleans, end: int, text: str) -> tuple[Slots, Floats]:
    """Return the `end` best of the slots in the mask, in order, with their scores.

    Equals take turns from text to text.
    """
    slots = near(scorer, mask, end)
    scores = scorer.exact(slots)
    if 0 < end < len(slots):
        chosen = scores >= kth_largest(scores, end)
        slots, scores = slots[chosen], scores[chosen]
    order = np.lexsort((mixed(scorer.view.ties.take(slots), text), -scores))[:end]
    return slots[order], scores[order]


def place(scorer: Scorer, slot: int, others: Booleans, text: str) -> tuple[float, int]:
    """Return the score of a slot, and how many of the others come before it."""
    one = np.array([slot])
    own, rough = float(scorer.exact(one)[0]), float(scorer.rough(one)[0])
    slots = np.flatnonzero(others)
    scores = scorer.rough(slots)
    close = slots[np.abs(scores - rough) <= 2 * scorer.tolerance]
    exact = scorer.exact(close)
    ties = scorer.view.ties
    first = mixed(ties.take(close[exact == own]), text) < mixed(ties.take(one), text)
    ahead = np.count_nonzero(scores > rough + 2 * scorer.tolerance)
    return own, int(ahead + np.count_nonzero(exact > own) + np.count_nonzero(first))


def near(scorer: Scorer, mask: Booleans, end: int) -> Slots:
    """Return all slots of the mask that can be among its `end` best."""
    count = int(np.count_nonzero(mask))
    if not 0 < end < count:
        return np.flatnonzero(mask)[: count if end else 0]
    if not scorer.has_latent:
        values = scorer.lexical
        if scorer.coverage is not None:
            values = scorer.ordering(values, scorer.coverage)
        return highest(values, mask, count, end, scorer.floor)
    slots = np.flatnonzero(mask)
    if len(slots) > max(ENOUGH, LEADERS * end):
        slots = Narrowing(scorer, slots, end).slots
    scores = scorer.rough(slots)
    return slots[scores >= scorer.floor(kth_largest(scores, end))]


def highest(
    values: Singles, mask: Booleans, count: int, k: int, floor: Callable[[float], float]
) -> Slots:
    """Return the slots of the mask (`count` in number) whose values reach the floor of its k-th.

    A sample tells first what is too small: what is left need not be picked out of all.
    """
    step = count // SAMPLE
    if step > 1:
        sample = np.sort(values[::step][mask[::step]])
        rank = 2 * k * len(sample) // count + 8
        if rank <= len(sample):
            guess = sample[-rank]
            slots = np.flatnonzero((values > guess) & mask)
            if len(slots) >= k:
                found = values[slots]
                bar = floor(kth_largest(found, k))
                if bar > guess:
                    return slots[found >= bar]
    slots = np.flatnonzero(mask)
    found = values.take(slots)
    return slots[found >= floor(kth_largest(found, k))]


class Narrowing:
    """Ever fewer slots, as ever more coordinates of their vectors are known."""

    def __init__(self, scorer: Scorer, slots: Slots, end: int) -> None:
        self._scorer = scorer
        self._end = end
        self._bounds = [Bound(linear.direction) for linear in scorer.linears]
        self.slots = slots
        self._coverage = None if scorer.coverage is None else scorer.coverage.take(slots)
        self._known = scorer.lexical.take(slots)
        self._squares = np.zeros(len(slots), np.float32)
        self._know_added()
        self._bar = -np.inf
        dimensions = max(bound.dimensions for bound in self._bounds)
        known = 0
        # By the words alone all could still lie in the right direction.
        for number in ROUNDS if self._coverage is not None else ROUNDS[1:]:
            if len(self.slots) <= max(ENOUGH, LEADERS * end) or known >= dimensions:
                break
            self._narrow(known, number)
            known = number

    def _know_added(self) -> None:
        """The slots added since the last compaction are few: they are known in full."""
        first = int(np.searchsorted(self.slots, self._scorer.view.fixed))
        if first < len(self.slots):
            self._known[first:] += self._scorer.latent(self.slots[first:])

    def _narrow(self, known: int, number: int) -> None:
        """Learn some more coordinates and drop whom the bar then excludes."""
        upper = self._known.copy()
        for block, bound in self._blocks():
            self._learn(block, bound, known, number)
            upper[block] = self._known[block] + bound.rest(self._squares[block], number)
        self._raise_bar(self._ordering(self._known))
        kept = np.flatnonzero(self._ordering(upper) >= self._scorer.floor(self._bar))
        self.slots, self._known = self.slots[kept], self._known[kept]
        self._squares = self._squares[kept]
        self._coverage = None if self._coverage is None else self._coverage[kept]

    def _blocks(self) -> Iterator[tuple[slice, Bound]]:
        """Yield the places of the compacted slots, a few at a time, each language by itself."""
        view = self._scorer.view
        codes = np.arange(len(LANGUAGES) + 1, dtype=np.uint8)
        starts = np.searchsorted(view.languages.base, codes)
        places = np.searchsorted(self.slots, starts).tolist()
        for bound, (start, end) in zip(self._bounds, pairwise(places), strict=True):
            for first in range(start, end, BLOCK):
                yield slice(first, min(first + BLOCK, end)), bound

    def _learn(self, block: slice, bound: Bound, known: int, number: int) -> None:
        slots, products, squares = self.slots[block], self._known[block], self._squares[block]
        for dimension in bound.order[known:number].tolist():
            steps = self._scorer.view.coordinates[dimension].take(slots).astype(np.float32)
            products += steps * bound.scaled[dimension]
            steps *= steps
            squares += steps

    def _ordering(self, similarity: Singles) -> Singles:
        return self._scorer.ordering(similarity, self._coverage)

    def _raise_bar(self, estimates: Singles) -> None:
        wanted = LEADERS * self._end
        leaders = np.flatnonzero(estimates >= kth_largest(estimates, wanted))[: 2 * wanted]
        scores = self._scorer.rough(self.slots[leaders])
        self._bar = max(self._bar, kth_largest(scores, self._end))


class Bound:
    """What is known of the product of a direction and a unit vector from some coordinates."""

    def __init__(self, direction: Floats | None) -> None:
        values = np.zeros(0) if direction is None else direction
        self.dimensions = len(values)
        self.order = np.argsort(-np.abs(values), kind="stable")
        self.scaled = (values / STEPS).astype(np.float32)
        largest = np.abs(values[self.order])
        self._sums = np.append(0.0, np.cumsum(largest))
        self._rests = np.sqrt(np.append(np.cumsum(largest[::-1] ** 2)[::-1], 0.0))

    def rest(self, squares: Singles, known: int) -> Singles:
        """Return the most that the other coordinates can add, and the rounding of the known.

        squares: sum of the squares of the first `known` coordinates, in steps.
        """
        known = min(known, self.dimensions)
        # Each coordinate is up to half a step larger or smaller, all together up to `off`; and
        # |x|² >= |y|² - 2 |y| off where |x - y| <= off, |x| <= 1.
        off = known**0.5 / (2 * STEPS)
        left = squares * np.float32(-1.0 / STEPS**2)
        left += np.float32(1.0 + 1e-6 + 2.0 * off + off * off)
        np.maximum(left, np.float32(0.0), out=left)
        np.sqrt(left, out=left)
        left *= np.float32(self._rests[known])
        left += np.float32(self._sums[known] / (2 * STEPS))
        return left


def kth_largest(values: NDArray[np.floating], k: int) -> float:
    """Return the k-th largest value (1 <= k <= n).

    Partial sorting is slow where much is equal or long, so a sample tells first what is too small.
    """
    step = len(values) // SAMPLE
    if step > 1:
        sample = np.sort(values[::step])
        guess = sample[-min(len(sample), 2 * k // step + 8)]
        above = values[np.flatnonzero(values > guess)]
        if len(above) >= k:
            values = above
        elif np.count_nonzero(values == guess) >= k - len(above):
            return float(guess)
    return float(np.partition(values, len(values) - k)[len(values) - k])
