"""The common vocabulary of skills: names in two languages, found in entries and in texts."""

from __future__ import annotations

import csv
import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib import resources
from itertools import chain, product
from types import MappingProxyType
from typing import TypeAlias

from matching.alignment import align
from matching.detection import Finder, Span
from matching.suggestions import Suggester
from matching.text import Word, count_terms, language_of, normalise, words

Pair: TypeAlias = tuple[tuple[str, ...], tuple[str, ...]]

IMPLIED = 0.8
"""What a skill counts for where only a narrower one is held: SolidWorks where CAD is asked for."""

GLOSSARY = "glossary.csv"
COLUMNS = ("slug", "en", "ru", "aliases", "broader", "related")


@dataclass(frozen=True, slots=True)
class Concept:
    """One skill or term; `broader` and `related` are slugs of other concepts."""

    slug: str
    en: str
    ru: str
    aliases: tuple[str, ...] = ()
    broader: tuple[str, ...] = ()
    related: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Every name, the two display names first."""
        return tuple(dict.fromkeys((self.en, self.ru, *self.aliases)))

    def names_in(self, language: str) -> tuple[str, ...]:
        """Return the names to look for in a text of the language ("ru" or "en")."""
        display = self.ru if language == "ru" else self.en
        others = (name for name in self.aliases if language_of(name) == language)
        return tuple(dict.fromkeys((display, *others)))


@dataclass(frozen=True, slots=True)
class Implied:
    """That a skill is held through a narrower one. evidence: what it counts for, in [0, 1]."""

    evidence: float
    through: str


class Vocabulary:
    """Concepts by slug, and the ways to find them.

    glossary: (Russian words, English words) that mean the same and are no skills.
    Raises ValueError where two concepts share a slug or one has no name. Where two concepts claim
    one name, the first keeps it.
    """

    def __init__(self, concepts: Iterable[Concept], glossary: Iterable[Pair] = ()) -> None:
        by_slug: dict[str, Concept] = {}
        for concept in concepts:
            if concept.slug in by_slug:
                raise ValueError(f"two concepts have the slug {concept.slug!r}")
            if not (concept.slug and concept.en and concept.ru):
                raise ValueError(f"a concept lacks its slug or a name: {concept}")
            by_slug[concept.slug] = concept
        self.concepts: Mapping[str, Concept] = MappingProxyType(by_slug)
        self._by_key: dict[str, str] = {}
        names = [(concept.slug, name) for concept in by_slug.values() for name in concept.names]
        for slug, name in names:
            if key := normalise(name):
                self._by_key.setdefault(key, slug)
        self._finder = Finder(names)
        self.glossary = tuple(glossary)
        digest = hashlib.sha256(repr((sorted(by_slug.items()), self.glossary)).encode())
        self.version = digest.hexdigest()[:16]

    @classmethod
    def load(cls) -> Vocabulary:
        """Read the project's own vocabulary, shipped as package data.

        Raises ValueError with the file and line of a row that is not a concept.
        """
        package = resources.files("matching")
        files = sorted(
            (file for file in (package / "vocabulary").iterdir() if file.name.endswith(".csv")),
            key=lambda file: file.name,
        )
        glossary = package / GLOSSARY
        return cls(
            (
                concept
                for file in files
                for concept in read_concepts(file.read_text(encoding="utf-8"), file.name)
            ),
            read_glossary(glossary.read_text(encoding="utf-8"), GLOSSARY),
        )

    def find(self, text: str) -> Concept | None:
        """Return the concept that bears exactly this name or alias."""
        slug = self._by_key.get(normalise(text))
        return None if slug is None else self.concepts[slug]

    def implied(self, skills: Mapping[str, float]) -> dict[str, Implied]:
        """Return the broader skills, one step up, of those held, but for those held themselves.

        skills: slug -> evidence. Of several narrower ones the best evidence counts, IMPLIED of it.
        """
        found: dict[str, Implied] = {}
        for slug, evidence in sorted(skills.items(), key=lambda held: (-held[1], held[0])):
            for broader in self.concepts[slug].broader if slug in self.concepts else ():
                if broader not in skills:
                    found.setdefault(broader, Implied(IMPLIED * evidence, slug))
        return found

    def suggest(self, prefix: str, limit: int = 10) -> list[Concept]:
        """Return concepts with a name that begins so, exact and shorter names first.

        After them those with a name that sounds so in the other alphabet; where there is none,
        those with a name that differs by a slip.
        """
        key = normalise(prefix)
        if not key or limit < 1:
            return []
        return [self.concepts[slug] for slug in self._suggester.beginning(key, limit)]

    def near(self, name: str, limit: int = 3) -> list[Concept]:
        """Return concepts that a name, which none of them bears, may stand for.

        Those whose names sound like it or differ by a slip, then those it contains («Golang 1.2»).
        """
        key = normalise(name)
        slugs = [*self._suggester.near(key), *self.detect(name)] if key else []
        return [self.concepts[slug] for slug in list(dict.fromkeys(slugs))[:limit]]

    @cached_property
    def _suggester(self) -> Suggester:
        return Suggester(self._by_key)

    @cached_property
    def translations(self) -> dict[str, dict[str, dict[str, float]]]:
        """Translations of single terms: target language -> term -> term there -> probability."""
        pairs = [pair for concept in self.concepts.values() for pair in _name_pairs(concept)]
        # What a person wrote down stands above what the names let one guess.
        return {
            "en": align(pairs) | _listed(self.glossary),
            "ru": align((english, russian) for russian, english in pairs)
            | _listed((english, russian) for russian, english in self.glossary),
        }

    def detect(self, text: str) -> Counter[str]:
        """Count the concepts that a text names: slug -> occurrences, longest names first."""
        return Counter(span.slug for span in self.spans(words(text), text))

    def spans(self, found: list[Word], text: str) -> Iterator[Span]:
        """Yield the concepts that the words of a text name, longest first, none overlapping."""
        return self._finder.spans(found, text)


def _name_pairs(concept: Concept) -> Iterator[tuple[list[str], list[str]]]:
    """Yield the terms of a Russian and of an English name; one of the two is a display name."""
    russian = [name for name in concept.names_in("ru") if language_of(name) == "ru"]
    english = [name for name in concept.names_in("en") if language_of(name) == "en"]
    for one, other in product(russian, english):
        if one == concept.ru or other == concept.en:
            yield list(count_terms(one)), list(count_terms(other))


def _listed(pairs: Iterable[Pair]) -> dict[str, dict[str, float]]:
    """Return the translations of single words: term -> term there -> probability.

    Each of a word's translations is as likely as the others.
    """
    found: dict[str, list[list[str]]] = {}
    for sources, targets in pairs:
        listed = [list(count_terms(target)) for target in targets]
        for source in map(list, map(count_terms, sources)):
            if len(source) == 1:
                found.setdefault(source[0], []).extend(listed)
    return {
        key: {
            term: sum(term in translation for translation in translations) / len(translations)
            for term in dict.fromkeys(chain.from_iterable(translations))
        }
        for key, translations in found.items()
    }


def read_glossary(text: str, name: str) -> Iterator[Pair]:
    """Yield the pairs of the glossary (columns ru,en; lists separated by ";")."""
    reader = csv.DictReader(text.splitlines())
    if tuple(reader.fieldnames or ()) != ("ru", "en"):
        raise ValueError(f"{name}: the columns must be ru,en")
    for row in reader:
        pair = tuple(_list_of(row["ru"] or "")), tuple(_list_of(row["en"] or ""))
        if None in row or not all(pair):
            raise ValueError(f"{name}:{reader.line_num}: ru and en must be given")
        yield pair


def _list_of(cell: str) -> Iterator[str]:
    return (item.strip() for item in cell.split(";") if item.strip())


def read_concepts(text: str, name: str) -> Iterator[Concept]:
    """Yield the concepts of one CSV file (columns of COLUMNS; lists separated by ";")."""
    reader = csv.DictReader(text.splitlines())
    if tuple(reader.fieldnames or ()) != COLUMNS:
        raise ValueError(f"{name}: the columns must be {','.join(COLUMNS)}")
    for row in reader:
        if None in row or None in row.values():
            raise ValueError(f"{name}:{reader.line_num}: a row must have {len(COLUMNS)} cells")
        lists = (tuple(_list_of(row[column])) for column in COLUMNS[3:])
        slug, english, russian = (row[column].strip() for column in COLUMNS[:3])
        if not (slug and english and russian):
            raise ValueError(f"{name}:{reader.line_num}: slug, en and ru must be given")
        yield Concept(slug, english, russian, *lists)
