"""From a vacancy to the words to look for, in profiles of its own language and of the other."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

from matching.concepts import Concept, Vocabulary
from matching.documents import Query
from matching.settings import Settings
from matching.text import LANGUAGES, count_terms, language_of, words

Wanted: TypeAlias = "dict[str, Want]"


class Want(NamedTuple):
    """A term looked for: how often, and as first written."""

    occurrences: float
    surface: str


def wanted_terms(text: str) -> Wanted:
    """Count the terms of a text."""
    counted = count_terms(text).items()
    return {key: Want(float(number), surface) for key, (number, surface) in counted}


def translated_terms(text: str, vocabulary: Vocabulary, language: str) -> Wanted:
    """Count the terms to expect in a translation of the text into another language.

    Phrases of the vocabulary become one of their names in that language, each as likely as the
    others; other words become what the vocabulary translates them by. So a term counts as often as
    it would on average, which may be less than once. Words in Latin letters stay: Russian texts use
    them as they are.
    """
    found = words(text)
    left = [word.surface for word in found]
    expected: defaultdict[str, float] = defaultdict(float)
    for span in vocabulary.spans(found, text):
        phrase = " ".join(word.surface for word in found[span.first : span.end])
        if language_of(phrase) != language:
            for term, occurrences in _expected(vocabulary.concepts[span.slug], language).items():
                expected[term] += occurrences
            left[span.first : span.end] = [""] * (span.end - span.first)
    plain = wanted_terms(" ".join(left))
    for key, want in plain.items():
        for term, chance in vocabulary.translations[language].get(key, {}).items():
            expected[term] += want.occurrences * chance
    wanted = wanted_terms(text) if language == "ru" else plain
    for term, occurrences in expected.items():
        known = wanted.get(term, Want(0.0, term))
        wanted[term] = known._replace(occurrences=known.occurrences + occurrences)
    return wanted


def _expected(concept: Concept, language: str) -> dict[str, float]:
    """Return how often each term stands in a name of the concept, on average."""
    names = concept.names_in(language)
    sums: Counter[str] = Counter()
    for name in names:
        sums.update({term: number for term, (number, _) in count_terms(name).items()})
    return {term: number / len(names) for term, number in sums.items()}


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
