"""Why a document has its score: parts that add up to it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from matching.collection import Collection, Row, View
from matching.documents import Query
from matching.questions import Component, Question
from matching.scoring import Shares, final, shares_of, text_points
from matching.sparse import Floats
from matching.text import LANGUAGES
from matching.weights import FIELD_LIMIT

Kind: TypeAlias = Literal["must", "nice", "text", "translated", "related", "liked", "disliked"]


@dataclass(frozen=True, slots=True)
class Part:
    """One reason. share: what it adds to the score (it may take away).

    kind: must, nice: an asked skill that is held (term = its slug); text: a word that vacancy and
    profile share; translated: the same across languages; related: a word that keeps company with
    the vacancy's words; liked, disliked: a word in common with the profiles given as examples.
    field: the field of the profile that holds the word, None for a skill.
    """

    kind: Kind
    term: str
    field: str | None
    share: float


@dataclass(frozen=True, slots=True)
class Explanation:
    """A score and its parts, the largest first; the shares add up to the score within 1e-6."""

    score: float
    parts: tuple[Part, ...]
    matched: tuple[str, ...]
    missing_must: tuple[str, ...]
    missing_nice: tuple[str, ...]

    def by_kind(self) -> dict[str, float]:
        """Return the sum of the shares of each kind."""
        sums: dict[str, float] = {}
        for part in self.parts:
            sums[part.kind] = sums.get(part.kind, 0.0) + part.share
        return sums


@dataclass(frozen=True, slots=True)
class Subject:
    """The document to explain: indexed, or only imagined. evidence: of the asked skills held."""

    row: Row
    language: str
    evidence: Mapping[str, float]


def subject_at(slot: int, question: Question, view: View, collection: Collection) -> Subject:
    """Return the document in a slot."""
    columns = {slug: collection.skills.get(slug) for slug in question.skills}
    evidence = {
        slug: view.evidence.value(slot, column)
        for slug, column in columns.items()
        if column is not None and column < view.evidence.width
    }
    language = LANGUAGES[view.languages[slot]]
    return Subject(collection.row(slot), language, evidence)


def explain(
    query: Query, question: Question, subject: Subject, collection: Collection
) -> Explanation:
    """Split the score of a document into its parts.

    The score is the sum of the parts: it is that of the ranking up to the last of its decimals.
    """
    shares = shares_of(question, collection.settings)
    held = {slug: subject.evidence.get(slug, 0.0) for slug in question.skills}
    parts = [*_skill_parts(query, question, held, shares)]
    parts += _text_parts(question, subject, shares, collection)
    parts.sort(key=lambda part: (-part.share, part.kind, part.term, part.field or ""))
    missing = {slug for slug, evidence in held.items() if not evidence}
    return Explanation(
        score=final(sum(part.share for part in parts)),
        parts=tuple(parts),
        matched=tuple(sorted(held.keys() - missing)),
        missing_must=tuple(sorted(missing & query.must)),
        missing_nice=tuple(sorted(missing & query.nice)),
    )


def _skill_parts(
    query: Query, question: Question, held: dict[str, float], shares: Shares
) -> Iterator[Part]:
    total = sum(question.skills.values())
    for slug, evidence in held.items():
        if evidence:
            share = shares.skills * question.skills[slug] * evidence / total
            yield Part("must" if slug in query.must else "nice", slug, None, share)


def _text_parts(
    question: Question, subject: Subject, shares: Shares, collection: Collection
) -> Iterator[Part]:
    row = subject.row
    pieces: list[tuple[Kind, Floats]] = []
    for component in question.texts[subject.language]:
        lexical, latent = _term_shares(component, row, collection)
        if component.kind in ("liked", "disliked"):
            pieces.append((component.kind, lexical + latent))
        else:
            pieces += [(component.kind, lexical), ("related", latent)]
    # What would be negative in sum adds nothing; every part shrinks or grows by the same factor.
    similarity = sum(float(piece.sum()) for _, piece in pieces)
    if similarity > 0.0:
        points = shares.texts * float(text_points(similarity, collection.settings))
        for kind, piece in pieces:
            yield from _by_field(kind, piece * (points / similarity), row, question, collection)


def _term_shares(component: Component, row: Row, collection: Collection) -> tuple[Floats, Floats]:
    """Return the lexical and the latent share of each term of the row."""
    places = np.searchsorted(component.columns, row.terms)
    places[places == len(component.columns)] = 0
    shared = component.columns[places] == row.terms
    lexical = np.where(shared, component.weights[places] * row.impacts, 0.0)
    if collection.latent is None or component.latent is None:
        return lexical, np.zeros(len(row.terms))
    return lexical, collection.latent.shares(row.terms, row.impacts, component.latent)


def _by_field(
    kind: Kind, shares: Floats, row: Row, question: Question, collection: Collection
) -> Iterator[Part]:
    """Split each term's share over the fields, in proportion to its weighted count there."""
    weighted = row.counts * collection.field_weights()[row.codes % FIELD_LIMIT]
    places = np.searchsorted(row.terms, row.codes // FIELD_LIMIT)
    sums = np.bincount(places, weights=weighted, minlength=len(row.terms))
    split = shares[places] * weighted / sums[places]
    names = collection.fields.names
    for place in np.flatnonzero(split):
        column, field = divmod(int(row.codes[place]), FIELD_LIMIT)
        surface = collection.surfaces[column]
        if kind == "text":
            surface = question.surfaces.get(column, surface)
        yield Part(kind, surface, names[field], float(split[place]))
