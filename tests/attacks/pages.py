"""Every page that a person reaches by following links, and every form on these pages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlsplit

from flask import Flask
from flask.testing import FlaskClient

from bridge.accounts.models import User
from tests.client import Stranger, sign_in

# Pages of a list, a queue or a calendar look alike: so many of each pattern are enough.
ALIKE = 2


@dataclass
class Form:
    """A form as a browser sends it: the values that stand in it, by name."""

    page: str
    action: str
    method: str
    fields: dict[str, list[str]] = field(default_factory=dict)

    @property
    def pattern(self) -> tuple[str, str, frozenset[str]]:
        """Two forms of one pattern differ only in the row that they are for."""
        return self.method, without_ids(self.action), frozenset(self.fields)


class _Page(HTMLParser):
    def __init__(self, address: str) -> None:
        super().__init__()
        self.address = address
        self.links: list[str] = []
        self.forms: list[Form] = []
        self._named: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag == "a":
            self.links.append(values.get("href", ""))
        elif tag == "form":
            action = values.get("action") or self.address
            self.forms.append(Form(self.address, action, values.get("method", "get").upper()))
        elif self.forms and tag in ("input", "select", "textarea", "button") and "name" in values:
            self._named = values["name"]
            is_list = tag in ("select", "textarea")
            self._put(self._named, [] if is_list else [values.get("value", "")])
        elif self.forms and tag == "option" and self._named and "selected" in values:
            self._put(self._named, [values.get("value", "")])

    def _put(self, name: str, values: list[str]) -> None:
        self.forms[-1].fields.setdefault(name, []).extend(values)


def without_ids(address: str) -> str:
    path = urlsplit(address).path
    return re.sub(r"/(\d+|[2456789DFJLNQRVW]{5})(?=/|$)", "/*", path)


def client_of(app: Flask, person: User | None) -> FlaskClient:
    client = Stranger(app, app.response_class)
    if person is not None:
        sign_in(client, person)
    return client


def walk(client: FlaskClient, start: tuple[str, ...]) -> Iterator[tuple[str, str, list[Form]]]:
    """Address, text and forms of every page of the site that is linked from `start`."""
    waiting, seen, counts = list(start), set(start), dict[str, int]()
    while waiting:
        address = waiting.pop(0)
        answer = client.get(address)
        if answer.status_code != 200 or "html" not in answer.content_type:
            answer.close()
            continue
        page = _Page(address)
        page.feed(answer.text)
        yield address, answer.text, page.forms
        for link in page.links:
            pattern = without_ids(link)
            fits = link.startswith("/") and link not in seen and not link.startswith("/static/")
            if fits and counts.get(pattern, 0) < ALIKE:
                counts[pattern] = counts.get(pattern, 0) + 1
                seen.add(link)
                waiting.append(link)


def forms_on(client: FlaskClient, address: str) -> list[Form]:
    """The forms of one page."""
    page = _Page(address)
    page.feed(client.get(address).text)
    return page.forms


def forms_of(client: FlaskClient, start: tuple[str, ...]) -> list[Form]:
    """One form of each pattern."""
    found: dict[object, Form] = {}
    for _address, _text, forms in walk(client, start):
        for form in forms:
            found.setdefault(form.pattern, form)
    return list(found.values())
