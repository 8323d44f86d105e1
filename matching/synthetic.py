"""A made corpus as the arrays that an index holds: a million profiles without a word of text.

60,000 Cyrillic pseudo-words with Zipf-Mandelbrot frequencies 1 / (r + 30)^1.05, forty fields of
study with word orders of their own, 3,000 skills (Zipf 0.9), profiles of 80 to 250 words, vacancies
of 40 to 150 words and eight skills.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array, csc_array, csr_array

from matching.analysis import flag
from matching.collection import Collection
from matching.conditions import AnyOf, AtLeast
from matching.documents import Query
from matching.index import Index
from matching.names import Ids, IdTable, Keys, Surfaces
from matching.settings import Settings
from matching.sparse import GrowingMatrix, Grown
from matching.text import term
from matching.weights import FIELD_LIMIT

WORDS = 60_000
SKILLS = 3_000
FIELDS_OF_STUDY = 40
CITIES = 7
CONDITIONS = (AtLeast("year", 3), AnyOf("city", frozenset({"1", "2", "3"})))
"""A fifth of the profiles meets both."""


@dataclass(frozen=True, slots=True)
class Corpus:
    """Profiles as counts (profiles × words) and attributes; vacancies as counts and queries."""

    words: list[str]
    profiles: csr_array
    skills: csr_array
    years: NDArray[np.float64]
    cities: NDArray[np.int64]
    vacancies: csr_array
    queries: list[Query]

    @property
    def eligible(self) -> NDArray[np.bool_]:
        """Return who meets CONDITIONS."""
        return (self.years >= 3) & np.isin(self.cities, (1, 2, 3))


def make(size: int, queries: int, seed: int = 7) -> Corpus:
    """Make `size` profiles and some vacancies."""
    random = np.random.default_rng(seed)
    words = pseudo_words(np.random.default_rng(0))
    vacancies = _counts(queries, 40, 150, random)
    asked = _zipf(random, SKILLS, 0.9, (queries, 8))
    texts = [
        " ".join(words[column] for column in np.repeat(row.indices, row.data.astype(int)))
        for row in (vacancies[[number]] for number in range(queries))
    ]
    return Corpus(
        words,
        _counts(size, 80, 250, random),
        _skills(size, random),
        random.integers(0, 6, size).astype(np.float64),
        random.integers(0, CITIES, size),
        vacancies,
        [
            Query(text, frozenset(map(str, row[:4])), frozenset(map(str, row[4:])), "ru")
            for text, row in zip(texts, asked.tolist(), strict=True)
        ],
    )


def index_of(corpus: Corpus, settings: Settings | None = None) -> Index:
    """Return the index that these documents would make, read word by word."""
    size = corpus.profiles.shape[0]
    draws = np.random.default_rng(2).random(size)
    collection = Collection(settings or Settings())
    collection.terms, collection.surfaces = Keys(corpus.words), Surfaces(corpus.words)
    collection.fields, collection.skills = Keys(["experience"]), Keys(map(str, range(SKILLS)))
    collection.flags = Keys(flag("city", str(city)) for city in range(CITIES))
    shape = (size, WORDS * FIELD_LIMIT)
    parts = (corpus.profiles.data, corpus.profiles.indices * FIELD_LIMIT, corpus.profiles.indptr)
    collection.counts = GrowingMatrix(csr_array(parts, shape=shape))
    collection.evidence = GrowingMatrix(csc_array(corpus.skills))
    lives = (np.ones(size, np.float32), (np.arange(size), corpus.cities))
    collection.flagged = GrowingMatrix(csc_array(coo_array(lives, shape=(size, CITIES))))
    collection.numbers = {"year": Grown(corpus.years), "draw": Grown(draws)}
    collection.ids = Ids(IdTable.of(range(size)))
    collection.languages = Grown(np.zeros(size, np.uint8))
    collection.ties = Grown(np.random.default_rng(1).integers(0, 2**63, size).astype(np.uint64))
    return Index.of(collection.compacted())


def pseudo_words(random: np.random.Generator) -> list[str]:
    """Return distinct words of five to nine Cyrillic consonants, each a term of its own."""
    letters = np.array(list("бвгджзклмнпрстфхцчшщ"))
    made: dict[str, None] = {}
    while len(made) < WORDS:
        word = "".join(random.choice(letters, random.integers(5, 10)))
        if term(word) == word:
            made[word] = None
    return list(made)


def _zipf(
    random: np.random.Generator, size: int, exponent: float, shape: tuple[int, ...], shift: int = 1
) -> NDArray[np.int64]:
    """Draw ranks with chances 1 / (rank + shift)^exponent."""
    chances = 1.0 / (np.arange(size) + shift) ** exponent
    cumulated = np.cumsum(chances / chances.sum())
    return np.minimum(np.searchsorted(cumulated, random.random(shape)), size - 1)


def _counts(count: int, least: int, most: int, random: np.random.Generator) -> csr_array:
    """Draw texts: half of the words general, half in the order of one field of study."""
    orders = np.array(
        [np.random.default_rng(n).permutation(WORDS) for n in range(FIELDS_OF_STUDY)], np.int32
    )
    blocks = [csr_array((0, WORDS), dtype=np.float32)]
    for first in range(0, count, 50_000):
        lengths = random.integers(least, most, min(50_000, count - first))
        rows = np.repeat(np.arange(len(lengths)), lengths)
        fields = np.repeat(random.integers(0, FIELDS_OF_STUDY, len(lengths)), lengths)
        drawn = _zipf(random, WORDS, 1.05, (len(rows),), 30)
        own = random.random(len(rows)) < 0.5
        drawn[own] = orders[fields[own], drawn[own]]
        ones = np.ones(len(rows), np.float32)
        parts = (ones, (rows.astype(np.int32), drawn.astype(np.int32)))
        blocks.append(csr_array(coo_array(parts, shape=(len(lengths), WORDS))))
    return _stacked(blocks)


def _stacked(blocks: list[csr_array]) -> csr_array:
    rows = sum(block.shape[0] for block in blocks)
    lengths = np.concatenate([np.diff(block.indptr) for block in blocks])
    starts = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int32)
    data = np.concatenate([block.data for block in blocks])
    indices = np.concatenate([block.indices for block in blocks])
    return csr_array((data, indices, starts), shape=(rows, WORDS))


def _skills(size: int, random: np.random.Generator) -> csr_array:
    """Draw ten skills a profile, stated to assessed."""
    rows = np.repeat(np.arange(size, dtype=np.int32), 10)
    columns = _zipf(random, SKILLS, 0.9, (len(rows),)).astype(np.int32)
    held = csr_array(coo_array((np.ones(len(rows)), (rows, columns)), shape=(size, SKILLS)))
    held.data = random.choice(np.array([0.4, 0.6, 0.8, 1.0], np.float32), len(held.data))
    return held
