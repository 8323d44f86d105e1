"""Conditions as one mask over all slots: exact at any selectivity.

What a condition says of the compacted slots never changes, so it is kept, a bit a slot; the few
slots that were added since are looked at each time.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import reduce
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from matching.analysis import flag
from matching.collection import Collection, View
from matching.conditions import (
    AllOf,
    AnyOf,
    AtLeast,
    AtMost,
    Condition,
    Contains,
    HasSkills,
    IdIn,
    IdNotIn,
    Lacks,
)
from matching.documents import Id
from matching.names import Keys
from matching.sparse import Booleans, MatrixView, Slots
from matching.text import count_terms

KEPT = 256
"""Conditions kept at once, n / 8 bytes each."""


def eligible(conditions: Sequence[Condition], view: View, collection: Collection) -> Booleans:
    """Return which slots are documents that meet every condition (a new array)."""
    asked = [condition for condition in conditions if not isinstance(condition, IdIn | IdNotIn)]
    mask = np.ones(view.size, bool)
    if asked:
        bits = reduce(np.bitwise_and, [_base_bits(each, view, collection) for each in asked])
        mask[: view.fixed] = np.unpackbits(bits, count=view.fixed).view(bool)
    added = _Added(view)
    for each in asked if added.size else ():
        mask[view.fixed :] &= _mask(each, added, collection)
    mask[view.dead] = False
    for condition in conditions:
        if isinstance(condition, IdIn):
            chosen = _slots(condition.ids, view, collection)
            alone = np.zeros(view.size, bool)
            alone[chosen] = mask[chosen]
            mask = alone
        elif isinstance(condition, IdNotIn):
            mask[_slots(condition.ids, view, collection)] = False
    return mask


def _base_bits(condition: Condition, view: View, collection: Collection) -> NDArray[np.uint8]:
    bits = collection.met.get(condition)
    if bits is None:
        bits = np.packbits(_mask(condition, _Base(view), collection))
        if len(collection.met) >= KEPT:
            collection.met.clear()
        collection.met[condition] = bits
    return bits


class _Slots(Protocol):
    """Some of the slots of a view, numbered from 0."""

    size: int
    view: View

    def numbers(self, attribute: str) -> NDArray[np.float64]: ...

    def holders(self, matrix: MatrixView, column: int) -> NDArray[np.integer]: ...


class _Base:
    """The compacted slots."""

    def __init__(self, view: View) -> None:
        self.view = view
        self.size = view.fixed

    def numbers(self, attribute: str) -> NDArray[np.float64]:
        return self.view.numbers[attribute].base

    def holders(self, matrix: MatrixView, column: int) -> NDArray[np.integer]:
        return matrix.base_holders(column)


class _Added:
    """The slots added since."""

    def __init__(self, view: View) -> None:
        self.view = view
        self.size = view.size - view.fixed

    def numbers(self, attribute: str) -> NDArray[np.float64]:
        return self.view.numbers[attribute].added

    def holders(self, matrix: MatrixView, column: int) -> NDArray[np.integer]:
        return matrix.delta_holders(column)


def _mask(condition: Condition, slots: _Slots, collection: Collection) -> Booleans:
    view = slots.view
    match condition:
        case AtLeast(attribute, value):
            return _compared(slots, attribute, np.greater_equal, value)
        case AtMost(attribute, value):
            return _compared(slots, attribute, np.less_equal, value)
        case Lacks(attribute):
            return ~_compared(slots, attribute, np.greater_equal, -np.inf)
        case AnyOf(attribute, values):
            names = [flag(attribute, value) for value in values]
            return np.greater(_counted(names, slots, view.flags, collection.flags), 0)
        case AllOf(attribute, values):
            names = [flag(attribute, value) for value in values]
            return np.equal(_counted(names, slots, view.flags, collection.flags), len(names))
        case HasSkills(slugs):
            return np.equal(_counted(slugs, slots, view.evidence, collection.skills), len(slugs))
        case Contains(text):
            terms = count_terms(text)
            return np.equal(_counted(terms, slots, view.impacts, collection.terms), len(terms))
    raise TypeError(f"not a condition: {condition!r}")


def _compared(slots: _Slots, attribute: str, compare: np.ufunc, value: float) -> Booleans:
    """Compare the attribute of every slot; NaN, where it is lacking, passes no comparison."""
    mask = np.zeros(slots.size, bool)
    if attribute in slots.view.numbers:
        given = slots.numbers(attribute)
        compare(given, value, out=mask[: len(given)])
    return mask


def _counted(
    names: Iterable[str], slots: _Slots, matrix: MatrixView, keys: Keys
) -> NDArray[np.int32]:
    """Return how many of the names each slot holds."""
    counts = np.zeros(slots.size, np.int32)
    for name in names:
        column = keys.get(name)
        if column is not None and column < matrix.width:
            counts[slots.holders(matrix, column)] += 1
    return counts


def _slots(ids: Iterable[Id], view: View, collection: Collection) -> Slots:
    slots = [slot for id_ in ids if (slot := collection.ids.slot(id_)) is not None]
    return np.array([slot for slot in slots if slot < view.size], np.int64)
