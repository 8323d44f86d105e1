"""The best documents of all, exactly, though few of them are scored to the last digit.

Cheap upper bounds come first: a document whose bound stays below the score of the `end`-th best of
some others cannot be among the best (the idea of Turtle & Flood 1995, "MaxScore"). What is left is
scored in single precision, and only what stands within ROUNDING of a place in doubles.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from matching.collection import Collection, View
from matching.latent import sketch
from matching.questions import Component, Question
from matching.scoring import PRECISION, mixed, shares_of, text_points
from matching.sparse import Floats, Integers, RowsView, Singles
from matching.text import LANGUAGES
from matching.weights import row_sums

Slots: TypeAlias = NDArray[np.int64]

ROUNDING = 2e-5
"""More than single precision can err by in a score."""

LEADERS = 4
"""So many times the wanted number of documents, the most promising ones, set the first bar."""

BLOCK = 1024
"""Rows picked at once: their copy stays in the processor's cache."""


@dataclass(frozen=True, slots=True)
class Linear:
    """All components of a language as one: lexical weights by column, and a latent direction."""

    columns: Integers
    weights: Floats
    direction: Floats | None

    @classmethod
    def of(cls, components: tuple[Component, ...], width: int) -> Linear:
        """Add the components up; `width` columns are known."""
        if not components:
            return cls(np.empty(0, np.int32), np.empty(0), None)
        columns, place = np.unique(
            np.concatenate([part.columns for part in components]), return_inverse=True
        )
        weights = np.bincount(place, weights=np.concatenate([part.weights for part in components]))
        known = columns < width
        latents = [part.latent for part in components if part.latent is not None]
        direction = np.sum(latents, axis=0) if latents else None
        chosen = np.asarray(weights, np.float64)[known]
        return cls(columns[known].astype(np.int32), chosen, direction)


class Scorer:
    """Scores of one question for any slots of a view, as bounds, roughly or exactly."""

    def __init__(self, question: Question, view: View, collection: Collection) -> None:
        self._view = view
        self._collection = collection
        self._shares = shares_of(question, collection.settings)
        self._linears = [Linear.of(question.texts[name], view.impacts.width) for name in LANGUAGES]
        total = sum(question.skills.values())
        self._skills = {
            column: self._shares.skills * weight / total
            for slug, weight in question.skills.items()
            if (column := collection.skills.get(slug)) is not None and column < view.evidence.width
        }
        self._lexical = self._all_lexical()
        self._coverage = self._all_coverage()

    @property
    def has_latent(self) -> bool:
        """Whether the latent space takes part."""
        return any(linear.direction is not None for linear in self._linears)

    def loosest(self, slots: Slots) -> Singles:
        """Return upper bounds: nothing is more similar than what lies in the same direction."""
        lengths = np.zeros(len(LANGUAGES), np.float32)
        for code, linear in enumerate(self._linears):
            if linear.direction is not None:
                lengths[code] = np.linalg.norm(linear.direction)
        return self._points(self._lexical[slots] + lengths[self._view.languages[slots]], slots)

    def sketched(self, slots: Slots) -> Singles:
        """Return closer upper bounds, from the sketches of the vectors."""
        latent = self._project(self._view.sketches, _sketch_of, slots)
        return self._points(self._lexical[slots] + latent, slots)

    def rough(self, slots: Slots) -> Singles:
        """Return the scores, right within ROUNDING."""
        lexical = self._lexical[slots]
        if self.has_latent:
            lexical += self._project(self._view.vectors, _single, slots)
        return self._points(lexical, slots)

    def exact(self, slots: Slots) -> Floats:
        """Return the scores in [0, 1]; each depends on its own document alone."""
        starts, terms, impacts = self._collection.rows(slots)
        rows = np.repeat(self._view.languages[slots], np.diff(starts))
        similarity = np.zeros(len(slots))
        for code, linear in enumerate(self._linears):
            dense = np.zeros(max(self._view.impacts.width, terms.max(initial=-1) + 1))
            dense[linear.columns] = linear.weights
            similarity += row_sums(np.where(rows == code, dense[terms] * impacts, 0.0), starts)
            own = self._view.languages[slots] == code
            if linear.direction is not None and own.any():
                vectors = self._view.vectors.take(slots[own])
                similarity[own] += np.einsum("ij,j->i", vectors, linear.direction)
        scores = self._shares.texts * text_points(similarity, self._collection.settings)
        for column, weight in self._skills.items():
            scores += weight * self._view.evidence.values(slots, column)
        return np.clip(np.round(scores, PRECISION), 0.0, 1.0)

    def _points(self, similarity: NDArray[Any], slots: Slots) -> Singles:
        points = np.float32(self._shares.texts) * text_points(similarity, self._collection.settings)
        if self._coverage is not None:
            points += self._coverage[slots]
        return np.asarray(points, np.float32)

    def _all_lexical(self) -> Singles:
        view = self._view
        scores = np.zeros(view.size, np.float32)
        fixed = view.impacts.base.shape[0]
        for code, linear in enumerate(self._linears):
            if not len(linear.columns):
                continue
            cuts = (view.cuts[code], view.cuts[code + 1])
            view.impacts.add(scores[:fixed], linear.columns, linear.weights, cuts)
            added = view.impacts.dot_delta(linear.columns, linear.weights)
            own = view.languages[fixed:] == code
            scores[fixed:][own] = added[own]
        return scores

    def _all_coverage(self) -> Singles | None:
        if not self._skills:
            return None
        evidence = self._view.evidence
        columns = np.array(list(self._skills), np.int32)
        weights = np.array(list(self._skills.values()))
        scores = np.zeros(evidence.rows, np.float32)
        fixed = evidence.base.shape[0]
        evidence.add(scores[:fixed], columns, weights)
        scores[fixed:] = evidence.dot_delta(columns, weights)
        return scores

    def _project(
        self, matrix: RowsView, adapted: Callable[[Floats], Singles], slots: Slots
    ) -> Singles:
        """Return the products of rows and their languages' directions (shape: slots)."""
        languages = self._view.languages[slots]
        products = np.zeros(len(slots), np.float32)
        for code, linear in enumerate(self._linears):
            if linear.direction is None:
                continue
            own = np.flatnonzero(languages == code)
            direction = adapted(linear.direction)
            picked = np.empty((min(BLOCK, len(own)), matrix.width), np.float32)
            for first in range(0, len(own), BLOCK):
                places = own[first : first + BLOCK]
                rows = matrix.take(slots[places], picked[: len(places)])
                products[places] = rows @ direction
        return products


