"""What to ask the server for, and what score nobody whom it did not name can have.

The server adds up products, so it ranks by a linear bound: for each language of documents

    bound = skills × coverage + texts × (tangent of the text part at the similarity)

The text part is concave, so no tangent lies below it; the sketches and the shared dimensions only
raise the similarity (`points`). A document less similar than 0 is worth its skills alone: those are
asked for by themselves. Whoever is in no answer can then score no more than the worst in each.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from qdrant_client import models

from matching.questions import Question
from matching.ranking import Linear
from matching.remote.excerpt import Excerpt
from matching.remote.points import sketch, skill_dimension, sparse, term_dimension
from matching.scoring import shares_of, text_points
from matching.text import LANGUAGES

TANGENT_AT = 0.1
"""Similarity where the tangent touches: about that of the last ones on a page."""
MARGIN = 1e-4
"""More than the server's single precision can err by."""


@dataclass(frozen=True, slots=True)
class Request:
    """One list to ask for: those of a language, or of all (None), by the product with the vector.

    A document with the product u scores at most `offset` + u, or the text points of u where the
    query is of text alone.
    """

    language: int | None
    vector: models.SparseVector
    offset: float = 0.0
    is_similarity: bool = False


class Retrieval:
    """The requests of one question."""

    def __init__(self, question: Question, excerpt: Excerpt) -> None:
        self._settings = excerpt.settings
        self._names = excerpt.terms.names
        self._shares = shares_of(question, self._settings)
        total = sum(question.skills.values())
        self._skills = [
            (skill_dimension(slug), self._shares.skills * weight / total)
            for slug, weight in question.skills.items()
        ]
        self.requests = tuple(self._requests(question))

    def bound(self, request: Request, lowest: float | None) -> float:
        """Return the best score outside of an answer whose lowest product this is; None: the answer
        holds whoever shares anything with the query."""
        if lowest is None:
            return 0.0
        if request.is_similarity:
            return float(text_points(lowest + MARGIN, self._settings)) + MARGIN
        return lowest + request.offset + MARGIN

    def _requests(self, question: Question) -> Iterator[Request]:
        points = float(text_points(TANGENT_AT, self._settings))
        half = self._settings.text_half
        slope = self._shares.texts * (1.0 + half) * half / (TANGENT_AT + half) ** 2
        offset = self._shares.texts * points - slope * TANGENT_AT
        for code, language in enumerate(LANGUAGES):
            linear = Linear.of(question.texts[language], len(self._names))
            # Without asked skills the order is that of the similarity.
            scale = slope if self._skills else 1.0
            values = [*self._skills, *self._similarity(linear, scale)]
            if values:
                yield Request(code, sparse(values), offset, not self._skills)
        if self._skills:
            yield Request(None, sparse(self._skills))

    def _similarity(self, linear: Linear, scale: float) -> Iterator[tuple[int, float]]:
        # What takes away must not be counted twice where two terms share a dimension.
        heaviest: dict[int, float] = {}
        for column, weight in zip(linear.columns.tolist(), linear.weights.tolist(), strict=True):
            dimension = term_dimension(self._names[column])
            heaviest[dimension] = max(heaviest.get(dimension, 0.0), weight)
        for dimension, weight in heaviest.items():
            yield dimension, scale * weight
        if linear.direction is not None:
            direction = sketch(np.asarray(linear.direction, np.float64))
            yield from enumerate((scale * direction).tolist())


def worst(scores: Sequence[float], limit: int) -> float | None:
    """Return the lowest product of an answer, None where there was no more to name."""
    return scores[-1] if len(scores) >= limit and scores else None
