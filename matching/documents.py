"""What goes into the index and what is asked of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

Id: TypeAlias = int | str


@dataclass(frozen=True, slots=True)
class Document:
    """One profile.

    fields: field name -> plain text; the names of `matching.FIELDS` have weights of their own.
    skills: concept slug -> evidence in (0, 1].
    attributes: name -> a finite number or a frozenset of strings, for the conditions.
    Raises ValueError for any other value, so that a bad profile is stopped at its source.
    """

    id: Id
    fields: Mapping[str, str]
    skills: Mapping[str, float] = field(default_factory=dict)
    attributes: Mapping[str, float | frozenset[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not isinstance(self.id, int | str):
            raise ValueError(f"a document id must be an int or a str, not {self.id!r}")
        for name, text in self.fields.items():
            if not isinstance(text, str):
                raise ValueError(f"field {name!r} of document {self.id!r} must be text")
        for slug, evidence in self.skills.items():
            if not 0.0 < evidence <= 1.0:
                raise ValueError(
                    f"evidence of {slug!r} in document {self.id!r} must lie in (0, 1], "
                    f"not {evidence}"
                )
        for name, value in self.attributes.items():
            if isinstance(value, frozenset):
                continue
            if not isinstance(value, int | float) or value != value or abs(value) == float("inf"):
                raise ValueError(
                    f"attribute {name!r} of document {self.id!r} must be a finite number "
                    f"or a frozenset, not {value!r}"
                )


@dataclass(frozen=True, slots=True)
class Query:
    """One vacancy: its text, the skills it asks for, and its language (None = detect)."""

    text: str
    must: frozenset[str] = frozenset()
    nice: frozenset[str] = frozenset()
    language: str | None = None

    def __post_init__(self) -> None:
        if not isinstance(self.text, str):
            raise ValueError("the text of a query must be a str")
        # A skill asked for twice counts once, in its stricter role.
        object.__setattr__(self, "must", frozenset(self.must))
        object.__setattr__(self, "nice", frozenset(self.nice) - self.must)
