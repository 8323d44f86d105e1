"""A refreshed collection on disk: NumPy arrays to map into memory, and one manifest.

The folder holds one sub-folder a generation and a file CURRENT that names the one in force. CURRENT
is replaced in one step after everything else is on the disk, so a reader sees the old generation or
the new one, and one that is reading the old one keeps its mapped files.
"""

from __future__ import annotations

import json
import os
import shutil
import uuid
from dataclasses import fields
from pathlib import Path
from typing import Any, TypeVar
from zlib import crc32

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_array, csr_array

from matching.collection import Collection
from matching.latent import LatentSpace
from matching.names import Ids, IdTable, Keys, StringTable, Surfaces
from matching.settings import ALGORITHM_VERSION, Settings
from matching.sparse import Buffer, GrowingMatrix, Grown

FORMAT = 3
"""Changes with what the files hold."""

Arrays = dict[str, NDArray[Any]]
Table = TypeVar("Table", StringTable, IdTable, LatentSpace)

_MATRICES = {"counts": csr_array, "impacts": csc_array, "evidence": csc_array, "flagged": csc_array}
_GROWN = ("languages", "ties", "vectors")
_PLAIN = ("coordinates", "cuts")
_KEYS = ("terms", "fields", "skills", "flags")


class SnapshotError(Exception):
    """A snapshot that is missing, torn, or made by another version."""


def save(collection: Collection, path: Path, vocabulary: str | None) -> None:
    """Write a compacted collection; `vocabulary` is the version of the vocabulary in use."""
    current = path / "CURRENT"
    previous = current.read_text(encoding="utf-8") if current.exists() else None
    generation = path / uuid.uuid4().hex
    generation.mkdir(parents=True)
    try:
        _fill(generation, collection, vocabulary)
        _write(generation / "name", generation.name)
        os.replace(generation / "name", current)
    except BaseException:
        shutil.rmtree(generation, ignore_errors=True)
        raise
    if previous and previous.isalnum():
        shutil.rmtree(path / previous, ignore_errors=True)


def generation_of(path: Path) -> str:
    """Return the name of the generation in force; SnapshotError where there is none."""
    try:
        return (path / "CURRENT").read_text(encoding="utf-8")
    except OSError as error:
        raise SnapshotError(f"no usable snapshot in {path}: {error}") from error


def load(path: Path, settings: Settings, vocabulary: str | None) -> Collection:
    """Map a collection back; SnapshotError where it cannot be used as it is."""
    try:
        generation = path / generation_of(path)
        manifest = json.loads((generation / "manifest.json").read_text(encoding="utf-8"))
        for name, expected in _identity(settings, vocabulary).items():
            if manifest.get(name) != expected:
                raise SnapshotError(f"the snapshot has another {name}; build it anew")
        if manifest.pop("sum") != _sum_of(manifest):
            raise SnapshotError("the snapshot is damaged: manifest.json has another sum")
        arrays = {name: _map(generation, name, *file) for name, file in manifest["files"].items()}
        return _restored(manifest, arrays, settings)
    except SnapshotError:
        raise
    # Whatever numpy makes of a header with a wrong byte: a SyntaxError, a TokenError.
    except Exception as error:
        raise SnapshotError(f"no usable snapshot in {path}: {error}") from error


def _fill(generation: Path, collection: Collection, vocabulary: str | None) -> None:
    files = {}
    for name, values in _arrays(collection).items():
        path = generation / f"{name}.npy"
        with path.open("wb") as file:
            np.save(file, values)
            file.flush()
            os.fsync(file.fileno())
            files[name] = file.tell(), _sum(path)
    manifest: dict[str, Any] = {
        **_identity(collection.settings, vocabulary),
        "files": files,
        "shapes": {name: getattr(collection, name).base.shape for name in _MATRICES},
        "numbers": list(collection.numbers),
        "mean_length": collection.mean_length,
        "latent": collection.latent is not None,
    }
    manifest["sum"] = _sum_of(manifest)
    _write(generation / "manifest.json", json.dumps(manifest, ensure_ascii=False))


