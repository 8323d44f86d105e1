"""A decision kept with all it rested on, so that its score can be computed again years later.

A record holds the document and the query as they were, the query as the vocabulary of that day read
it, the settings, and of the collection what the formulas ask for: how many documents there were and
how many held each word, their mean length, and the words' places in the latent space. It runs
through the same code as a search; nothing of the collection or of other documents is in it.
"""

from __future__ import annotations

import json
import zlib
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matching.analysis import analyse
from matching.collection import Collection
from matching.documents import Document, Query
from matching.explanation import Explanation, explain
from matching.latent import LatentSpace
from matching.questions import ask
from matching.reading import Reading, Want, Wanted
from matching.settings import ALGORITHM_VERSION, Settings
from matching.text import LANGUAGES

FORMAT = 1
TOLERANCE = 1e-6
# What a value of a wrong kind or size leads to, wherever it is used.
_WRONG_VALUES = (
    zlib.error,
    ArithmeticError,
    AttributeError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
)


class ReplayError(Exception):
    """Bytes that are no record, or one of another format."""


@dataclass(frozen=True, slots=True)
class Replay:
    """What a record gives now.

    then: the score that was decided on. now: its parts computed anew. algorithm: the version of the
    formulas then; where it is not the present one, a difference may be theirs.
    """

    then: float
    now: Explanation
    algorithm: str

    @property
    def same(self) -> bool:
        """Whether both scores are equal, within TOLERANCE."""
        return abs(self.then - self.now.score) <= TOLERANCE


def record(
    query: Query, reading: Reading, document: Document, collection: Collection, score: float
) -> bytes:
    """Keep a decision: `collection` holds the document, `score` is what was decided on."""
    terms = sorted(
        {term for counted in analyse(document).fields.values() for term in counted}.union(
            *(wanted for wanted in reading.wanted.values())
        )
    )
    known = [
        (term, column)
        for term, column in zip(terms, collection.terms.find(terms), strict=True)
        if column is not None
    ]
    columns = np.array([column for _, column in known], np.int64)
    kept = {
        "format": FORMAT,
        "algorithm": ALGORITHM_VERSION,
        "score": score,
        "settings": _plain(collection.settings),
        "document": {"fields": dict(document.fields), "skills": dict(document.skills)},
        "query": {**asdict(query), "must": sorted(query.must), "nice": sorted(query.nice)},
        "skills": reading.skills,
        "wanted": {
            language: None if wanted is reading.plain else wanted
            for language, wanted in reading.wanted.items()
        },
        "plain": reading.plain,
        "documents": collection.documents,
        "mean_length": collection.mean_length,
        "terms": [term for term, _ in known],
        "holders": collection.holders.view()[columns].tolist(),
        "latent": _latent_of(collection.latent, columns),
    }
    return zlib.compress(json.dumps(kept, ensure_ascii=False).encode("utf-8", "surrogatepass"), 9)


def replay(kept: bytes) -> Replay:
    """Compute the score of a record again; ReplayError where the bytes are none."""
    try:
        found = json.loads(zlib.decompress(kept).decode("utf-8", "surrogatepass"))
        if found["format"] != FORMAT:
            raise ReplayError(f"a record of format {found['format']}, not {FORMAT}")
        return Replay(found["score"], _explained(found), found["algorithm"])
    except _WRONG_VALUES as error:
        raise ReplayError(f"not a record: {error}") from error


def _explained(found: dict[str, Any]) -> Explanation:
    asked = found["query"]
    query = Query(
        asked["text"], frozenset(asked["must"]), frozenset(asked["nice"]), asked["language"]
    )
    plain = _wanted(found["plain"])
    wanted = {
        language: plain if found["wanted"][language] is None else _wanted(found["wanted"][language])
        for language in LANGUAGES
    }
    collection = _collection_of(found)
    question = ask(Reading(found["skills"], plain, wanted), collection, (), ())
    return explain(query, question, [0], collection.view(), collection)[0]


def _collection_of(found: dict[str, Any]) -> Collection:
    document = Document(0, found["document"]["fields"], found["document"]["skills"])
    collection = Collection(Settings(**found["settings"]))
    collection.population = found["documents"]
    collection.mean_length = found["mean_length"]
    collection.add(analyse(document))
    columns = np.array(collection.terms.add(found["terms"]), np.int64)
    width = len(collection.terms)
    collection.holders.extend(np.zeros(width - len(collection.holders), np.int32))
    holders = collection.holders.view()
    holders[:] = 0
    holders[columns] = found["holders"]
    if found["latent"] is not None:
        collection.latent = _latent_from(found["latent"], columns, width)
    return collection


def _latent_of(space: LatentSpace | None, columns: NDArray[np.int64]) -> dict[str, Any] | None:
    """Keep the places of some words; a word that the space does not know lies at its origin."""
    if space is None:
        return None
    known = columns < len(space.basis)
    basis = np.zeros((len(columns), space.dimensions), np.float32)
    basis[known] = space.basis[columns[known]]
    idf = np.zeros(len(columns))
    idf[known] = space.idf[columns[known]]
    return {
        "basis": b64encode(basis.tobytes()).decode(),
        "idf": b64encode(idf.tobytes()).decode(),
        "common": b64encode(np.asarray(space.common, np.float64).tobytes()).decode(),
    }


def _latent_from(kept: dict[str, str], columns: NDArray[np.int64], width: int) -> LatentSpace:
    common = np.frombuffer(b64decode(kept["common"]), np.float64).reshape(len(LANGUAGES), -1)
    stored = np.frombuffer(b64decode(kept["basis"]), np.float32).reshape(-1, common.shape[1])
    basis = np.zeros((width, common.shape[1]), np.float32)
    basis[columns] = stored
    idf = np.zeros(width)
    idf[columns] = np.frombuffer(b64decode(kept["idf"]), np.float64)
    return LatentSpace(basis, idf, common)


def _wanted(kept: Mapping[str, list[Any]]) -> Wanted:
    return {term: Want(*want) for term, want in kept.items()}


def _plain(settings: Settings) -> dict[str, Any]:
    values = {field.name: getattr(settings, field.name) for field in fields(settings)}
    return {**values, "field_weights": dict(settings.field_weights)}
