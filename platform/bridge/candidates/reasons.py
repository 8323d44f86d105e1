"""The parts of a score in words that a reader of either language understands."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from flask_babel import gettext as _
from flask_babel import ngettext

from bridge.candidates.labels import (
    LIKENESS,
    REST_LABELS,
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

# Parts of the «why» table that stand alone, in a list and on the page of one candidate; the others
# are summed up.
REASONS_IN_LIST = 8
REASONS_IN_FULL = 12
# From here on the other words of one part of the profile have a line: half a point.
SHARE_OF_FIELD = 0.005
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
    sums = _by_series(explanation)
    if min(sums[TEXTS], sums[LIKENESS]) < 0:
        sums[TEXTS] += sums.pop(LIKENESS)
    return tuple(
        Reason(SERIES_LABELS[series], share, series)
        for series, share in sums.items()
        if share >= LEAST_SHARE
    )


def reasons_of(
    explanation: Explanation, asked: Mapping[str, Skill], own: MaskedProfile
) -> tuple[Reason, ...]:
    """The largest parts one by one, the rest of each colour in one line, so that all sum to the
    score, and each colour to its part of the bar. own: the profile that the score is of."""
    largest = explanation.parts.largest(REASONS_IN_LIST)
    return _completed(_one_by_one(largest, asked, own), explanation)


def reasons_in_full(
    explanation: Explanation, asked: Mapping[str, Skill], own: MaskedProfile
) -> tuple[Reason, ...]:
    """As `reasons_of`, but with every skill and more words; the likeness of the others in one line,
    and their own points in one for each part of the profile whose words add enough."""
    single: list[Part] = []
    together: defaultdict[tuple[str, int], list[Part]] = defaultdict(list)
    for number, part in enumerate(explanation.parts.largest(None)):
        if part.field is None or number < REASONS_IN_FULL:
            single.append(part)
        elif SERIES[part.kind] == LIKENESS:
            together["", LIKENESS].append(part)
        else:
            together[part.field, TEXTS].append(part)
    rest = [
        Reason(_words_together(field, parts), sum(part.share for part in parts), series)
        for (field, series), parts in together.items()
    ]
    shown = sorted(
        (reason for reason in rest if abs(reason.share) >= SHARE_OF_FIELD),
        key=lambda reason: -reason.share,
    )
    return _completed([*_one_by_one(single, asked, own), *shown], explanation)


def _one_by_one(
    parts: Iterable[Part], asked: Mapping[str, Skill], own: MaskedProfile
) -> list[Reason]:
    names = _Names(own)
    # Several words of one skill are one reason.
    shares: defaultdict[tuple[str, int], float] = defaultdict(float)
    for part in parts:
        if abs(part.share) >= LEAST_SHARE:
            shares[_words(part, asked, names), SERIES[part.kind]] += part.share
    rows = [Reason(label, share, series) for (label, series), share in shares.items()]
    return sorted(rows, key=lambda reason: -reason.share)


def _completed(rows: Sequence[Reason], explanation: Explanation) -> tuple[Reason, ...]:
    left = _by_series(explanation)
    for reason in rows:
        left[reason.series] -= reason.share
    rest = [
        Reason(REST_LABELS[series], share, series)
        for series, share in left.items()
        if abs(share) >= LEAST_SHARE
    ]
    return (*rows, *rest)


def _by_series(explanation: Explanation) -> dict[int, float]:
    sums = dict.fromkeys(SERIES_LABELS, 0.0)
    for kind, share in explanation.by_kind().items():
        sums[SERIES[kind]] += share
    return sums


def _words_together(field: str, parts: Iterable[Part]) -> str:
    """field: empty where they are of several."""
    words = len({part.term for part in parts})
    if not field:
        return str(
            ngettext(
                "%(num)s more word, as in the marked profiles",
                "%(num)s more words, as in the marked profiles",
                words,
            )
        )
    return str(
        ngettext(
            "%(num)s more word in %(field)s",
            "%(num)s more words in %(field)s",
            words,
            field=field_label(field),
        )
    )


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