def _sum(path: Path) -> int:
    """The CRC-32 of a file that is not empty."""
    return crc32(np.memmap(path, np.uint8, "r").data)


def _sum_of(manifest: dict[str, Any]) -> int:
    return crc32(json.dumps(manifest, sort_keys=True).encode())


def _identity(settings: Settings, vocabulary: str | None) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "algorithm": ALGORITHM_VERSION,
        "vocabulary": vocabulary,
        "settings": _plain(settings),
    }


def _plain(settings: Settings) -> dict[str, Any]:
    """Return the settings as plain JSON values."""
    names = settings.__dataclass_fields__
    return {name: getattr(settings, name) for name in names if name != "field_weights"} | {
        "field_weights": dict(settings.field_weights)
    }


def _write(path: Path, text: str) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def _arrays(collection: Collection) -> Arrays:
    """Return every array of a compacted collection by its name."""
    arrays: Arrays = {name: getattr(collection, name).base for name in _GROWN}
    arrays |= {name: getattr(collection, name) for name in _PLAIN}
    arrays["holders"] = collection.holders.view()
    for name in _MATRICES:
        base = getattr(collection, name).base
        arrays |= {f"{name}.{part}": getattr(base, part) for part in ("data", "indices", "indptr")}
    for number, values in enumerate(collection.numbers.values()):
        arrays[f"number.{number}"] = values.base
    for name in (*_KEYS, "surfaces"):
        arrays |= _spread(name, getattr(collection, name).table)
    arrays |= _spread("ids", collection.ids.table)
    return arrays | (_spread("latent", collection.latent) if collection.latent else {})


def _spread(name: str, table: StringTable | IdTable | LatentSpace) -> Arrays:
    """Return the arrays of a table, those of the tables within it too."""
    arrays: Arrays = {}
    for field in fields(table):
        value = getattr(table, field.name)
        within = f"{name}.{field.name}"
        arrays |= _spread(within, value) if isinstance(value, StringTable) else {within: value}
    return arrays


def _gathered(kind: type[Table], name: str, arrays: Arrays) -> Table:
    """Return the table whose arrays `_spread` gave."""
    values: dict[str, Any] = {}
    for field in fields(kind):
        within = f"{name}.{field.name}"
        table = field.name == "texts"
        values[field.name] = _gathered(StringTable, within, arrays) if table else arrays[within]
    return kind(**values)


def _map(generation: Path, name: str, size: int, expected: int) -> NDArray[Any]:
    path = generation / f"{name}.npy"
    if path.stat().st_size != size:
        raise SnapshotError(f"the snapshot is torn: {name} has the wrong size")
    # Reading it all costs less than wrong results: a wrong byte would show in some search only.
    if _sum(path) != expected:
        raise SnapshotError(f"the snapshot is damaged: {name} has another sum")
    # A plain array over the mapped memory: slices of np.memmap itself cost microseconds.
    return np.asarray(np.load(path, mmap_mode="r", allow_pickle=False))


def _restored(manifest: dict[str, Any], arrays: Arrays, settings: Settings) -> Collection:
    new = Collection(settings)
    for name in _KEYS:
        setattr(new, name, Keys.over(_gathered(StringTable, name, arrays)))
    new.surfaces = Surfaces.over(_gathered(StringTable, "surfaces", arrays))
    new.ids = Ids(_gathered(IdTable, "ids", arrays))
    for name in _GROWN:
        setattr(new, name, Grown(arrays[name]))
    for name in _PLAIN:
        setattr(new, name, arrays[name])
    for name, kind in _MATRICES.items():
        parts = tuple(arrays[f"{name}.{part}"] for part in ("data", "indices", "indptr"))
        setattr(new, name, GrowingMatrix(kind(parts, shape=tuple(manifest["shapes"][name]))))
    # An edit counts words anew: these are each process's own.
    new.holders = Buffer(np.array(arrays["holders"]))
    new.numbers = {
        name: Grown(arrays[f"number.{number}"]) for number, name in enumerate(manifest["numbers"])
    }
    new.mean_length = manifest["mean_length"]
    if manifest["latent"]:
        new.latent = _gathered(LatentSpace, "latent", arrays)
    return new
