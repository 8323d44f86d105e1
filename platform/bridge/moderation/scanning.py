"""Contact data in what employers write: where it stands, plain or disguised.

The patterns of plain contacts are those by which students' texts are scrubbed.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from bridge.students.scrubbing import CONTACT_PATTERNS
from bridge.web.routing import parts_of


class ContactData(enum.StrEnum):
    MAIL = "mail"
    PHONE = "phone"
    MESSENGER = "messenger"
    LINK = "link"
    DISGUISED = "disguised"


_AT = r"[\s([{<*_-]{0,4}(?:собака|собачка|сабака|эт|at|dog)[\s)\]}>*_-]{0,4}"
_DOT = r"(?:[\s([{<*_-]{0,4}(?:точка|тчк|dot)[\s)\]}>*_-]{0,4}|\s?\.\s?)"
_END = r"(?:ru|ру|рф|com|ком|su|net|org|me|io)"
_SPOKEN_DIGIT = (
    "ноль|один|два|три|четыре|пять|шесть|семь|восемь|девять|восемьсот|девятьсот|"
    "zero|one|two|three|four|five|six|seven|eight|nine"
)
_MESSENGERS = (
    r"telegram|телеграмм?е?|телега|тг|tg|whats\s?app|ватс?апп?|вотс?апп?|viber|вайбер|skype|скайп"
)
# Every repetition is bounded, so that no text takes more than linear time. Of two that begin at
# one place the first counts.
_PATTERNS: tuple[tuple[ContactData, tuple[str, ...]], ...] = (
    (
        ContactData.DISGUISED,
        (
            # ivanov собака mail точка ru; ivanov (at) mail.ru
            rf"(?<![\w.+-])[\w.+-]{{1,64}}{_AT}[\w-]{{1,63}}{_DOT}{_END}\b",
            # mail точка ru, mail dot ru
            rf"(?<![\w-])[\w-]{{1,63}}[\s([{{<*_-]{{1,4}}(?:точка|тчк|dot)[\s)\]}}>*_-]{{1,4}}{_END}\b",
            # mail . ru, @ mail.ru
            rf"(?<![\w.+-])[\w.+-]{{1,64}}\s{{1,3}}@\s{{0,3}}[\w-]{{1,63}}\s?\.\s?{_END}\b",
            # 8 9 1 6 1 2 3 4 5 6 7
            r"(?<!\d)(?:\d[\s.,_*-]{1,3}){9,12}\d(?!\d)",
            # восемь девятьсот шестнадцать …: four spoken numerals on end
            rf"\b(?:(?:{_SPOKEN_DIGIT})[\s,-]{{1,3}}){{3,11}}(?:{_SPOKEN_DIGIT})\b",
        ),
    ),
    (
        ContactData.MESSENGER,
        (
            r"\b(?:https?://)?(?:t\.me|telegram\.me|wa\.me|vk\.me|vk\.com|ok\.ru)/\S{1,80}",
            # telegram: ivanov_hr; в тг @ivanov
            rf"\b(?:{_MESSENGERS})\s?[:—–-]?\s{{0,2}}@?[a-z][a-z0-9_.]{{4,31}}\b",
            # пишите в телеграм
            rf"\b(?:пиши|пишите|напишите|связь|звоните)\s{{1,2}}(?:мне\s{{1,2}})?(?:в|на)\s{{1,2}}(?:{_MESSENGERS})\b",
        ),
    ),
    (ContactData.MAIL, CONTACT_PATTERNS["mail"]),
    (ContactData.LINK, (*CONTACT_PATTERNS["link"], *CONTACT_PATTERNS["host"])),
    (ContactData.MESSENGER, CONTACT_PATTERNS["handle"]),
    (ContactData.PHONE, CONTACT_PATTERNS["phone"]),
)
_ALL = re.compile(
    "|".join(
        f"(?P<p{number}>{'|'.join(parts)})" for number, (_kind, parts) in enumerate(_PATTERNS)
    ),
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Found:
    """Contact data between two offsets of the text."""

    kind: ContactData
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a text; `kind` is None where it is plain."""

    text: str
    kind: ContactData | None


def find_contact_data(text: str, *, own_hosts: Collection[str] = ()) -> list[Found]:
    """In the order of the text. Links to `own_hosts` are no contact data: an enterprise may name
    its own site."""
    return [found for found in _find(text) if not _is_own(text, found, own_hosts)]


def pieces(text: str, *, own_hosts: Collection[str] = ()) -> list[Piece]:
    """The text cut at what was found in it; joined again it is the same."""
    cut, last = [], 0
    for found in find_contact_data(text, own_hosts=own_hosts):
        cut.append(Piece(text[last : found.start], None))
        cut.append(Piece(text[found.start : found.end], found.kind))
        last = found.end
    cut.append(Piece(text[last:], None))
    return [piece for piece in cut if piece.text]


def host_of(address: str) -> str:
    """Of an address with or without its scheme, in lower case and without www."""
    with_scheme = address if "://" in address else f"http://{address}"
    return (parts_of(with_scheme).hostname or "").removeprefix("www.")


def _find(text: str) -> Iterator[Found]:
    for match in _ALL.finditer(text):
        number = int((match.lastgroup or "p0")[1:])
        yield Found(_PATTERNS[number][0], match.start(), match.end())


def _is_own(text: str, found: Found, own_hosts: Collection[str]) -> bool:
    return found.kind is ContactData.LINK and host_of(text[found.start : found.end]) in own_hosts
