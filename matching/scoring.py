"""From weights to scores: the formulas, whose fast evaluation is in `ranking`.

    score = skills_share × coverage + (1 - skills_share) × text
    coverage = sum of weight × evidence over the asked skills / sum of their weights
    text = similarity × (1 + text_half) / (similarity + text_half)
    similarity = (1 - latent_share) × lexical + latent_share × latent, never below 0

Without asked skills the score is the text part, without any text it is the coverage. The text part
rises with the similarity alone, so it changes no order of texts: it only stretches the scale where
real profiles lie, since no profile holds all words of a vacancy many times over.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matching.questions import Question
from matching.settings import Settings

PRECISION = 6
"""Decimals of a score: below them lies rounding, and equal profiles must tie."""


@dataclass(frozen=True, slots=True)
class Shares:
    """How much of the score the asked skills and the texts make up."""

    skills: float
    texts: float


def shares_of(question: Question, settings: Settings) -> Shares:
    """Return the shares that apply to this question."""
    if not question.skills:
        return Shares(0.0, 1.0)
    if not question.has_text:
        return Shares(1.0, 0.0)
    return Shares(settings.skills_share, 1.0 - settings.skills_share)


def text_points(similarity: NDArray[Any] | float, settings: Settings) -> NDArray[Any]:
    """Return the text part in [0, 1] of similarities up to 1: 0 below 0, and half at text_half."""
    positive = np.maximum(0.0, similarity)
    points: NDArray[Any] = positive * (1.0 + settings.text_half) / (positive + settings.text_half)
    return points


def final(score: float) -> float:
    """Return one score as `score` gives it."""
    return min(1.0, max(0.0, round(score, PRECISION)))


def mixed(ties: NDArray[np.uint64], text: str) -> NDArray[np.uint64]:
    """Mix each document's own number with the query's, so that ties rotate between vacancies.

    The mixing is splitmix64's finaliser (Steele, Lea & Flood 2014).
    """
    digest = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    value = ties ^ np.uint64(int.from_bytes(digest, "big"))
    value = (value ^ (value >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    value = (value ^ (value >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return value ^ (value >> np.uint64(31))
