"""From a vacancy to weights: what is looked for, in profiles of either language."""

from __future__ import annotations

from collections.abc import Collection as Group
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from matching.collection import LANGUAGES, Collection
from matching.concepts import Vocabulary
from matching.documents import Id, Query
from matching.sparse import Floats, Integers
from matching.text import language_of, term, terms, words
from matching.weights import query_weights

Kind: TypeAlias = Literal["text", "translated", "liked", "disliked"]
Wanted: TypeAlias = dict[str, tuple[float, str]]
"""term -> (count, surface as written)"""


@dataclass(frozen=True, slots=True)
class Component:
    """One linear part of the similarity of texts; its share is already in its weights.

    columns, weights: the lexical side. latent: the direction in the latent space, or None.
    """

    kind: Kind
    columns: Integers
    weights: Floats
    latent: Floats | None


@dataclass(frozen=True, slots=True)
class Question:
    """A query as numbers. texts: document language -> the components to score it with."""

    skills: dict[str, float]
    texts: dict[str, tuple[Component, ...]]
    translated: bool
    surfaces: dict[int, str]

    @property
    def has_text(self) -> bool:
        """Whether any word of the query, or any example, can be compared."""
        return any(self.texts.values())


def wanted_terms(text: str) -> Wanted:
    """Count the terms of a text."""
    counted: Wanted = {}
    for key, surface in terms(text):
        count, first = counted.get(key, (0.0, surface))
        counted[key] = (count + 1.0, first)
    return counted


def translated_terms(text: str, vocabulary: Vocabulary, language: str) -> Wanted:
    """Count the terms to look for in a profile of another language.

    Phrases of the vocabulary are replaced by their names in that language; other words stay, and so
    do words in Latin letters, which Russian texts use as they are.
    """
    found = words(text)
    spans = list(vocabulary.spans(found, text))
    counted: Wanted = {}
    covered = {place for span in spans for place in range(span.first, span.end)}
    for place, word in enumerate(found):
        foreign = place in covered and (language != "ru" or language_of(word.surface) == "ru")
        key = None if foreign else term(word.surface)
        if key is not None:
            count, first = counted.get(key, (0.0, word.surface))
            counted[key] = (count + 1.0, first)
    for span in spans:
        concept = vocabulary.concepts[span.slug]
        names = " ".join(concept.names_in(language))
        for key, (_, surface) in wanted_terms(names).items():
            count, first = counted.get(key, (0.0, surface))
            counted[key] = (count + 1.0, first)
    return counted


def ask(
    query: Query,
    collection: Collection,
    vocabulary: Vocabulary | None,
    liked: Group[Id],
    disliked: Group[Id],
) -> Question:
    """Turn a query and its examples into weights over the collection's present terms."""
    settings = collection.settings
    own = query.language or language_of(query.text)
    examples = [
        *_example("liked", liked, settings.liked_share, collection),
        *_example("disliked", disliked, -settings.disliked_share, collection),
    ]
    taken = sum(abs(settings.liked_share) for part in examples if part.kind == "liked")
    surfaces: dict[int, str] = {}
    plain = wanted_terms(query.text)
    texts: dict[str, tuple[Component, ...]] = {}
    translated = False
    for language in LANGUAGES:
        wanted: Wanted = plain
        kind: Kind = "text"
        if vocabulary is not None and (own == "ru") != (language == "ru"):
            wanted, kind = translated_terms(query.text, vocabulary, language), "translated"
            translated = translated or wanted.keys() != plain.keys()
        component = _component(kind, wanted, 1.0 - taken, collection, surfaces)
        texts[language] = (*component, *examples)
    skills = dict.fromkeys(sorted(query.must), settings.must_weight)
    skills |= dict.fromkeys(sorted(query.nice), settings.nice_weight)
    return Question(skills, texts, translated, surfaces)


def _component(
    kind: Kind, wanted: Wanted, share: float, collection: Collection, surfaces: dict[int, str]
) -> list[Component]:
    known = {
        column: entry
        for key, entry in wanted.items()
        if (column := collection.terms.get(key)) is not None
        and column < len(collection.holders)
        and collection.holders.view()[column] > 0
    }
    if not known:
        return []
    columns = np.array(sorted(known), np.int32)
    surfaces.update({column: known[column][1] for column in known})
    counts = np.array([known[column][0] for column in columns.tolist()])
    weights = query_weights(counts, collection.idf(columns))
    return [_weighted(kind, columns, weights, share, collection)]


def _weighted(
    kind: Kind, columns: Integers, weights: Floats, share: float, collection: Collection
) -> Component:
    space = collection.latent
    latent_share = collection.settings.latent_share if space else 0.0
    latent = share * latent_share * space.place(columns, weights) if space else None
    return Component(kind, columns, share * (1.0 - latent_share) * weights, latent)


def _example(
    kind: Kind, ids: Iterable[Id], share: float, collection: Collection
) -> list[Component]:
    """Average the documents given as examples (Rocchio 1971); an absent one is passed over."""
    slots = [collection.slot_of[id_] for id_ in dict.fromkeys(ids) if id_ in collection.slot_of]
    parts = [part for slot in slots for part in _document(kind, slot, collection)]
    if not parts:
        return []
    columns = np.concatenate([part.columns for part in parts])
    merged, place = np.unique(columns, return_inverse=True)
    weights = np.asarray(np.bincount(place, np.concatenate([p.weights for p in parts])), float)
    scale = share / len(parts)
    latents = [part.latent for part in parts if part.latent is not None]
    latent = scale * np.sum(latents, axis=0) if latents else None
    return [Component(kind, merged.astype(np.int32), scale * weights, latent)]


def _document(kind: Kind, slot: int, collection: Collection) -> list[Component]:
    row = collection.row(slot)
    weights = row.impacts * collection.idf(row.terms)
    if not len(weights):
        return []
    strongest = np.sort(np.argsort(-weights, kind="stable")[: collection.settings.feedback_terms])
    chosen = weights[strongest]
    return [_weighted(kind, row.terms[strongest], chosen / chosen.sum(), 1.0, collection)]
