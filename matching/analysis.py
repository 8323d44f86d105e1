"""From a document to counted terms: the part of indexing that takes longest and needs no index."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from matching.documents import Document, Id
from matching.settings import LISTED_FIELDS
from matching.text import LANGUAGES, count_terms, language_of


@dataclass(frozen=True, slots=True)
class Analysed:
    """A document as counted.

    fields: field -> term -> (occurrences, surface).
    """

    id: Id
    fields: Mapping[str, Mapping[str, tuple[int, str]]]
    language: int
    skills: Mapping[str, float]
    flags: Mapping[str, float]
    numbers: Mapping[str, float]


def analyse(document: Document) -> Analysed:
    """Read a document."""
    prose = " ".join(text for name, text in document.fields.items() if name not in LISTED_FIELDS)
    language = language_of(prose if prose.strip() else " ".join(document.fields.values()))
    sets = {name: v for name, v in document.attributes.items() if isinstance(v, frozenset)}
    return Analysed(
        id=document.id,
        fields={name: count_terms(text) for name, text in document.fields.items()},
        language=LANGUAGES.index(language),
        skills=document.skills,
        flags={flag(name, value): 1.0 for name, values in sets.items() for value in values},
        numbers={
            name: float(value)
            for name, value in document.attributes.items()
            if not isinstance(value, frozenset)
        },
    )


def flag(attribute: str, value: str) -> str:
    """Return the column name of one value of a set attribute."""
    return f"{attribute}\x1f{value}"
