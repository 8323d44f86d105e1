"""What a consent to open the contacts was given for: told by the features whose rows those are."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass

from flask import Flask, current_app

from bridge.consents.models import Consent, Purpose

_EXTENSION = "bridge-consent-subjects"


@dataclass(frozen=True, slots=True)
class Subject:
    """The enterprise by its name, the vacancy by its title."""

    employer: str
    vacancy: str


# Numbers as in `Consent.subject_id` -> what each of them is.
Finder = Callable[[Collection[int]], Mapping[int, Subject]]


def attach_subjects(app: Flask, purpose: Purpose, finder: Finder) -> None:
    app.extensions.setdefault(_EXTENSION, {})[purpose] = finder


def subjects_of(consents: Iterable[Consent]) -> dict[int, Subject]:
    """By the numbers of the consents; those that open contacts to nobody have none. One query for
    each purpose."""
    finders: dict[Purpose, Finder] = current_app.extensions.get(_EXTENSION, {})
    asked: dict[Purpose, dict[int, int]] = {}
    for consent in consents:
        if consent.subject_id is not None and consent.document.purpose in finders:
            asked.setdefault(consent.document.purpose, {})[consent.id] = consent.subject_id
    found: dict[int, Subject] = {}
    for purpose, numbers in asked.items():
        known = finders[purpose](set(numbers.values()))
        found |= {one: known[number] for one, number in numbers.items() if number in known}
    return found
