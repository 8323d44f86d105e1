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

from collections.abc import Callable
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

ENOUGH = 1000
"""So few documents are scored at once."""

SAMPLE = 4096

ROUNDS = (0, 2, 4, 8, 16, 32)
"""Coordinates known after each round."""


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
        self.slots = slots
        self._lexical = scorer.lexical.take(slots)
        self._coverage = None if scorer.coverage is None else scorer.coverage.take(slots)
        self._products = np.zeros(len(slots), np.float32)
        self._squares = np.zeros(len(slots), np.float32)
        self._bounds = [Bound(linear.direction) for linear in scorer.linears]
        self._know_added()
        self._bar = -np.inf
        dimensions = max(bound.dimensions for bound in self._bounds)
        known = 0
        # With nothing but the words, all could still lie in the right direction.
        for number in ROUNDS if self._coverage is not None else ROUNDS[1:]:
            if len(self.slots) <= max(ENOUGH, LEADERS * end) or known >= dimensions:
                break
            self._know(known, number)
            known = number
            self._drop(known)

    def _parts(self) -> list[slice]:
        """Return where the compacted slots of each language lie."""
        view = self._scorer.view
        starts = np.searchsorted(view.languages.base, range(len(LANGUAGES) + 1))
        places = np.searchsorted(self.slots, starts).tolist()
        return [slice(*ends) for ends in pairwise(places)]

    def _know_added(self) -> None:
        """The slots added since the last compaction are few: their products are known in full."""
        first = int(np.searchsorted(self.slots, self._scorer.view.fixed))
        if first < len(self.slots):
            self._products[first:] = self._scorer.latent(self.slots[first:])

    def _know(self, known: int, number: int) -> None:
        for part, bound in zip(self._parts(), self._bounds, strict=True):
            slots = self.slots[part]
            for dimension in bound.order[known:number].tolist():
                steps = self._scorer.view.coordinates[dimension].take(slots).astype(np.float32)
                self._products[part] += steps * bound.scaled[dimension]
                steps *= steps
                self._squares[part] += steps

    def _drop(self, known: int) -> None:
        upper = self._lexical + self._products
        self._raise_bar(self._scorer.ordering(upper, self._coverage))
        for part, bound in zip(self._parts(), self._bounds, strict=True):
            upper[part] += bound.rest(self._squares[part], known)
        upper = self._scorer.ordering(upper, self._coverage)
        kept = np.flatnonzero(upper >= self._scorer.floor(self._bar))
        self.slots = self.slots[kept]
        for name in ("_lexical", "_products", "_squares"):
            setattr(self, name, getattr(self, name)[kept])
        if self._coverage is not None:
            self._coverage = self._coverage[kept]

    def _raise_bar(self, estimates: Singles) -> None:
        wanted = LEADERS * self._end
        leaders = np.flatnonzero(estimates >= kth_largest(estimates, wanted))[: 2 * wanted]
        scores = self._scorer.rough(self.slots[leaders])
        self._bar = max(self._bar, kth_largest(scores, self._end))


class Bound:
    """What is known of the product of a direction and a unit vector from some coordinates."""

    def __init__(self, direction: Floats | None) -> None:
        self._direction = np.zeros(0) if direction is None else direction
        self.dimensions = len(self._direction)
        self.order = np.argsort(-np.abs(self._direction), kind="stable")
        self.scaled = (self._direction / STEPS).astype(np.float32)

    def rest(self, squares: Singles, known: int) -> Singles:
        """Return the most that the other coordinates can add, and the rounding of the known.

        squares: sum of the squares of the first `known` coordinates, in steps.
        """
        first = np.abs(self._direction[self.order[:known]])
        rest = float(np.linalg.norm(self._direction[self.order[known:]]))
        # Each coordinate is up to half a step larger or smaller, all together up to `off`; and
        # |x|² >= |y|² - 2 |y| off where |x - y| <= off, |x| <= 1.
        off = float(np.sqrt(known)) / (2 * STEPS)
        most = np.float32(1.0 + 1e-6 + 2.0 * off + off * off)
        left = np.maximum(most - squares / np.float32(STEPS**2), np.float32(0.0))
        slack = np.float32(first.sum() / (2 * STEPS))
        return np.asarray(np.float32(rest) * np.sqrt(left) + slack, np.float32)


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
