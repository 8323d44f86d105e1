"""From weights to scores, for every document at once, and the order of the best.

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
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from matching.collection import Collection, View
from matching.questions import Component, Question
from matching.settings import Settings
from matching.sparse import Floats, Singles
from matching.text import LANGUAGES

Slots: TypeAlias = NDArray[np.int64]

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


def score(question: Question, view: View, collection: Collection, slots: Slots) -> Floats:
    """Return the score in [0, 1] of the documents in the given slots (shape: slots)."""
    shares = shares_of(question, collection.settings)
    similarity = text_similarity(question, view, slots)
    scores = shares.texts * text_points(similarity, collection.settings)
    if question.skills:
        scores += shares.skills * coverage(question, view, collection)[slots]
    return np.clip(np.round(scores, PRECISION), 0.0, 1.0)


def text_points(similarity: Floats | float, settings: Settings) -> Floats:
    """Return the text part in [0, 1] of similarities up to 1: 0 below 0, and half at text_half."""
    positive = np.maximum(0.0, similarity)
    points: Floats = positive * (1.0 + settings.text_half) / (positive + settings.text_half)
    return points


def final(score: float) -> float:
    """Return one score as `score` gives it."""
    return min(1.0, max(0.0, round(score, PRECISION)))


def coverage(question: Question, view: View, collection: Collection) -> Floats:
    """Return the weighted share of the asked skills that each document proves."""
    total = sum(question.skills.values())
    known = [
        (column, weight / total)
        for slug, weight in question.skills.items()
        if (column := collection.skills.get(slug)) is not None and column < view.evidence.width
    ]
    columns = np.array([column for column, _ in known], np.int32)
    return view.evidence.dot(columns, np.array([weight for _, weight in known]))


def text_similarity(question: Question, view: View, slots: Slots) -> Floats:
    """Return the similarity of texts, each document scored in its own language."""
    similarity = np.zeros(len(slots))
    languages = view.languages[slots]
    for code, language in enumerate(LANGUAGES):
        own = languages == code
        if own.any():
            similarity[own] = _linear(question.texts[language], view, slots[own])
    return similarity


def _linear(components: tuple[Component, ...], view: View, slots: Slots) -> Floats:
    if not components:
        return np.zeros(len(slots))
    columns, place = np.unique(
        np.concatenate([part.columns for part in components]), return_inverse=True
    )
    weights = np.bincount(place, weights=np.concatenate([part.weights for part in components]))
    known = columns < view.impacts.width
    scores = view.impacts.dot(columns[known].astype(np.int32), weights[known])[slots]
    directions = [part.latent for part in components if part.latent is not None]
    if directions:
        scores += _project(view.vectors, np.sum(directions, axis=0).astype(np.float32), slots)
    return scores


def _project(vectors: Singles, direction: Singles, slots: Slots) -> Singles:
    """Return the scalar products; rows picked one by one cost about four times a row in line."""
    if 4 * len(slots) < len(vectors):
        return np.asarray(vectors[slots] @ direction)
    return np.asarray((vectors @ direction)[slots])


def best(scores: Floats, end: int, ties: NDArray[np.uint64]) -> NDArray[np.int64]:
    """Return the places of the `end` highest scores in order; `ties` decides among equals."""
    places = np.arange(len(scores))
    if 0 < end < len(scores):
        threshold = np.partition(scores, len(scores) - end)[len(scores) - end]
        places = np.flatnonzero(scores >= threshold)
    return places[np.lexsort((ties[places], -scores[places]))[:end]]


def mixed(ties: NDArray[np.uint64], text: str) -> NDArray[np.uint64]:
    """Mix each document's own number with the query's, so that ties rotate between vacancies.

    The mixing is splitmix64's finaliser (Steele, Lea & Flood 2014).
    """
    digest = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    value = ties ^ np.uint64(int.from_bytes(digest, "big"))
    value = (value ^ (value >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    value = (value ^ (value >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return value ^ (value >> np.uint64(31))
