"""Which kinds of tables there are; the features whose tables they are register them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from flask import Flask

from bridge.imports import Outcome
from bridge.tables import Row
from bridge.uploads.models import TableUpload

_EXTENSION = "bridge-uploads"


@dataclass(frozen=True, slots=True)
class Kind:
    """columns, required: as `Table.with_fields` takes them. importer: for one upload, what takes
    over a row (see `imports.import_rows`)."""

    name: str
    columns: Mapping[str, tuple[str, ...]]
    required: Collection[str]
    importer: Callable[[TableUpload], Callable[[Row], Outcome]]


def register(app: Flask, kind: Kind) -> None:
    kinds_of(app)[kind.name] = kind


def kinds_of(app: Flask) -> dict[str, Kind]:
    """The kinds of an application by name."""
    found: dict[str, Kind] = app.extensions.setdefault(_EXTENSION, {})
    return found
