"""Scores of one question for the documents of a view, roughly for all or exactly for some."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from matching.collection import Collection, View
from matching.questions import Component, Question
from matching.scoring import PRECISION, shares_of, text_points
from matching.sparse import Floats, Integers, Singles, Slots
from matching.text import LANGUAGES
from matching.weights import row_sums

ROUNDING = 2e-5
"""More than single precision can err by in a score or in a similarity."""

BLOCK = 2048
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
    """Scores of one question for any slots of a view."""

    def __init__(self, question: Question, view: View, collection: Collection) -> None:
        self.view = view
        self._collection = collection
        self._shares = shares_of(question, collection.settings)
        self.linears = [Linear.of(question.texts[name], view.impacts.width) for name in LANGUAGES]
        total = sum(question.skills.values())
        self._skills = {
            column: self._shares.skills * weight / total
            for slug, weight in question.skills.items()
            if (column := collection.skills.get(slug)) is not None and column < view.evidence.width
        }

    @property
    def has_latent(self) -> bool:
        """Whether the latent space takes part."""
        return any(linear.direction is not None for linear in self.linears)

    @cached_property
    def lexical(self) -> Singles:
        """The lexical part of the similarity, of every slot."""
        view = self.view
        scores = np.zeros(view.size, np.float32)
        fixed = view.fixed
        for code, linear in enumerate(self.linears):
            if not len(linear.columns):
                continue
            cuts = (view.cuts[code], view.cuts[code + 1])
            view.impacts.add(scores[:fixed], linear.columns, linear.weights, cuts)
            if fixed < view.size:
                added = view.impacts.dot_delta(linear.columns, linear.weights)
                own = view.languages.added == code
                scores[fixed:][own] = added[own]
        return scores

    @cached_property
    def coverage(self) -> Singles | None:
        """What the asked skills add to the score, of every slot; None where none is asked for."""
        if not self._skills:
            return None
        evidence, fixed = self.view.evidence, self.view.fixed
        columns = np.array(list(self._skills), np.int32)
        weights = np.array(list(self._skills.values()))
        scores = np.zeros(evidence.rows, np.float32)
        evidence.add(scores[:fixed], columns, weights)
        scores[fixed:] = evidence.dot_delta(columns, weights)
        return scores

    def ordering(self, similarity: Singles, coverage: Singles | None) -> Singles:
        """Return what orders documents as their scores do: without asked skills that is the
        similarity itself, which spares the curve of the text part; else the score."""
        return similarity if coverage is None else self.points(similarity) + coverage

    @property
    def tolerance(self) -> float:
        """More than single precision can err by in the `ordering`, or than equal scores differ."""
        if self.coverage is not None:
            return ROUNDING
        half, share = self._collection.settings.text_half, max(self._shares.texts, 1e-3)
        # The curve of the text part is flattest at 1; scores are equal up to their last decimal.
        return ROUNDING + 2.0 * 10.0**-PRECISION * (1.0 + half) / (half * share)

    def floor(self, ordering: float) -> float:
        """Return the `ordering` that a document needs at least to come level with another's; all
        that is dissimilar is level."""
        least = ordering - self.tolerance
        return least if least > 0.0 or self.coverage is not None else -np.inf

    def points(self, similarity: Singles) -> Singles:
        """Return the points for texts of a similarity."""
        points = text_points(similarity, self._collection.settings)
        points *= np.float32(self._shares.texts)
        return np.asarray(points, np.float32)

    def rough(self, slots: Slots) -> Singles:
        """Return the `ordering`, right within the tolerance."""
        similarity = self.lexical[slots]
        if self.has_latent:
            similarity += self.latent(slots)
        coverage = None if self.coverage is None else self.coverage[slots]
        # What is dissimilar scores 0, no matter how dissimilar it is.
        return self.ordering(np.maximum(similarity, np.float32(0.0)), coverage)

    def exact(self, slots: Slots) -> Floats:
        """Return the scores in [0, 1]; each depends on its own document alone."""
        blocks = [slots[first : first + BLOCK] for first in range(0, len(slots), BLOCK)]
        return np.concatenate([np.empty(0), *map(self._exact, blocks)])

    def _exact(self, slots: Slots) -> Floats:
        languages = self.view.languages.take(slots)
        similarity = np.zeros(len(slots))
        if any(len(linear.columns) for linear in self.linears):
            starts, terms, impacts = self._collection.rows(slots)
            own = np.repeat(languages, np.diff(starts))
        for code, linear in enumerate(self.linears):
            if len(linear.columns):
                places = np.searchsorted(linear.columns, terms)
                places[places == len(linear.columns)] = 0
                shared = (linear.columns[places] == terms) & (own == code)
                weighted = np.where(shared, linear.weights[places] * impacts, 0.0)
                similarity += row_sums(weighted, starts)
            if linear.direction is not None:
                rows = np.flatnonzero(languages == code)
                vectors = self.view.vectors.take(slots[rows])
                similarity[rows] += np.einsum("ij,j->i", vectors, linear.direction)
        scores = self._shares.texts * text_points(similarity, self._collection.settings)
        for column, weight in self._skills.items():
            scores += weight * self.view.evidence.values(slots, column)
        return np.clip(np.round(scores, PRECISION), 0.0, 1.0)

    def latent(self, slots: Slots) -> Singles:
        """Return the products of vectors and their languages' directions (shape: slots)."""
        languages = self.view.languages.take(slots)
        products = np.zeros(len(slots), np.float32)
        for code, linear in enumerate(self.linears):
            if linear.direction is None:
                continue
            own = np.flatnonzero(languages == code)
            direction = linear.direction.astype(np.float32)
            for first in range(0, len(own), BLOCK):
                places = own[first : first + BLOCK]
                products[places] = self.view.vectors.take(slots[places]) @ direction
        return products
