"""Taking out of a student's texts what would tell who they are: names, contacts, links.

Nobody can promise that a free text names nobody; this takes out every form of the student's own
name, in both alphabets, and whatever can be dialled, written to or opened.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import cached_property

MARK = "•••"

_DOMAIN_ENDS = "ru|рф|su|com|org|me|dev|app|page|xyz|site|online|tech|space|pro|info|link"
# Every repetition is bounded, so that no text takes more than linear time.
CONTACT_PATTERNS: dict[str, tuple[str, ...]] = {
    "link": (
        # an address with its scheme, or one that begins with www.
        r"(?:\b[a-z][a-z0-9+.-]{1,15}://|\bwww\.)\S+",
    ),
    "mail": (r"[\w.+%-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){0,5}",),
    "host": (
        # a bare host, with or without a path; «ASP.NET» and «socket.io» are no such
        rf"(?<![\w-])(?:[\w-]{{1,63}}\.){{1,5}}(?:{_DOMAIN_ENDS})\b(?:/\S*)?",
        r"(?<![\w-])(?:[\w-]{1,63}\.){1,5}(?:io|gg|ai|to|ly|net)/[\w@-]\S*",
    ),
    "handle": (r"(?<![\w.])@[\w.]{3,}",),
    "phone": (
        # international, Russian, a mobile number without its prefix
        r"(?<![\w.])\+\d[\d\s().-]{7,17}\d",
        r"(?<![\w.])[78][\s(.-]{0,3}\d{3}[\s).-]{0,3}\d{3}[\s.-]{0,3}\d{2}[\s.-]{0,3}\d{2}(?!\d)",
        r"(?<![\w.])\(?9\d{2}\)?[\s.-]?\d{3}[\s.-]?\d{2}[\s.-]?\d{2}(?!\d)",
    ),
}
_CONTACTS = re.compile(
    "|".join(part for parts in CONTACT_PATTERNS.values() for part in parts), re.IGNORECASE
)
_WORD = re.compile(r"[^\W_]+")

# Russian letters in Latin ones, so that «Юлия», "Yulia" and "Julia" become alike.
_LATIN = str.maketrans("абвгдеёзийклмнопрстуфхыэ", "abvgdeeziiklmnoprstufhie") | str.maketrans(
    {
        "ж": "zh",
        "ц": "ts",
        "ч": "ch",
        "ш": "sh",
        "щ": "shch",
        "ъ": "",
        "ь": "",
        "ю": "iu",
        "я": "ia",
    }
)
_ALIKE = (
    (re.compile(r"kh"), "h"),
    (re.compile(r"shch"), "sch"),
    (re.compile(r"x"), "ks"),
    (re.compile(r"[yj]"), "i"),
    # «Семёнов» is Semyonov and Semenov, «Алексеева» is Alekseyeva and Alekseeva.
    (re.compile(r"i+[oe]"), "e"),
    (re.compile(r"(.)\1+"), r"\1"),
)
# Case endings of Russian given names and surnames, as written after the changes above.
_ENDINGS = (
    "a", "u", "iu", "ia", "om", "em", "im", "e", "i", "oi", "ei", "oiu",
    "eiu", "ogo", "omu", "ov", "ev", "ami", "iami", "ah", "iah", "ih", "imi",
)  # fmt: skip
_SHORTEST_INFLECTED = 2


def skeleton(word: str) -> str:
    """A word without what spellings of one name differ in."""
    return _level(word.casefold().translate(_LATIN))


def _level(word: str) -> str:
    for pattern, replacement in _ALIKE:
        word = pattern.sub(replacement, word)
    return word


def _inflections(name: str) -> set[str]:
    """The skeletons of a name's grammatical cases, of both genders and of its plural."""
    whole = skeleton(name)
    stem = re.sub(r"(?:i[aie]|[aeiou])$", "", whole)
    if len(stem) < _SHORTEST_INFLECTED:
        return {whole}
    # «Павел», «Павла»: the vowel before the last consonant is fleeting.
    stems = {stem, whole, re.sub(r"[eo]([lnrtkcv])$", r"\1", stem)}
    return {whole} | {_level(base + ending) for base in stems for ending in _ENDINGS}


class Scrubber:
    """Knows one student's name and further secrets (student number, messenger)."""

    def __init__(self, name: str, secrets: Collection[str] = ()) -> None:
        self._parts = [part for part in _WORD.findall(name) if len(part) > 1]
        self._known = secrets

    # A list shows many profiles and few texts: each of these is made when first needed.
    @cached_property
    def _exact(self) -> set[str]:
        return {skeleton(part) for part in self._parts}

    @cached_property
    def _inflected(self) -> set[str]:
        return {form for part in self._parts for form in _inflections(part)}

    @cached_property
    def _secrets(self) -> re.Pattern[str] | None:
        known = sorted((re.escape(s) for s in self._known if len(s) > 3), key=len, reverse=True)
        if not known:
            return None
        return re.compile(rf"(?<!\w)(?:{'|'.join(known)})(?!\w)", re.IGNORECASE)

    def __call__(self, text: str, mark: str = MARK) -> str:
        """The text with each name and contact replaced by `mark`."""
        # What was part of a word or an address may begin one now: «a@b@ivanov».
        while (shorter := self._once(text, mark)) != text:
            text = shorter
        return text

    def _once(self, text: str, mark: str) -> str:
        if not text:
            return text
        if self._secrets:
            text = self._secrets.sub(mark, text)
        text = _CONTACTS.sub(mark, text)
        return _WORD.sub(lambda match: mark if self._names(match[0]) else match[0], text)

    def _names(self, word: str) -> bool:
        if len(word) < 2:
            return False
        bones = skeleton(word)
        # Other cases only where written as a name: «веры» is also of the word for faith.
        return bones in self._exact or (word[0].isupper() and bones in self._inflected)
