"""The parts of a score in words that a reader of either language understands."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from flask_babel import gettext as _

from bridge.candidates.labels import (
    LIKENESS,
    SERIES,
    SERIES_LABELS,
    TEXTS,
    field_label,
)
from bridge.skills.models import Skill
from bridge.students.masked import MaskedProfile
from bridge.students.models import Direction
from bridge.web.i18n import local_name, locale_code
from matching import Explanation, Part, language_of
from matching.text import count_terms, term

# Rows of the «why» table of a list before the rest is summed up; one candidate's has them all.
REASONS_IN_LIST = 8
# A share that no rounding would show.
LEAST_SHARE = 0.0005


@dataclass(frozen=True, slots=True)
class Reason:
    """A part of the score; unpacks into what the macros of match.html take."""

    label: object
    share: float
    series: int

    def __iter__(self) -> Iterator[object]:
        return iter((self.label, self.share, self.series))


def bar_of(explanation: Explanation) -> tuple[Reason, ...]:
    """The score by colour. Words and likeness may take away from each other: then they are one
    part, which is never negative."""
    sums = dict.fromkeys(SERIES_LABELS, 0.0)
    for kind, share in explanation.by_kind().items():
        sums[SERIES[kind]] += share
    if min(sums[TEXTS], sums[LIKENESS]) < 0:
        sums[TEXTS] += sums.pop(LIKENESS)
    return tuple(
        Reason(SERIES_LABELS[series], share, series)
        for series, share in sums.items()
        if share >= LEAST_SHARE
    )


def reasons_of(
    explanation: Explanation, asked: Mapping[str, Skill], own: MaskedProfile, limit: int | None
) -> tuple[Reason, ...]:
    """The largest parts one by one (all that show, without a limit), the rest in one line, so that
    all sum to the score. own: the profile that the score is of."""
    largest = explanation.parts.largest(limit)
    shown = [part for part in largest if abs(part.share) >= LEAST_SHARE]
    names = _Names(own)
    # Several words of one skill are one reason.
    shares: defaultdict[tuple[str, int], float] = defaultdict(float)
    for part in shown:
        shares[_words(part, asked, names), SERIES[part.kind]] += part.share
    rows = [Reason(label, share, series) for (label, series), share in shares.items()]
    rows.sort(key=lambda reason: -reason.share)
    rest = explanation.score - sum(part.share for part in shown)
    if abs(rest) >= LEAST_SHARE:
        rows.append(Reason(_("the remaining words together"), rest, TEXTS))
    return tuple(rows)


def _words(part: Part, asked: Mapping[str, Skill], names: _Names) -> str:
    if part.field is None:
        skill = asked.get(part.term)
        return part.term if skill is None else local_name(skill)
    name = names.find(part.field, part.term)
    values = {"word": name or part.term, "field": field_label(part.field)}
    match part.kind:
        case "liked":
            return str(_("“%(word)s” in %(field)s, as in the starred profiles", **values))
        case "disliked":
            return str(_("“%(word)s” in %(field)s, as in the profiles marked not a fit", **values))
        case "related":
            return str(_("“%(word)s” in %(field)s, close in meaning", **values))
        case "translated" if name is None:
            return str(_("“%(word)s” in %(field)s, in the other language", **values))
    return str(_("“%(word)s” in %(field)s", **values))


class _Names:
    """Skills and the direction stand in a document by their names in both languages, so a word of
    one is told by the name that the reader knows."""

    def __init__(self, own: MaskedProfile) -> None:
        self._named: dict[str, list[Skill | Direction]] = {
            "skills": [held.skill for held in own.skills],
            "studies": [] if own.direction is None else [own.direction],
        }

    def find(self, field: str, word: str) -> str | None:
        """The one name that the word is of; of several the first, where the word itself is not of
        the reader's language. None for a word of a text."""
        key = term(word)
        found = [
            thing
            for thing in self._named.get(field, ())
            if key in _terms(thing.name_ru) or key in _terms(thing.name_en)
        ]
        if not found or (len(found) > 1 and language_of(word) == locale_code()):
            return None
        return local_name(found[0])


@lru_cache(maxsize=10_000)
def _terms(name: str) -> frozenset[str]:
    return frozenset(count_terms(name))
