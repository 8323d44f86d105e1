"""From words to look for to their weights, examples included."""

from __future__ import annotations

from collections.abc import Collection as Group
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

import numpy as np

from matching.collection import Collection
from matching.documents import Id
from matching.latent import LatentSpace
from matching.reading import Reading, Wanted
from matching.sparse import Floats, Integers
from matching.weights import query_weights

Kind: TypeAlias = Literal["text", "translated", "liked", "disliked"]


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
    surfaces: dict[int, str]

    @property
    def has_text(self) -> bool:
        """Whether any word of the query, or any example, can be compared."""
        return any(self.texts.values())


@dataclass(frozen=True, slots=True)
class _Weighed:
    """A query's terms in one language, not yet on the scale of shares."""

    columns: Integers
    weights: Floats
    total: float
    surfaces: dict[int, str]


def ask(
    reading: Reading, collection: Collection, liked: Group[Id], disliked: Group[Id]
) -> Question:
    """Turn a reading and its examples into weights over the collection's present terms."""
    settings = collection.settings
    # The shares of all parts together are 1, so no likeness can lift a score above 1.
    likes = settings.liked_weight * len(_slots(liked, collection))
    lost = settings.disliked_share if _slots(disliked, collection) else 0.0
    own, taken = (1.0 - lost) / (1.0 + likes), (1.0 - lost) * likes / (1.0 + likes)
    examples = [
        *_example("liked", liked, taken, collection),
        *_example("disliked", disliked, -lost, collection),
    ]
    plain = _weigh(reading.plain, collection)
    weighed = {
        language: plain if wanted is reading.plain else _weigh(wanted, collection)
        for language, wanted in reading.wanted.items()
    }
    # Words without a translation make the text of the other language weigh less than the vacancy's
    # own; many translations of one word do not make it weigh more.
    whole = plain.total or max(text.total for text in weighed.values())
    texts: dict[str, tuple[Component, ...]] = {}
    for language, text in weighed.items():
        kind: Kind = "text" if text is plain else "translated"
        share = own * min(1.0, text.total / whole) if whole else 0.0
        parts = (*_component(kind, text, share, collection), *examples)
        texts[language] = tuple(_telling(part, language, collection.latent) for part in parts)
    return Question(reading.skills, texts, plain.surfaces)


def _weigh(wanted: Wanted, collection: Collection) -> _Weighed:
    """Weigh the terms that any document holds; a word that nobody has tells nobody apart."""
    holders = collection.holders.view()
    found = zip(collection.terms.find(wanted), wanted.values(), strict=True)
    known = {column: want for column, want in found if column is not None and holders[column] > 0}
    columns = np.array(sorted(known), np.int32)
    counts = np.array([known[column].occurrences for column in columns.tolist()])
    weights = query_weights(counts, collection.idf(columns), collection.settings)
    surfaces = {column: want.surface for column, want in known.items()}
    return _Weighed(columns, weights, float(weights.sum()), surfaces)


def _component(kind: Kind, text: _Weighed, share: float, collection: Collection) -> list[Component]:
    if not len(text.columns):
        return []
    return [_weighted(kind, text.columns, text.weights / text.total, share, collection)]


def _weighted(
    kind: Kind, columns: Integers, weights: Floats, share: float, collection: Collection
) -> Component:
    space = collection.latent
    latent_share = collection.settings.latent_share if space else 0.0
    latent = share * latent_share * space.place(columns, weights) if space else None
    return Component(kind, columns, share * (1.0 - latent_share) * weights, latent)


def _telling(part: Component, language: str, space: LatentSpace | None) -> Component:
    if space is None or part.latent is None:
        return part
    return replace(part, latent=space.telling(part.latent, language))


def _example(
    kind: Kind, ids: Iterable[Id], share: float, collection: Collection
) -> list[Component]:
    """Average the documents given as examples (Rocchio 1971); an absent one is passed over."""
    parts = [part for slot in _slots(ids, collection) for part in _document(kind, slot, collection)]
    if not parts:
        return []
    columns = np.concatenate([part.columns for part in parts])
    merged, place = np.unique(columns, return_inverse=True)
    weights = np.asarray(np.bincount(place, np.concatenate([p.weights for p in parts])), float)
    scale = share / len(parts)
    latents = [part.latent for part in parts if part.latent is not None]
    latent = scale * np.sum(latents, axis=0) if latents else None
    return [Component(kind, merged.astype(np.int32), scale * weights, latent)]


def _slots(ids: Iterable[Id], collection: Collection) -> list[int]:
    slots = map(collection.ids.slot, dict.fromkeys(ids))
    return [slot for slot in slots if slot is not None]


def _document(kind: Kind, slot: int, collection: Collection) -> list[Component]:
    row = collection.row(slot)
    weights = row.impacts * collection.idf(row.terms)
    if not len(weights):
        return []
    strongest = np.sort(np.argsort(-weights, kind="stable")[: collection.settings.feedback_terms])
    chosen = weights[strongest]
    return [_weighted(kind, row.terms[strongest], chosen / chosen.sum(), 1.0, collection)]
