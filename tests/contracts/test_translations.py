"""Russian comes first: every message has its translation, and no template has bare words."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

ROOT = Path(__file__).parents[2]
RUSSIAN = ROOT / "platform/bridge/translations/ru/LC_MESSAGES/messages.po"
KEYWORDS = ("_l", "lazy_gettext", "lazy_ngettext:1,2")
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]|%[sd]")
# The product's and the languages' own names, addresses, and what is written alike everywhere.
SAME_EVERYWHERE = {"Bridge", "E-mail", "e-mail"}
# The class of a page is set by a block of its own.
JINJA = re.compile(
    r"\{% block page_class %\}.*?\{% endblock %\}|\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", re.DOTALL
)
LETTER = re.compile(r"[A-Za-zА-Яа-яЁё]")
SPOKEN_ATTRIBUTES = {"alt", "aria-label", "placeholder", "title"}
UNSPOKEN_ELEMENTS = {"script", "style", "svg"}


def texts(message: Message) -> tuple[str, ...]:
    string = message.string
    return tuple(string) if isinstance(string, (list, tuple)) else (string or "",)


def ids(message: Message) -> tuple[str, ...]:
    return tuple(message.id) if isinstance(message.id, (list, tuple)) else (message.id,)


@pytest.fixture(scope="module")
def needed(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    """The messages of the code and the templates."""
    target = tmp_path_factory.mktemp("messages") / "messages.pot"
    keywords = [part for keyword in KEYWORDS for part in ("-k", keyword)]
    babel = [sys.executable, "-m", "babel.messages.frontend", "-q"]
    extract = ["extract", "-F", "babel.cfg", *keywords, "-o", str(target), "."]
    subprocess.run([*babel, *extract], cwd=ROOT, check=True)
    with target.open("rb") as file:
        return read_po(file)


@pytest.fixture(scope="module")
def russian() -> Catalog:
    with RUSSIAN.open("rb") as file:
        return read_po(file, locale="ru")


def test_every_message_has_its_russian(needed: Catalog, russian: Catalog) -> None:
    missing = [
        message.id
        for message in needed
        if message.id
        and ((found := russian.get(message.id)) is None or found.fuzzy or not all(texts(found)))
    ]
    assert missing == []


def test_translations_keep_the_placeholders(russian: Catalog) -> None:
    for message in russian:
        if not message.id or not any(texts(message)):
            continue
        expected = [set(PLACEHOLDER.findall(text)) for text in ids(message)]
        # «one day» may say the number as a word; the plural of the message knows them all.
        for text in texts(message):
            assert set(PLACEHOLDER.findall(text)) in expected, message.id


def test_plurals_have_the_three_russian_forms(needed: Catalog, russian: Catalog) -> None:
    for message in needed:
        if len(ids(message)) == 2:
            found = russian.get(message.id)
            assert found is not None
            assert len(texts(found)) == 3, message.id


def test_russian_is_russian(russian: Catalog) -> None:
    latin_only = [
        message.id
        for message in russian
        if message.id
        and ids(message)[0] not in SAME_EVERYWHERE
        and any(texts(message))
        and re.search(r"[a-z]{4}", PLACEHOLDER.sub("", ids(message)[0]))
        and not re.search(r"[а-яё]", texts(message)[0])
    ]
    assert latin_only == []


class BareWords(HTMLParser):
    """Letters of a template that are neither markup nor inside an expression."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._silent += tag in UNSPOKEN_ELEMENTS
        self.found += [
            value
            for name, value in attrs
            if name in SPOKEN_ATTRIBUTES and value and LETTER.search(value)
        ]

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in UNSPOKEN_ELEMENTS

    def handle_data(self, data: str) -> None:
        if not self._silent and LETTER.search(data):
            self.found.append(data.strip())


def bare_words(source: str) -> Iterator[str]:
    parser = BareWords()
    parser.feed(JINJA.sub("", source))
    parser.close()
    for text in parser.found:
        # What begins with a hyphen is the end of an id.
        words = " ".join(word for word in text.split() if not word.startswith("-"))
        if words and words not in SAME_EVERYWHERE:
            yield words


@pytest.mark.parametrize(
    "path",
    sorted((ROOT / "templates").rglob("*.html")),
    ids=lambda path: str(path.relative_to(ROOT / "templates")),
)
def test_templates_have_no_bare_words(path: Path) -> None:
    assert list(bare_words(path.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize(
    "path",
    sorted((ROOT / "templates" / "emails").rglob("*.txt")),
    ids=lambda path: str(path.relative_to(ROOT / "templates")),
)
def test_letters_have_no_bare_words(path: Path) -> None:
    bare = JINJA.sub("", path.read_text(encoding="utf-8"))
    assert LETTER.findall(bare) == []


def test_the_scanner_sees_bare_words() -> None:
    source = (
        '{# a note #}<p title="Close">{{ _("Yes") }} and <b class="x">{% if a %}no{% endif %}</b>'
    )
    assert list(bare_words(source)) == ["Close", "and", "no"]
