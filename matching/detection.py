"""Names of concepts found in running text.

Words are compared by their stems first, and then more closely where stems err: an English name of
one word in its singular and plural alone («machine» is not machining), an abbreviation by its
spelling, a name that is an ordinary word by its capital or its company («React»; «react» beside
«redux»), a name of one or two letters by its company alone («Go» beside «Python» or «developer»).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from matching.stop_words import ORDINARY
from matching.text import Word, fold, stem, words

_JOINING = frozenset({"и", "или", "and", "or", "with"})
# Stems of words beside which a letter is the name of a programming language.
_BEFORE = frozenset({"in", "на", *map(stem, ("язык", "language", "программирование"))})
_AFTER = frozenset(
    stem(word)
    for word in (
        *("language", "developer", "development", "programmer", "programming", "engineer", "code"),
        *("backend", "язык", "разработчик", "разработка", "программист", "код"),
    )
)
_NUMBERED = re.compile(r"[a-z]{3,} \d+", re.IGNORECASE)
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")


class Span(NamedTuple):
    """A concept found in words[first:end]."""

    slug: str
    first: int
    end: int


class _Phrase(NamedTuple):
    slug: str
    surfaces: tuple[str, ...]
    divided: bool
    """Whether the name is written as one word («JavaScript») and this is the same in two."""


class Finder:
    """Finds names. names: (slug, name); of two equal names the first counts."""

    def __init__(self, names: Iterable[tuple[str, str]]) -> None:
        self._phrases: dict[tuple[str, ...], list[_Phrase]] = {}
        for slug, name in names:
            self._add(slug, name, divided=False)
            for other in _other_spellings(name):
                self._add(slug, other, divided=True)
        self._longest = max(map(len, self._phrases), default=0)

    def _add(self, slug: str, name: str, *, divided: bool) -> None:
        if found := words(name):
            phrase = _Phrase(slug, tuple(word.surface for word in found), divided)
            self._phrases.setdefault(tuple(word.stem for word in found), []).append(phrase)

    def spans(self, found: list[Word], text: str) -> Iterator[Span]:
        """Yield the concepts that the words of a text name, longest first, none overlapping."""
        position = 0
        while position < len(found):
            for end in range(min(len(found), position + self._longest), position, -1):
                slug = self._named(found, position, end, text)
                if slug:
                    yield Span(slug, position, end)
                    position = end
                    break
            else:
                position += 1

    def _named(self, found: list[Word], first: int, end: int, text: str) -> str | None:
        part = found[first:end]
        for phrase in self._phrases.get(tuple(word.stem for word in part), ()):
            if not _is_spelt(phrase, part):
                continue
            if len(part) > 1 or not _needs_company(part[0].surface):
                return phrase.slug
            if not _is_initial(part[0], text) and self._in_company(found, first):
                return phrase.slug
        return None

    def _in_company(self, found: list[Word], place: int) -> bool:
        """Whether a neighbour is the name of a concept, or a word that languages stand beside."""
        before, after = place - 1, place + 1
        if before >= 0 and found[before].stem in _BEFORE:
            return True
        if after < len(found) and found[after].stem in _AFTER:
            return True
        while before >= 0 and found[before].surface.casefold() in _JOINING:
            before -= 1
        while after < len(found) and found[after].surface.casefold() in _JOINING:
            after += 1
        beside = [found[one] for one in (before, after) if 0 <= one < len(found)]
        return any(self._is_name(word) for word in beside)

    def _is_name(self, word: Word) -> bool:
        return any(
            not _needs_company(word.surface) and _is_spelt(phrase, [word])
            for phrase in self._phrases.get((word.stem,), ())
        )


def _other_spellings(name: str) -> list[str]:
    """«JavaScript» is also written «Java Script», «P-CAD» «PCAD», «Python 3» «Python3»."""
    if not name.isascii():
        return []
    if " " in name:
        return [name.replace(" ", "")] if _NUMBERED.fullmatch(name) else []
    parts = _CAMEL.split(name)
    spellings = [" ".join(parts)] if len(parts) > 1 and min(map(len, parts)) > 1 else []
    return [*spellings, name.replace("-", "")] if "-" in name else spellings


def _is_spelt(phrase: _Phrase, found: list[Word]) -> bool:
    pairs = list(zip(phrase.surfaces, (word.surface for word in found), strict=True))
    if len(pairs) == 1:
        return _is_spelt_alone(*pairs[0])
    if phrase.divided and not all(word[0].isupper() for _, word in pairs):
        return False
    return all(_base(name) == _base(word) for name, word in pairs)


def _is_spelt_alone(name: str, word: str) -> bool:
    folded = name.casefold()
    if _is_abbreviation(name):
        lower = word == folded and len(name) > 2 and folded not in ORDINARY
        return word == name or lower
    if folded in ORDINARY:
        return word.casefold() == folded
    return not name.isascii() or _singular(folded) == _singular(fold(word))


def _is_abbreviation(name: str) -> bool:
    letters = [letter for letter in name if letter.isalpha()]
    capitals = sum(letter.isupper() for letter in letters)
    return 0 < capitals == len(letters) <= 4 or (capitals > 0 and len(letters) <= 3)


def _needs_company(word: str) -> bool:
    short = len(word) < 3 and word.isascii()
    if word.casefold() in ORDINARY:
        return short or word.islower()
    return short and len(word) == 1


def _singular(word: str) -> str:
    """The singular of a regular English plural; other words stay, those in -ics too."""
    if word.endswith(("ss", "us", "is", "ics")) or len(word) < 4:
        return word
    if word.endswith("ies"):
        return word[:-3] + "y"
    if word.endswith(("ches", "shes", "xes", "sses")):
        return word[:-2]
    return word.removesuffix("s")


def _base(word: str) -> str:
    """An English word without the endings of its number, person and tense; any other as it is.

    Closer than a stem: «engine» and «engineering», «design» and «designer» keep apart.
    """
    if not word.isascii():
        return ""
    word = _singular(word.casefold())
    for ending in ("ing", "ed"):
        if word.endswith(ending) and len(word) - len(ending) > 2:
            word = word.removesuffix(ending)
            break
    word = word.removesuffix("e")
    return word[:-1] if len(word) > 3 and word[-1] == word[-2] else word


def _is_initial(word: Word, text: str) -> bool:
    """Whether a single letter is an initial or part of a sign («C. Ivanov», «R&D»), not a name."""
    if len(word.surface) > 1:
        return False
    before, after = text[max(0, word.start - 1) : word.start], text[word.end : word.end + 1]
    return before in tuple(".&'’-") or after in tuple(".&'’+#-")
