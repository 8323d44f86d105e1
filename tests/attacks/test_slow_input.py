"""No text of five thousand characters keeps a pattern of ours busy for long."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial

import pytest
from flask import Flask

from bridge.accounts.addresses import lookup_email
from bridge.accounts.passwords import weakness
from bridge.accounts.validators import PlainName
from bridge.employers.forms import PHONE
from bridge.search.attributes import city_key
from bridge.skills.service import parse_names
from bridge.skills.vocabulary import vocabulary
from bridge.students.scrubbing import Scrubber
from bridge.web.forms import clean_line, is_web_address
from bridge.web.routing import safe_path
from matching import normalise
from tests.attacks.answers import seconds_of

LENGTH = 5000
BRICKS = (
    "a", "a.", "a-", "@", "a@", "a@a.", "1 ", "+1", "+7 (9", "(", "9", " ", "\n", "http", "://",
    "www.", ".ru", "_", "Аа", "Петров ", "x.ru/", "a\u0301", "\u0301", "-", "a,", "8 9 ", "\\", "ß",
    "ﷺ",
)  # fmt: skip
HOSTILE = [(brick * LENGTH)[:LENGTH] for brick in BRICKS]
SLOWEST_SECONDS = 0.05

SCRUBBER = Scrubber("Петров Пётр", ("petrov@example.test", "@petr_tg", "+79123456789"))
READERS: dict[str, Callable[[str], object]] = {
    "a profile's text": SCRUBBER,
    "a name": lambda text: Scrubber(text[:120], (text[:120],))("Петров " * 20),
    "an e-mail address": lookup_email,
    "a password": lambda text: weakness(text, "Анна", "anna@example.test"),
    "a plain name": lambda text: PlainName.ADDRESS.search(text),
    "an address": is_web_address,
    "a city": city_key,
    "names of skills": parse_names,
    "a line": clean_line,
    "a path": safe_path,
    "a word of the matcher": normalise,
}


def seconds(read: Callable[[str], object], text: str) -> float:
    return seconds_of(partial(read, text), SLOWEST_SECONDS, time.process_time)


@pytest.mark.parametrize("name", READERS)
def test_no_text_is_read_slowly(name: str) -> None:
    slow = {text[:12]: round(took, 3) for text in HOSTILE
            if (took := seconds(READERS[name], text)) > SLOWEST_SECONDS}  # fmt: skip
    assert slow == {}


def test_a_telephone_number_is_read_quickly() -> None:
    import re

    phone = re.compile(rf"^{PHONE}$")
    assert max(seconds(phone.match, text) for text in HOSTILE) < SLOWEST_SECONDS


def test_the_vocabulary_is_asked_quickly(app: Flask) -> None:
    known = vocabulary()
    assert max(seconds(known.find, text) for text in HOSTILE) < SLOWEST_SECONDS
    assert max(seconds(lambda t: known.suggest(t, 8), text) for text in HOSTILE) < SLOWEST_SECONDS
