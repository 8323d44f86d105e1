"""Hard filters: who is eligible at all, apart from any score."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import TypeAlias

from matching.documents import Id


@dataclass(frozen=True, slots=True)
class AtLeast:
    """The numeric attribute is present and not below the value."""

    attribute: str
    value: float


@dataclass(frozen=True, slots=True)
class AtMost:
    """The numeric attribute is present and not above the value."""

    attribute: str
    value: float


@dataclass(frozen=True, slots=True)
class Lacks:
    """The numeric attribute is absent."""

    attribute: str


@dataclass(frozen=True, slots=True)
class AnyOf:
    """The attribute holds at least one of the values."""

    attribute: str
    values: frozenset[str]


@dataclass(frozen=True, slots=True)
class AllOf:
    """The attribute holds every one of the values; no values: always true."""

    attribute: str
    values: frozenset[str]


@dataclass(frozen=True, slots=True)
class HasSkills:
    """Every skill is held, with whatever evidence."""

    slugs: frozenset[str]


@dataclass(frozen=True, slots=True)
class Contains:
    """Every word of the text that carries meaning occurs in the document, in any inflection."""

    text: str


@dataclass(frozen=True, slots=True)
class IdIn:
    """The document is one of these."""

    ids: Collection[Id]


@dataclass(frozen=True, slots=True)
class IdNotIn:
    """The document is none of these."""

    ids: Collection[Id]


Condition: TypeAlias = (
    AtLeast | AtMost | Lacks | AnyOf | AllOf | HasSkills | Contains | IdIn | IdNotIn
)
