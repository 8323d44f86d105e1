"""A letter as its parts: one template gives the subject and the parts, which are then written as
plain text, as HTML, or as a line of a page.

The template's first line is the subject; the parts stand below it, an empty line between them. A
part is a paragraph of text unless one of the functions below has made it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from flask import current_app, render_template

# Separate and mark what the functions make; no form and no import lets them through.
_BUTTON, _QUOTE, _ITEM, _HEADING, _FIELD = "\x01", "\x02", "\x03", "\x04", "\x05"
_KINDS = {_BUTTON: "button", _QUOTE: "quote", _ITEM: "item", _HEADING: "heading"}
_MARKS = re.compile("[\x01-\x05]")
SUBJECT_MAX_LENGTH = 200


@dataclass(frozen=True, slots=True)
class Part:
    """kind: paragraph, quote (somebody's words), heading, button or item of a list. The last two
    lead to `url`; an item's `detail` may be empty."""

    kind: str
    text: str
    url: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Letter:
    subject: str
    parts: tuple[Part, ...]

    @property
    def url(self) -> str:
        """Where its first button leads; empty where it has none."""
        return next((part.url for part in self.parts if part.kind == "button"), "")

    @property
    def lead(self) -> str:
        """The first paragraph, as it reads where nothing follows."""
        text = next((part.text for part in self.parts if part.kind == "paragraph"), "")
        return f"{text[:-1]}." if text.endswith(":") else text


def read_letter(template: str, **context: object) -> Letter:
    """Fill `templates/emails/<template>.txt` in the present language.

    It gets `context`, `button`, `quote`, `item`, `heading`, and `base_url` and `url_for` for what
    is not a button; addresses are built on BASE_URL, never on the Host header.
    """
    written = render_template(
        f"emails/{template}.txt",
        base_url=current_app.config["BRIDGE"].base_url,
        url_for=path_for,
        button=button,
        quote=quote,
        item=item,
        heading=heading,
        **context,
    )
    subject, _, body = written.strip().partition("\n")
    parts = (part.strip() for part in re.split(r"\n\s*\n", body))
    return Letter(
        " ".join(_MARKS.sub("", subject).split())[:SUBJECT_MAX_LENGTH],
        tuple(_part(part) for part in parts if part),
    )


def _part(written: str) -> Part:
    kind = _KINDS.get(written[0])
    if kind is None:
        return Part("paragraph", _MARKS.sub("", written))
    text, url, detail = [*written[1:].split(_FIELD), "", ""][:3]
    return Part(kind, text, url, detail)


def button(label: object, endpoint: str, **values: object) -> str:
    """The way to what the letter tells of: a button in HTML, an address in plain text."""
    return f"{_BUTTON}{label}{_FIELD}{absolute_url(endpoint, **values)}"


def item(text: object, url: str, detail: object = "") -> str:
    """One of a list of things."""
    fields = (" ".join(_MARKS.sub("", str(field)).split()) for field in (text, url, detail))
    return _ITEM + _FIELD.join(fields)


def heading(text: object) -> str:
    return f"{_HEADING}{text}"


def quote(text: str) -> str:
    """What a person wrote: set apart, so that nobody takes it for the platform's own words."""
    paragraphs = re.split(r"\n\s*\n", _MARKS.sub("", text).strip())
    return "\n\n".join(f"{_QUOTE}{paragraph}" for paragraph in paragraphs if paragraph)


def absolute_url(endpoint: str, **values: Any) -> str:
    return f"{current_app.config['BRIDGE'].base_url}{path_for(endpoint, **values)}"


def path_for(endpoint: str, *, _anchor: str = "", **values: Any) -> str:
    """Flask's own `url_for` needs a request, which commands do not have."""
    path = current_app.url_map.bind("").build(endpoint, values)
    return f"{path}#{_anchor}" if _anchor else path
