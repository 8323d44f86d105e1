"""From a vacancy to the words to look for, in profiles of its own language and of the other."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from typing import NamedTuple, TypeAlias

from matching.concepts import Concept, Vocabulary
from matching.documents import Query
from matching.settings import Settings
from matching.text import LANGUAGES, count_terms, language_of, words

Wanted: TypeAlias = "dict[str, Want]"


class Want(NamedTuple):
    """A term looked for: how often, as first written, and what part of its weight it gets."""

    occurrences: float
    surface: str
    factor: float


def wanted_terms(text: str) -> Wanted:
    """Count the terms of a text."""
    counted = count_terms(text).items()
    return {key: Want(float(number), surface, 1.0) for key, (number, surface) in counted}


def translated_terms(text: str, vocabulary: Vocabulary, language: str) -> Wanted:
    """Count the terms to look for in a profile of another language.

    Phrases of the vocabulary are replaced by their names in that language, all names of a phrase
    together weighing no more than its own words did. Other words are translated as the names of the
    vocabulary use them, each translation weighing its probability. Words in Latin letters stay:
    Russian texts use them as they are.
    """
    found = words(text)
    left = [word.surface for word in found]
    translated: list[Wanted] = []
    for span in vocabulary.spans(found, text):
        phrase = " ".join(word.surface for word in found[span.first : span.end])
        if language_of(phrase) != language:
            translated.append(_named(vocabulary.concepts[span.slug], phrase, language))
            left[span.first : span.end] = [""] * (span.end - span.first)
    plain = wanted_terms(" ".join(left))
    for key, want in plain.items():
        chances = vocabulary.translations[language].get(key, {})
        translated += [
            {term: Want(want.occurrences, term, chance)} for term, chance in chances.items()
        ]
    wanted = wanted_terms(text) if language == "ru" else plain
    for key, want in chain.from_iterable(terms.items() for terms in translated):
        known = wanted.get(key, Want(0.0, want.surface, 0.0))
        occurrences = known.occurrences + want.occurrences
        wanted[key] = Want(occurrences, known.surface, max(known.factor, want.factor))
    return wanted


def _named(concept: Concept, phrase: str, language: str) -> Wanted:
    names = wanted_terms(" ".join(concept.names_in(language)))
    factor = min(1.0, len(wanted_terms(phrase)) / max(1, len(names)))
    return {key: want._replace(factor=factor) for key, want in names.items()}


@dataclass(frozen=True, slots=True)
class Reading:
    """A query read, before any collection is asked. wanted: document language -> terms."""

    skills: dict[str, float]
    plain: Wanted
    wanted: dict[str, Wanted]


def read(query: Query, vocabulary: Vocabulary | None, settings: Settings) -> Reading:
    """Read a query: its skills with their weights, its terms for profiles of each language."""
    skills = dict.fromkeys(sorted(query.must), settings.must_weight)
    skills |= dict.fromkeys(sorted(query.nice), settings.nice_weight)
    plain = wanted_terms(query.text)
    wanted = dict.fromkeys(LANGUAGES, plain)
    if vocabulary is not None:
        other = "en" if (query.language or language_of(query.text)) == "ru" else "ru"
        translated = translated_terms(query.text, vocabulary, other)
        wanted[other] = plain if translated == plain else translated
    return Reading(skills, plain, wanted)
