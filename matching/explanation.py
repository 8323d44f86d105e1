"""Why a document has its score: parts that add up to it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from matching.collection import Collection, View
from matching.documents import Query
from matching.parts import KINDS, Contributions, Kind, Parts, Wording
from matching.questions import Component, Question
from matching.scoring import Shares, final, shares_of, text_points
from matching.sparse import Floats, Slots
from matching.text import LANGUAGES
from matching.weights import FIELD_LIMIT, row_sums


@dataclass(frozen=True, slots=True)
class Explanation:
    """A score and its parts, the largest first; the shares add up to the score within 1e-6."""

    score: float
    parts: Parts
    matched: tuple[str, ...]
    missing_must: tuple[str, ...]
    missing_nice: tuple[str, ...]

    def by_kind(self) -> dict[Kind, float]:
        """Return the sum of the shares of each kind."""
        return self.parts.by_kind()


def explain(
    query: Query, question: Question, slots: Sequence[int], view: View, collection: Collection
) -> list[Explanation]:
    """Split the scores of the documents in some slots into their parts.

    A score is the sum of its parts: it is that of the ranking up to the last of its decimals.
    """
    chosen = np.array(slots, np.int64)
    shares = shares_of(question, collection.settings)
    skills = list(question.skills)
    evidence = _evidence(skills, chosen, view, collection)
    tables = [_skill_shares(query, question, evidence, shares)]
    languages = view.languages.take(chosen)
    for code, language in enumerate(LANGUAGES):
        places = np.flatnonzero(languages == code)
        if len(places) and question.texts[language]:
            documents = _Documents(chosen[places], collection)
            pieces = _pieces(question.texts[language], documents, shares, collection)
            tables += [_text_shares(kind, piece, documents, places) for kind, piece in pieces]
    wording = Wording(skills, collection.fields.names, collection.surfaces, question.surfaces)
    parts = Contributions.joined(tables).split(len(chosen), wording)
    return [_explanation(query, skills, *each) for each in zip(parts, evidence.T, strict=True)]


def _explanation(query: Query, skills: list[str], parts: Parts, evidence: Floats) -> Explanation:
    held = {slug for slug, value in zip(skills, evidence.tolist(), strict=True) if value}
    missing = set(skills) - held
    return Explanation(
        score=final(float(parts.shares.sum())),
        parts=parts,
        matched=tuple(sorted(held)),
        missing_must=tuple(sorted(missing & query.must)),
        missing_nice=tuple(sorted(missing & query.nice)),
    )


def _evidence(skills: list[str], slots: Slots, view: View, collection: Collection) -> Floats:
    """Return the evidence of the asked skills (skills × slots), 0 where a skill is not held."""
    held = np.zeros((len(skills), len(slots)))
    for number, column in enumerate(collection.skills.find(skills)):
        if column is not None and column < view.evidence.width:
            held[number] = view.evidence.values(slots, column)
    return held


def _skill_shares(
    query: Query, question: Question, evidence: Floats, shares: Shares
) -> Contributions:
    weights = np.array(list(question.skills.values()))
    must = [slug in query.must for slug in question.skills]
    numbers, owners = np.nonzero(evidence)
    kinds = np.where(must, KINDS.index("must"), KINDS.index("nice"))[numbers]
    values = shares.skills * weights[numbers] * evidence[numbers, owners] / weights.sum()
    return Contributions(owners, kinds, numbers, np.full(len(numbers), -1), values)


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


def _text_shares(kind: Kind, shares: Floats, documents: _Documents, owners: Slots) -> Contributions:
    """Split the share of each term over the fields that hold it."""
    split = shares[documents.places] * documents.split
    entries = np.flatnonzero(split)
    terms, fields = np.divmod(documents.codes[entries], FIELD_LIMIT)
    kinds = np.full(len(entries), KINDS.index(kind))
    return Contributions(owners[documents.owners[entries]], kinds, terms, fields, split[entries])
