"""Conditions in the server's words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from qdrant_client import models

from matching.analysis import flag
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
from matching.remote.points import IS_DOCUMENT, number_key, point_id
from matching.text import count_terms


def filter_of(conditions: Sequence[Condition], language: int | None = None) -> models.Filter:
    """Return the filter that passes the documents which meet every condition."""
    must: list[models.Condition] = [*_all(IS_DOCUMENT, [1])]
    must_not: list[models.Condition] = []
    if language is not None:
        must += _all("language", [language])
    for condition in conditions:
        if isinstance(condition, IdNotIn):
            must_not.append(models.HasIdCondition(has_id=list(map(point_id, condition.ids))))
        else:
            must += _required(condition)
    return models.Filter(must=must, must_not=must_not or None)


def _required(condition: Condition) -> list[models.Condition]:
    match condition:
        case AtLeast(attribute, value):
            return [models.FieldCondition(key=number_key(attribute), range=models.Range(gte=value))]
        case AtMost(attribute, value):
            return [models.FieldCondition(key=number_key(attribute), range=models.Range(lte=value))]
        case Lacks(attribute):
            key = models.PayloadField(key=number_key(attribute))
            return [models.IsEmptyCondition(is_empty=key)]
        case AnyOf(attribute, values):
            names = sorted(flag(attribute, value) for value in values)
            return [models.FieldCondition(key="flags", match=models.MatchAny(any=names))]
        case AllOf(attribute, values):
            return _all("flags", sorted(flag(attribute, value) for value in values))
        case HasSkills(slugs):
            return _all("held", sorted(slugs))
        case Contains(text):
            return _all("terms", sorted(count_terms(text)))
        case IdIn(ids):
            return [models.HasIdCondition(has_id=[point_id(id_) for id_ in ids])]
    raise TypeError(f"not a condition: {condition!r}")


def _all(key: str, values: Iterable[int | str]) -> list[models.Condition]:
    return [
        models.FieldCondition(key=key, match=models.MatchValue(value=value)) for value in values
    ]


def is_impossible(conditions: Sequence[Condition]) -> bool:
    """Whether a condition offers no choice at all, which the server might read as no condition."""
    return any(
        (isinstance(condition, AnyOf) and not condition.values)
        or (isinstance(condition, IdIn) and not condition.ids)
        for condition in conditions
    )
