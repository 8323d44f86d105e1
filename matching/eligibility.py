"""Conditions as one mask over all slots: exact at any selectivity."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import reduce

import numpy as np

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
    NotId,
)
from matching.documents import Id
from matching.sparse import Booleans, Keys, MatrixView
from matching.text import count_terms


def eligible(conditions: Sequence[Condition], view: View, collection: Collection) -> Booleans:
    """Return which slots are documents that meet every condition."""
    return reduce(
        lambda mask, condition: mask & _mask(condition, view, collection), conditions, view.alive
    )


def _mask(condition: Condition, view: View, collection: Collection) -> Booleans:
    match condition:
        case AtLeast(attribute, value):
            return _compared(view, attribute, np.greater_equal, value)
        case AtMost(attribute, value):
            return _compared(view, attribute, np.less_equal, value)
        case AnyOf(attribute, values):
            names = [flag(attribute, value) for value in values]
            return _any(_holders(view, view.flags, collection.flags, names), view)
        case AllOf(attribute, values):
            names = [flag(attribute, value) for value in values]
            return _all(_holders(view, view.flags, collection.flags, names), view)
        case HasSkills(slugs):
            return _all(_holders(view, view.evidence, collection.skills, slugs), view)
        case Contains(text):
            return _all(_holders(view, view.impacts, collection.terms, count_terms(text)), view)
        case IdIn(ids):
            return _slots(view, ids)
        case NotId(id_):
            return ~_slots(view, [id_])
    raise TypeError(f"not a condition: {condition!r}")


def _compared(view: View, attribute: str, compare: np.ufunc, value: float) -> Booleans:
    """Compare the attribute of every slot; NaN, where it is lacking, passes no comparison."""
    mask = np.zeros(view.size, bool)
    given = view.numbers.get(attribute)
    if given is not None:
        compare(given, value, out=mask[: len(given)])
    return mask


def _holders(
    view: View, matrix: MatrixView, keys: Keys, names: Iterable[str]
) -> Iterator[Booleans]:
    for name in names:
        mask = np.zeros(view.size, bool)
        column = keys.get(name)
        if column is not None and column < matrix.width:
            mask[matrix.holders(column)] = True
        yield mask


def _any(masks: Iterator[Booleans], view: View) -> Booleans:
    return reduce(np.logical_or, masks, np.zeros(view.size, bool))


def _all(masks: Iterator[Booleans], view: View) -> Booleans:
    return reduce(np.logical_and, masks, np.ones(view.size, bool))


def _slots(view: View, ids: Iterable[Id]) -> Booleans:
    mask = np.zeros(view.size, bool)
    slots = [slot for id_ in ids if (slot := view.slot_of.get(id_)) is not None]
    mask[[slot for slot in slots if slot < view.size]] = True
    return mask
