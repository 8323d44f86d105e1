"""The parts of a score: numbers of all, words for those that somebody looks at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Literal, NamedTuple, TypeAlias, get_args, overload

import numpy as np
from numpy.typing import NDArray

from matching.names import Surfaces
from matching.sparse import Floats, Slots

Numbers: TypeAlias = NDArray[np.integer[Any]]

Kind: TypeAlias = Literal["must", "nice", "text", "translated", "related", "liked", "disliked"]
KINDS: tuple[Kind, ...] = get_args(Kind)


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
class Wording:
    """What the numbers of parts stand for: skills and fields by number, terms by column. asked: the
    form in which the query itself has a term."""

    skills: Sequence[str]
    fields: Sequence[str]
    surfaces: Surfaces
    asked: dict[int, str]


@dataclass(frozen=True, slots=True)
class Contributions:
    """Parts of some documents as columns of one table: a part's document, the number of its kind,
    its term (of a skill: its number), its field (of a skill: -1), and what it adds."""

    owners: Slots
    kinds: Numbers
    terms: Numbers
    fields: Numbers
    values: Floats

    @classmethod
    def joined(cls, tables: Sequence[Contributions]) -> Contributions:
        """Return the rows of all tables, one after another."""
        names = ("owners", "kinds", "terms", "fields", "values")
        return cls(*(np.concatenate([getattr(each, name) for each in tables]) for name in names))

    def split(self, documents: int, wording: Wording) -> list[Parts]:
        """Return the parts of each document, the largest first; equals stay as they come."""
        order = np.lexsort((-self.values, self.owners))
        ends = np.searchsorted(self.owners[order], np.arange(documents + 1))
        return [
            Parts(self.kinds[own], self.terms[own], self.fields[own], self.values[own], wording)
            for own in (order[start:end] for start, end in pairwise(ends.tolist()))
        ]


class Parts(Sequence[Part]):
    """The parts of one score, the largest first; each gets its words when it is asked for."""

    def __init__(
        self, kinds: Numbers, terms: Numbers, fields: Numbers, shares: Floats, wording: Wording
    ) -> None:
        self._kinds, self._terms, self._fields = kinds, terms, fields
        self.shares = shares
        self._wording = wording

    def __len__(self) -> int:
        return len(self.shares)

    @overload
    def __getitem__(self, place: int) -> Part: ...
    @overload
    def __getitem__(self, place: slice) -> tuple[Part, ...]: ...
    def __getitem__(self, place: int | slice) -> Part | tuple[Part, ...]:
        if isinstance(place, slice):
            return tuple(map(self._part, range(len(self))[place]))
        return self._part(range(len(self))[place])

    def __eq__(self, other: object) -> bool:
        return tuple(self) == (tuple(other) if isinstance(other, Parts) else other)

    def __hash__(self) -> int:
        return hash(tuple(self))

    def __repr__(self) -> str:
        return repr(tuple(self))

    def largest(self, number: int | None) -> tuple[Part, ...]:
        """Return those that add or take most; all of them without a number."""
        chosen = np.argsort(-np.abs(self.shares), kind="stable")[:number]
        return tuple(map(self._part, chosen.tolist()))

    def by_kind(self) -> dict[Kind, float]:
        """Return the sum of the shares of each kind that there is."""
        sums = np.bincount(self._kinds, self.shares, len(KINDS)).tolist()
        present = np.bincount(self._kinds, minlength=len(KINDS)).tolist()
        return {kind: sums[code] for code, kind in enumerate(KINDS) if present[code]}

    def _part(self, place: int) -> Part:
        kind, words = KINDS[self._kinds[place]], self._wording
        term, field = int(self._terms[place]), int(self._fields[place])
        share = float(self.shares[place])
        if field < 0:
            return Part(kind, words.skills[term], None, share)
        own = words.asked.get(term) if kind == "text" else None
        return Part(kind, own or words.surfaces[term], words.fields[field], share)
