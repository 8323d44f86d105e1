"""Names near to what somebody types: by their beginning, in another alphabet, with a slip.

Names are compared by how they sound in Latin letters, so that «Голанг» is near to Golang and
«питон» to Python; a slip is measured by difflib's ratio (Ratcliff & Metzener 1988).
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from difflib import SequenceMatcher

LIKENESS = 0.8
"""Ratio of sounds from which two names may be one with a slip."""

SHORTEST_SLIP = 4
"""Among shorter names everything is near to something."""

_LETTERS = str.maketrans(
    {
        **dict(zip("абвгдезийклмнопрстуфыэ", "abvgdeziiklmnoprstufie", strict=True)),
        "ж": "zh",
        "х": "h",
        "ц": "ts",
        "ч": "ch",
        "ш": "sh",
        "щ": "sh",
        "ъ": "",
        "ь": "",
        "ю": "iu",
        "я": "ia",
        "ё": "e",
    }
)
_SOUNDS = (
    (re.compile(r"c(?=[eiy])"), "s"),
    (re.compile(r"dzh|dj"), "j"),
    (re.compile(r"th"), "t"),
    (re.compile(r"ph"), "f"),
    (re.compile(r"ck|c(?!h)|q"), "k"),
    (re.compile(r"x"), "ks"),
    (re.compile(r"w"), "v"),
    (re.compile(r"y"), "i"),
    (re.compile(r"([a-z])\1+"), r"\1"),
)


def sound(key: str) -> str:
    """Return how a normalised name sounds, in Latin letters."""
    text = key.translate(_LETTERS)
    for pattern, letters in _SOUNDS:
        text = pattern.sub(letters, text)
    return text


class Suggester:
    """Looks names up by what was typed of them. names: normalised name -> slug."""

    def __init__(self, names: Mapping[str, str]) -> None:
        self._names = names
        self._keys = sorted(names)
        self._sounds: dict[str, list[str]] = {}
        for key in self._keys:
            self._sounds.setdefault(sound(key), []).append(key)
        self._sorted_sounds = sorted(self._sounds)
        # What is longer than any name by far is none of them.
        self._longest = 2 * max(map(len, self._keys), default=0)

    def beginning(self, key: str, limit: int) -> list[str]:
        """Return the slugs of names that begin so, exact and shorter names first; then those that
        sound so; then those that are near."""
        if len(key) > self._longest:
            return []
        found = dict.fromkeys(self._slugs(_starting(self._keys, key)))
        heard = sound(key)
        if len(found) < limit and len(heard) > 1:
            sounding = _starting(self._sorted_sounds, heard)
            found |= dict.fromkeys(self._slugs(self._spelt(sounding)))
        if not found:
            found = dict.fromkeys(self.near(key))
        return list(found)[:limit]

    def near(self, key: str) -> list[str]:
        """Return the slugs of names that sound like this one or differ by a slip, nearest first."""
        heard = sound(key) if len(key) <= self._longest else ""
        if not heard:
            return []
        same = self._sounds.get(heard, [])
        slips = self._slips(heard) if len(heard) >= SHORTEST_SLIP else []
        return list(dict.fromkeys(self._names[name] for name in (*same, *self._spelt(slips))))

    def _slips(self, heard: str) -> list[str]:
        matcher = SequenceMatcher(autojunk=False)
        matcher.set_seq2(heard)
        found = []
        for other in self._sorted_sounds:
            # A slip leaves the first sound alone, and lengths alike.
            if other[:1] != heard[0] or abs(len(other) - len(heard)) > 2:
                continue
            matcher.set_seq1(other)
            if matcher.quick_ratio() >= LIKENESS and (ratio := matcher.ratio()) >= LIKENESS:
                found.append((-ratio, other))
        return [other for _, other in sorted(found) if other != heard]

    def _spelt(self, sounds: list[str]) -> list[str]:
        return [key for heard in sounds for key in self._sounds[heard]]

    def _slugs(self, keys: list[str]) -> Iterator[str]:
        return (self._names[key] for key in sorted(keys, key=lambda key: (len(key), key)))


def _starting(names: list[str], beginning: str) -> list[str]:
    """Return those of the sorted names that begin so."""
    found = []
    for name in names[bisect_left(names, beginning) :]:
        if not name.startswith(beginning):
            break
        found.append(name)
    return found