def _single(direction: Floats) -> Singles:
    return direction.astype(np.float32)


def _sketch_of(direction: Floats) -> Singles:
    return np.asarray(sketch(_single(direction)[None, :])[0])


def best(
    scorer: Scorer, slots: Slots, end: int, ties: NDArray[np.uint64], text: str
) -> tuple[Slots, Floats]:
    """Return the `end` best of the slots in order; `ties` mixed with the text decide equals."""
    slots = near(scorer, slots, end)
    scores = scorer.exact(slots)
    if len(slots) > end:
        chosen = scores >= kth_largest(scores, end)
        slots, scores = slots[chosen], scores[chosen]
    order = np.lexsort((mixed(ties[slots], text), -scores))[:end]
    return slots[order], scores[order]


def place(
    scorer: Scorer, slot: int, others: Slots, ties: NDArray[np.uint64], text: str
) -> tuple[float, int]:
    """Return the score of a slot, and how many of the others come before it."""
    own = float(scorer.exact(np.array([slot]))[0])
    scores = scorer.rough(others)
    close = others[np.abs(scores - own) <= ROUNDING]
    exact = scorer.exact(close)
    equal = close[exact == own]
    first = mixed(ties[equal], text) < mixed(ties[[slot]], text)
    return own, int((scores > own + ROUNDING).sum() + (exact > own).sum() + first.sum())


def near(scorer: Scorer, slots: Slots, end: int) -> Slots:
    """Return all of the slots that can be among the `end` best."""
    if not 0 < end < len(slots):
        return slots[: len(slots) if end else 0]
    for bound in (scorer.loosest, scorer.sketched) if scorer.has_latent else ():
        if LEADERS * end >= len(slots):
            break
        upper = bound(slots)
        leaders = slots[upper >= kth_largest(upper, LEADERS * end)][: 2 * LEADERS * end]
        bar = kth_largest(scorer.rough(leaders), end)
        slots = slots[upper >= bar - ROUNDING]
    scores = scorer.rough(slots)
    return slots[scores >= kth_largest(scores, end) - ROUNDING]


def kth_largest(values: NDArray[np.floating], k: int) -> float:
    """Return the k-th largest value (1 <= k <= n).

    Partial sorting is slow where much is equal or long, so a sample tells first what is too small.
    """
    step = len(values) // 4096
    if step > 1:
        sample = np.sort(values[::step])
        guess = sample[-min(len(sample), 2 * k // step + 8)]
        above = values[values > guess]
        if len(above) >= k:
            values = above
        elif np.count_nonzero(values == guess) >= k - len(above):
            return float(guess)
    return float(np.partition(values, len(values) - k)[len(values) - k])
