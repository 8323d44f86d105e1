"""From text to terms: words, their look-alike letters, stems, language.

Stems are Snowball's (https://snowballstem.org): the Russian stemmer for Cyrillic words, the English
one for all others. A mixed text needs no decision about its language to be indexed.
"""

from __future__ import annotations

import re
import threading
import unicodedata
from collections import Counter
from functools import lru_cache
from typing import NamedTuple

import Stemmer

from matching.gender import common_form
from matching.stop_words import STOP_WORDS

LANGUAGES = ("ru", "en")
"""The languages a document can be in; a number stands for each in the index."""

LONGEST_WORD = 64
"""Longer runs of letters are encoded data, not words."""

# C++, C#, F# keep their signs, R&D its ampersand, .NET its dot when a word does not end before it.
_WORD = re.compile(r"(?<!\w)\.net\b|(?<!\w)[a-z]&[a-z](?!\w)|[^\W_]+(?:\+\+|#)?", re.IGNORECASE)
_CYRILLIC = re.compile(r"[а-я]")
_LATIN = re.compile(r"[a-z]")
_TO_LATIN = str.maketrans("асеорхукмтвн", "aceopxykmtbh")
_TO_CYRILLIC = str.maketrans("aceopxykmtbh", "асеорхукмтвн")
_stemmers = threading.local()


class Word(NamedTuple):
    """A word of a text: its surface, the key that all its inflections share, its place."""

    surface: str
    stem: str
    start: int
    end: int


def fold(word: str) -> str:
    """Lower case, ё as е, and letters of one alphabet typed in another set right (1С, Рython)."""
    word = word.casefold().replace("ё", "е")
    if word.isascii() or not _CYRILLIC.search(word):
        return word
    latin = word.translate(_TO_LATIN)
    if latin.isascii() and not word.isalpha():
        return latin
    if _LATIN.search(word):
        return latin if latin.isascii() else word.translate(_TO_CYRILLIC)
    return word


@lru_cache(maxsize=200_000)
def stem(word: str) -> str:
    """Return the key of a word, shared by its inflections."""
    word = fold(word)
    if not hasattr(_stemmers, "russian"):  # a stemmer may not be shared between threads
        _stemmers.russian = Stemmer.Stemmer("russian")
        _stemmers.english = Stemmer.Stemmer("english")
    if _CYRILLIC.search(word):
        return str(_stemmers.russian.stemWord(common_form(word)))
    return str(_stemmers.english.stemWord(word))


@lru_cache(maxsize=200_000)
def term(word: str) -> str | None:
    """Return the stem of a word that carries meaning, None for any other."""
    folded = fold(word)
    if len(folded) < 2 or folded.isdigit() or folded in STOP_WORDS:
        return None
    return stem(word)


def _compose(text: str) -> str:
    return text if text.isascii() else unicodedata.normalize("NFKC", text)


def count_terms(text: str) -> dict[str, tuple[int, str]]:
    """Return the terms of a text in order: term -> (occurrences, surface that came first)."""
    counted: dict[str, tuple[int, str]] = {}
    for surface, occurrences in Counter(_WORD.findall(_compose(text))).items():
        if len(surface) <= LONGEST_WORD and (key := term(surface)) is not None:
            before, first = counted.get(key, (0, surface))
            counted[key] = (before + occurrences, first)
    return counted


def words(text: str) -> list[Word]:
    """Return every word of the text with its place, stop words too."""
    return [
        Word(match[0], stem(match[0]), *match.span())
        for match in _WORD.finditer(_compose(text))
        if len(match[0]) <= LONGEST_WORD
    ]


def normalise(name: str) -> str:
    """Return the key by which names are compared: no case, ё, spaces, punctuation."""
    joined = "".join(_WORD.findall(_compose(name)))
    # Folded as one word, and without the sign that only holds letters together (R&D): so the key
    # of a key is the key itself.
    return fold(joined.replace("&", ""))


def language_of(text: str) -> str:
    """Return "ru" where at least a tenth of the letters are Cyrillic, else "en".

    Russian engineers write many terms in Latin letters; English ones write no Cyrillic.
    """
    folded = text[:100_000].casefold()
    cyrillic = len(_CYRILLIC.findall(folded))
    return "ru" if cyrillic * 9 >= max(1, len(_LATIN.findall(folded))) else "en"
