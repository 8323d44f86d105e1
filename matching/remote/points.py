"""What is stored on the server: a point a document, a point a term, and one point of state.

A document's sparse vector holds the impacts of its terms, the evidence of its skills and the sketch
of its latent vector. Its numbers depend on the document and on the last publication alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any
from uuid import UUID, uuid5

import numpy as np
from qdrant_client import models

from matching.analysis import Analysed
from matching.documents import Id
from matching.settings import Settings
from matching.sparse import Floats
from matching.weights import saturate

VECTOR = "score"
SKETCH = 32
"""Dimensions of a sketch; those of terms and skills come after them."""
# 0 or 1, as a number: a condition on a truth value never matched.
IS_DOCUMENT = "document"

_NAMES = UUID("6f0c5d3e-6a77-4a39-9d35-0f0f3c3b7a51")
STATE_ID = str(uuid5(_NAMES, "state"))


@dataclass(frozen=True, slots=True)
class Term:
    """holders: documents with the term. idf, basis: of the last publication; None: unknown to it.

    surface: its shortest form.
    """

    surface: str
    holders: int
    idf: float = 0.0
    basis: tuple[float, ...] | None = None


@dataclass(frozen=True, slots=True)
class State:
    """What all documents share. identity: of the versions that made them; publication: one of its
    own each; revision: whatever the caller wants to find again; common: languages × dimensions of
    the latent space, or empty."""

    identity: str
    publication: str
    revision: str
    documents: int
    mean_length: float
    common: tuple[tuple[float, ...], ...]


def point_id(id_: Id) -> int | str:
    """Return the id of a document's point: the server takes natural numbers and UUIDs."""
    if isinstance(id_, int) and 0 <= id_ < 1 << 63:
        return int(id_)
    return str(uuid5(_NAMES, f"document:{type(id_).__name__}:{id_}"))


def term_id(term: str) -> str:
    """Return the id of a term's point."""
    return str(uuid5(_NAMES, f"term:{term}"))


def term_dimension(term: str) -> int:
    """Return the dimension of a term. Two terms may share one: then what the server computes is too
    high, never too low, and it only finds whom to score."""
    return _dimension(f"term:{term}")


def skill_dimension(slug: str) -> int:
    """Return the dimension of a skill."""
    return _dimension(f"skill:{slug}")


def _dimension(name: str) -> int:
    digest = blake2b(name.encode("utf-8", "surrogatepass"), digest_size=4).digest()
    return SKETCH + int.from_bytes(digest, "big") % ((1 << 32) - SKETCH)


def number_key(attribute: str) -> str:
    """Return the payload's key of a numeric attribute: its own name might read as a path."""
    return f"number_{attribute.encode('utf-8', 'surrogatepass').hex()}"


def terms_of(document: Analysed) -> set[str]:
    """Return the terms of a document."""
    return {term for counted in document.fields.values() for term in counted}


def sketch(vector: Floats) -> Floats:
    """Return the first coordinates and the length of the rest: the product of two sketches is never
    below that of the vectors (Cauchy-Schwarz on the rest)."""
    return np.append(vector[: SKETCH - 1], np.linalg.norm(vector[SKETCH - 1 :]))


def document_point(
    document: Analysed, terms: Mapping[str, Term], state: State, settings: Settings
) -> models.PointStruct:
    """Return the point of a document; `terms` has all of its terms."""
    held = impacts(document, state.mean_length, settings)
    values = [(term_dimension(term), impact) for term, impact in held.items()]
    values += [(skill_dimension(slug), evidence) for slug, evidence in document.skills.items()]
    values += enumerate(sketch(_latent(held, terms, state)).tolist() if state.common else ())
    payload = {
        IS_DOCUMENT: 1,
        "id": document.id,
        "language": document.language,
        "fields": {name: dict(counted) for name, counted in document.fields.items()},
        "skills": dict(document.skills),
        "held": sorted(document.skills),
        "flags": sorted(document.flags),
        "terms": sorted(held),
        **{number_key(name): value for name, value in document.numbers.items()},
    }
    return models.PointStruct(
        id=point_id(document.id), vector={VECTOR: sparse(values)}, payload=payload
    )


def document_of(payload: Mapping[str, Any]) -> Analysed:
    """Return a document from its payload, without what only filters read."""
    fields = {
        name: {term: (int(number), surface) for term, (number, surface) in counted.items()}
        for name, counted in payload["fields"].items()
    }
    return Analysed(payload["id"], fields, payload["language"], payload["skills"], {}, {})


def impacts(document: Analysed, mean_length: float, settings: Settings) -> dict[str, float]:
    """Return what each term of a document weighs, as the embedded index has it."""
    frequencies: dict[str, float] = {}
    for field, counted in document.fields.items():
        weight = settings.field_weights.get(field, 1.0)
        for term, (number, _) in counted.items():
            frequencies[term] = frequencies.get(term, 0.0) + weight * number
    values = np.array(list(frequencies.values()), np.float64)
    length = np.full(len(values), values.sum())
    found = saturate(values, length, mean_length, settings)
    return dict(zip(frequencies, found.tolist(), strict=True))


def _latent(held: Mapping[str, float], terms: Mapping[str, Term], state: State) -> Floats:
    vector = np.zeros(len(state.common[0]))
    for name, impact in held.items():
        term = terms[name]
        if term.basis is not None:
            vector += impact * term.idf * np.array(term.basis)
    length = float(np.linalg.norm(vector))
    return vector / length if length > 1e-9 else np.zeros_like(vector)


def sparse(values: Iterable[tuple[int, float]]) -> models.SparseVector:
    """Return a sparse vector; what falls on one dimension is added up."""
    sums: dict[int, float] = {}
    for dimension, value in values:
        sums[dimension] = sums.get(dimension, 0.0) + value
    kept = sorted((dimension, value) for dimension, value in sums.items() if value)
    return models.SparseVector(
        indices=[dimension for dimension, _ in kept], values=[value for _, value in kept]
    )
