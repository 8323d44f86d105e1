"""Why a document has its score: parts that add up to it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise, repeat
from operator import attrgetter
from typing import Literal, NamedTuple, TypeAlias

import numpy as np

from matching.collection import Collection, View
from matching.documents import Query
from matching.questions import Component, Question
from matching.scoring import Shares, final, shares_of, text_points
from matching.sparse import Floats, Slots
from matching.text import LANGUAGES
from matching.weights import FIELD_LIMIT, row_sums

Kind: TypeAlias = Literal["must", "nice", "text", "translated", "related", "liked", "disliked"]


class Part(NamedTuple):
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


def explain(
    query: Query, question: Question, slots: Sequence[int], view: View, collection: Collection
) -> list[Explanation]:
    """Split the scores of the documents in some slots into their parts.

    A score is the sum of its parts: it is that of the ranking up to the last of its decimals.
    """
    chosen = np.array(slots, np.int64)
    shares = shares_of(question, collection.settings)
    evidence = _evidence(question, chosen, view, collection)
    parts = [_skill_parts(query, question, held, shares) for held in evidence]
    languages = view.languages.take(chosen)
    for code, language in enumerate(LANGUAGES):
        places = np.flatnonzero(languages == code)
        if len(places) and question.texts[language]:
            documents = _Documents(chosen[places], collection)
            pieces = _pieces(question.texts[language], documents, shares, collection)
            told = _told(pieces, documents, question, collection)
            for place, texts in zip(places.tolist(), told, strict=True):
                parts[place] += texts
    return [_explanation(query, *each) for each in zip(parts, evidence, strict=True)]


def _explanation(query: Query, parts: list[Part], held: dict[str, float]) -> Explanation:
    parts.sort(key=attrgetter("share"), reverse=True)
    missing = {slug for slug, evidence in held.items() if not evidence}
    return Explanation(
        score=final(sum(part.share for part in parts)),
        parts=tuple(parts),
        matched=tuple(sorted(held.keys() - missing)),
        missing_must=tuple(sorted(missing & query.must)),
        missing_nice=tuple(sorted(missing & query.nice)),
    )


def _evidence(
    question: Question, slots: Slots, view: View, collection: Collection
) -> list[dict[str, float]]:
    """Return the evidence of the asked skills in each slot, 0 where a skill is not held."""
    held: list[dict[str, float]] = [{} for _ in slots]
    for slug, column in zip(question.skills, collection.skills.find(question.skills), strict=True):
        if column is None or column >= view.evidence.width:
            values = np.zeros(len(slots), np.float32)
        else:
            values = view.evidence.values(slots, column)
        for own, value in zip(held, values.tolist(), strict=True):
            own[slug] = value
    return held


def _skill_parts(
    query: Query, question: Question, held: dict[str, float], shares: Shares
) -> list[Part]:
    total = sum(question.skills.values())
    return [
        Part(
            "must" if slug in query.must else "nice",
            slug,
            None,
            shares.skills * question.skills[slug] * evidence / total,
        )
        for slug, evidence in held.items()
        if evidence
    ]


class _Documents:
    """Some documents, entry by entry: one for each field that holds a term.

    starts: where the terms of each begin. places: the term of each entry. split: the entry's part
    of its term, in proportion to its weighted count.
    """

    def __init__(self, slots: Slots, collection: Collection) -> None:
        rows = collection.counts.taken(slots)
        self.codes = rows.columns
        self.owners = np.repeat(np.arange(len(slots)), np.diff(rows.starts))
        self.starts, self.terms, self.impacts = collection.weighted(rows)
        weighted = rows.values * collection.field_weights()[rows.columns % FIELD_LIMIT]
        owned = self.owners * np.int64(len(collection.terms)) + self.codes // FIELD_LIMIT
        first = np.diff(owned, prepend=-1) != 0
        self.places = np.cumsum(first) - 1
        self.split = weighted / np.bincount(self.places, weighted)[self.places]

    def sums(self, values: Floats) -> Floats:
        """Add up the values of the terms of each document."""
        return row_sums(values, self.starts)


def _pieces(
    components: tuple[Component, ...],
    documents: _Documents,
    shares: Shares,
    collection: Collection,
) -> list[tuple[Kind, Floats]]:
    """Return what each term of the documents adds to its score, by kind."""
    directions = [part.latent for part in components if part.latent is not None]
    latents: Iterator[Floats] = iter(())
    if collection.latent and directions:
        entries = documents.starts, documents.terms, documents.impacts
        latents = iter(collection.latent.shares(*entries, directions))
    pieces: list[tuple[Kind, Floats]] = []
    for component in components:
        lexical = _lexical(component, documents)
        latent = next(latents) if component.latent is not None else np.zeros(len(lexical))
        if component.kind in ("liked", "disliked"):
            pieces.append((component.kind, lexical + latent))
        else:
            pieces += [(component.kind, lexical), ("related", latent)]
    # What would be negative in sum adds nothing; every part shrinks or grows by the same factor.
    similarity = sum(documents.sums(piece) for _, piece in pieces)
    points = shares.texts * text_points(similarity, collection.settings)
    some = similarity > 0.0
    factors = np.divide(points, similarity, out=np.zeros_like(points), where=some)
    scale = np.repeat(factors, np.diff(documents.starts))
    return [(kind, piece * scale) for kind, piece in pieces]


def _lexical(component: Component, documents: _Documents) -> Floats:
    places = np.searchsorted(component.columns, documents.terms)
    places[places == len(component.columns)] = 0
    shared = component.columns[places] == documents.terms
    return np.where(shared, component.weights[places] * documents.impacts, 0.0)


def _told(
    pieces: list[tuple[Kind, Floats]],
    documents: _Documents,
    question: Question,
    collection: Collection,
) -> list[list[Part]]:
    """Split the share of each term over its fields and name it; one list a document."""
    told: list[list[Part]] = [[] for _ in range(len(documents.starts) - 1)]
    fields, surfaces = collection.fields.names, collection.surfaces
    for kind, shares in pieces:
        split = shares[documents.places] * documents.split
        entries = np.flatnonzero(split)
        terms, numbers = np.divmod(documents.codes[entries], FIELD_LIMIT)
        columns = terms.tolist()
        names = [surfaces[column] for column in columns]
        if kind == "text":
            names = [*map(question.surfaces.get, columns, names)]
        held = [fields[number] for number in numbers.tolist()]
        parts = [*map(Part, repeat(kind), names, held, split[entries].tolist())]
        ends = np.searchsorted(documents.owners[entries], np.arange(len(told) + 1)).tolist()
        for own, (start, end) in zip(told, pairwise(ends), strict=True):
            own += parts[start:end]
    return told
