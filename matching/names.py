"""Names in arrays that processes can share: words, slugs, ids.

A table holds the names of a compacted collection and never changes; what edits add lies beside it
in small dictionaries of the process's own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from matching.documents import Id
from matching.sparse import Booleans, Integers, Slots

_RANGE = range(-(2**63), 2**63)
"""Ids beyond it are kept as text."""

READ = 50_000
"""Strings of a table kept at once, names asked for and surfaces shown: both come again."""


@dataclass(frozen=True, slots=True)
class StringTable:
    """Strings by number. text: all of them, in UTF-8; starts: where each begins, and the end.

    hashes: ascending CRC-32 of the strings, order: the numbers of the strings they belong to.
    """

    text: NDArray[np.uint8]
    starts: NDArray[np.int64]
    hashes: NDArray[np.uint32]
    order: Integers

    @classmethod
    def of(cls, strings: Iterable[str]) -> StringTable:
        """Number distinct strings as they come."""
        encoded = [_bytes(string) for string in strings]
        starts = np.cumsum([0, *map(len, encoded)], dtype=np.int64)
        hashes = np.array([crc32(name) for name in encoded], np.uint32)
        order = np.argsort(hashes, kind="stable").astype(np.int32)
        text = np.frombuffer(b"".join(encoded), np.uint8)
        return cls(text, starts, hashes[order], order)

    def __len__(self) -> int:
        return len(self.order)

    def __getitem__(self, number: int) -> str:
        return self._bytes_of(number).decode("utf-8", "surrogatepass")

    def __iter__(self) -> Iterator[str]:
        text, ends = self.text.tobytes(), self.starts.tolist()
        for start, end in pairwise(ends):
            yield text[start:end].decode("utf-8", "surrogatepass")

    def find(self, strings: Sequence[str]) -> list[int | None]:
        """Return the numbers of strings, None for those that are not in the table."""
        encoded = [_bytes(string) for string in strings]
        hashes = np.array([crc32(name) for name in encoded], np.uint32)
        places = self.hashes.searchsorted(hashes, "left")
        found: list[int | None] = [None] * len(encoded)
        left = np.arange(len(encoded))
        # Strings of one hash follow each other, and hardly ever are there two.
        while True:
            left = left[places[left] < len(self)]
            left = left[self.hashes[places[left]] == hashes[left]]
            if not len(left):
                return found
            numbers = self.order[places[left]]
            equal = self._are(numbers, [encoded[one] for one in left.tolist()])
            for one, number in zip(left[equal].tolist(), numbers[equal].tolist(), strict=True):
                found[one] = number
            left = left[~equal]
            places[left] += 1

    def _are(self, numbers: Integers, names: list[bytes]) -> Booleans:
        """Return which of the strings are these names."""
        starts, sizes = self.starts[numbers], np.array([len(name) for name in names])
        equal: Booleans = self.starts[numbers + 1] - starts == sizes
        starts, sizes = starts[equal], sizes[equal]
        ends = np.cumsum(sizes)
        letters = np.arange(ends[-1] if len(ends) else 0) + np.repeat(starts - ends + sizes, sizes)
        same = np.flatnonzero(equal)
        joined = b"".join([names[one] for one in same.tolist()])
        other = self.text[letters] != np.frombuffer(joined, np.uint8)
        equal[same] = np.bincount(np.repeat(np.arange(len(same)), sizes), other, len(same)) == 0
        return equal

    def _bytes_of(self, number: int) -> bytes:
        start, end = self.starts[number : number + 2].tolist()
        return self.text[start:end].tobytes()


def _bytes(string: str) -> bytes:
    return string.encode("utf-8", "surrogatepass")


class Keys:
    """Names of columns: each new name gets the next number."""

    def __init__(self, names: Iterable[str] = ()) -> None:
        self.table = StringTable.of(names)
        self._late: dict[str, int] = {}
        # What the table said of names: queries ask for the same ones again and again.
        self._read: dict[str, int | None] = {}

    @classmethod
    def over(cls, table: StringTable) -> Keys:
        """Return keys that begin with those of a table."""
        keys = cls()
        keys.table = table
        return keys

    def __len__(self) -> int:
        return len(self.table) + len(self._late)

    @property
    def names(self) -> list[str]:
        """Return a new list of the names by number."""
        return [*self.table, *self._late]

    def frozen(self) -> Keys:
        """Return the same names, untouched by later ones."""
        keys = Keys.over(self.table)
        keys._late, keys._read = {**self._late}, self._read
        return keys

    def get(self, name: str) -> int | None:
        """Return the number of a known name."""
        return self.find([name])[0]

    def find(self, names: Iterable[str]) -> list[int | None]:
        """Return the numbers of names, None for unknown ones."""
        names = list(names)
        if len(self._read) > READ:
            self._read = {}
        read = self._read
        unread = [name for name in names if name not in read]
        if unread:
            read.update(zip(unread, self.table.find(unread), strict=True))
        late = self._late
        return [late.get(name) if (number := read[name]) is None else number for name in names]

    def add(self, names: Iterable[str]) -> list[int]:
        """Return the numbers of names, known or new."""
        names = list(names)
        return [
            self._late.setdefault(name, len(self)) if number is None else number
            for name, number in zip(names, self.find(names), strict=True)
        ]


class Surfaces:
    """How each term is shown: the shortest form seen, most often the word's base form."""

    def __init__(self, surfaces: Iterable[str] = ()) -> None:
        self.table = StringTable.of(surfaces)
        self._late: dict[int, str] = {}
        self._read: dict[int, str] = {}

    @classmethod
    def over(cls, table: StringTable) -> Surfaces:
        """Return surfaces that begin with those of a table."""
        surfaces = cls()
        surfaces.table = table
        return surfaces

    def __getitem__(self, column: int) -> str:
        surface = self._late.get(column) or self._read.get(column)
        if surface is None:
            if len(self._read) >= READ:
                self._read.clear()
            surface = self._read[column] = self.table[column]
        return surface

    def frozen(self) -> Surfaces:
        """Return the same surfaces, untouched by later ones."""
        surfaces = Surfaces.over(self.table)
        surfaces._late = {**self._late}
        return surfaces

    def show(self, column: int, surface: str) -> None:
        """Take in a form of a term, be it known or the next new one."""
        known = self._late.get(column) or self._read.get(column)
        if known is None and column < len(self.table):
            known = self[column]
        if known is None or len(surface) < len(known):
            self._late[column] = surface


