"""The texts of the demo university, read from the TOML files beside this module."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Texts:
    """What students of one field write, in one language. «Title|text» in the last four."""

    summaries: list[str] = field(default_factory=list)
    traits: list[str] = field(default_factory=list)
    wishes: list[str] = field(default_factory=list)
    courses: list[str] = field(default_factory=list)
    projects: list[str] = field(default_factory=list)
    theses: list[str] = field(default_factory=list)
    experience: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Speciality:
    """What a student of the field turns to: skills that go together, and how they speak of it."""

    skills: list[str]
    summaries: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A field of study. directions: code -> number of students; core, common, rare: slugs of
    skills by how common they are; words: what the slots of the texts are filled with."""

    name: str
    students: int
    organisations: list[str]
    directions: dict[str, int]
    core: list[str]
    common: list[str]
    rare: list[str]
    words: dict[str, list[str]]
    specialities: list[Speciality]
    russian: Texts
    english: Texts


@cache
def read(name: str) -> dict[str, Any]:
    """One TOML file of this package; whoever gets it leaves it as it is."""
    return tomllib.loads(files(__name__).joinpath(name).read_text(encoding="utf-8"))


@cache
def fields() -> tuple[Field, ...]:
    return tuple(_field(name) for name in _names("fields"))


@cache
def vacancies() -> tuple[dict[str, Any], ...]:
    return tuple(
        vacancy
        for name in _names("vacancies")
        for vacancy in read(f"vacancies/{name}")["vacancies"]
    )


def _names(folder: str) -> list[str]:
    inside = files(__name__).joinpath(folder).iterdir()
    return sorted(file.name for file in inside if file.name.endswith(".toml"))


def _field(file_name: str) -> Field:
    data = read(f"fields/{file_name}")
    return Field(
        name=file_name.removesuffix(".toml"),
        students=data["students"],
        organisations=data["organisations"],
        directions=data["directions"],
        words=data["words"],
        specialities=[Speciality(**speciality) for speciality in data["specialities"]],
        russian=Texts(**data["texts"]),
        english=Texts(**data["english"]),
        **data["skills"],
    )