@dataclass(frozen=True, slots=True)
class IdTable:
    """The ids of slots 0 … n-1. values: an integer id itself, of others the number in `texts`.

    textual: which those are. integers: ascending, with their slots. text_slots: by text number.
    """

    values: NDArray[np.int64]
    textual: Booleans
    integers: NDArray[np.int64]
    integer_slots: Integers
    texts: StringTable
    text_slots: Integers

    @classmethod
    def of(cls, ids: Sequence[Id]) -> IdTable:
        """Number distinct ids by their places."""
        textual = np.array([isinstance(id_, str) or id_ not in _RANGE for id_ in ids], bool)
        texts = [id_name(ids[slot]) for slot in np.flatnonzero(textual).tolist()]
        values = np.zeros(len(ids), np.int64)
        values[textual] = np.arange(len(texts))
        values[~textual] = [int(ids[slot]) for slot in np.flatnonzero(~textual).tolist()]
        return cls.made(values, textual, StringTable.of(texts))

    @classmethod
    def made(cls, values: NDArray[np.int64], textual: Booleans, texts: StringTable) -> IdTable:
        """Complete a table."""
        slots = np.flatnonzero(~textual)
        slots = slots[np.argsort(values[slots], kind="stable")]
        text_slots = np.flatnonzero(textual).astype(np.int32)
        return cls(values, textual, values[slots], slots.astype(np.int32), texts, text_slots)

    def __len__(self) -> int:
        return len(self.values)

    def __getitem__(self, slot: int) -> Id:
        value = int(self.values[slot])
        return _id(self.texts[value]) if self.textual[slot] else value

    def find(self, id_: Id) -> int | None:
        """Return the slot of an id."""
        if isinstance(id_, str) or id_ not in _RANGE:
            number = self.texts.find([id_name(id_)])[0]
            return None if number is None else int(self.text_slots[number])
        place = int(self.integers.searchsorted(id_))
        if place < len(self.integers) and self.integers[place] == id_:
            return int(self.integer_slots[place])
        return None


def id_name(id_: Id) -> str:
    """Return a text that no other id has."""
    return f"str:{id_}" if isinstance(id_, str) else f"int:{int(id_)}"


def _id(name: str) -> Id:
    return name[4:] if name.startswith("str:") else int(name[4:])


class Ids:
    """The ids of slots, and the slots of those documents that live."""

    def __init__(self, table: IdTable) -> None:
        self.table = table
        self.documents = len(table)
        self._late: list[Id] = []
        self._slots: dict[Id, int | None] = {}

    def __len__(self) -> int:
        return len(self.table) + len(self._late)

    def __getitem__(self, slot: int) -> Id:
        fixed = len(self.table)
        return self.table[slot] if slot < fixed else self._late[slot - fixed]

    def frozen(self) -> Ids:
        """Return the same ids, untouched by later edits."""
        ids = Ids(self.table)
        ids.documents, ids._late, ids._slots = self.documents, [*self._late], {**self._slots}
        return ids

    def slot(self, id_: Id) -> int | None:
        """Return where a document lives, None where there is none."""
        return self._slots[id_] if id_ in self._slots else self.table.find(id_)

    def add(self, id_: Id) -> None:
        """Give the next slot to a document that has none."""
        self._slots[id_] = len(self)
        self._late.append(id_)
        self.documents += 1

    def remove(self, id_: Id) -> int | None:
        """Return the slot where the document lived until now."""
        slot = self.slot(id_)
        if slot is not None:
            self._slots[id_] = None
            self.documents -= 1
        return slot

    def ordered(self) -> Slots:
        """Return the slots of the living documents: by integer ids, then by texts."""
        table, fixed = self.table, len(self.table)
        late = IdTable.of(self._late)
        living = np.ones(len(self), bool)
        living[[slot for id_ in self._slots if (slot := table.find(id_)) is not None]] = False
        living[fixed:] = [self._slots[id_] == n for n, id_ in enumerate(self._late, fixed)]
        slots = np.concatenate([table.integer_slots, late.integer_slots + np.int32(fixed)])
        integers = np.concatenate([table.integers, late.integers])[living[slots]]
        slots = slots[living[slots]][np.argsort(integers, kind="stable")]
        texts = [*zip(table.texts, table.text_slots.tolist(), strict=True)]
        texts += zip(late.texts, (late.text_slots + fixed).tolist(), strict=True)
        named = [slot for _, slot in sorted(texts) if living[slot]]
        return np.concatenate([slots.astype(np.int64), np.array(named, np.int64)])

    def taken(self, slots: Slots) -> IdTable:
        """Return the ids of some slots as a table of their own."""
        late = IdTable.of(self._late)
        textual = np.concatenate([self.table.textual, late.textual])[slots]
        values = np.concatenate([self.table.values, late.values])[slots]
        names = [id_name(self[slot]) for slot in slots[textual].tolist()]
        values[textual] = np.arange(len(names))
        return IdTable.made(values, textual, StringTable.of(names))
