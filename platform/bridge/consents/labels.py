"""What each consent is for, what hangs on it, and how it was given."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources
from itertools import groupby

from flask import Flask
from flask_babel import lazy_gettext as _l
from markupsafe import Markup, escape

from bridge.consents.models import Purpose

PURPOSES: dict[Purpose, object] = {
    Purpose.ACCOUNT: _l("Keeping the account and the profile"),
    Purpose.FOUND: _l("Being found by partner enterprises, without a name"),
    Purpose.CONTACT: _l("Opening name and contacts to one enterprise"),
    Purpose.APPLICATION: _l("Applying: opening name and contacts to one enterprise"),
    Purpose.NAMED: _l("Being found by name where the university has opened a vacancy"),
    Purpose.MEMBER: _l("Keeping the account of a representative"),
}
CONSEQUENCES: dict[Purpose, object] = {
    Purpose.ACCOUNT: _l("The account is closed at once and erased after a few days."),
    Purpose.FOUND: _l(
        "The profile is hidden from enterprises at once, and requests that you have not answered "
        "end. Contacts that you have opened stay open. You can publish again later."
    ),
    Purpose.CONTACT: _l(
        "The conversation ends at once and the platform no longer shows your name and contacts to "
        "this enterprise. What its people have already seen or written down we cannot take back."
    ),
    Purpose.APPLICATION: _l(
        "The application is taken back, a conversation that came of it ends, and the platform no "
        "longer shows your name and contacts to this enterprise. What its people have already seen "
        "or written down we cannot take back."
    ),
    Purpose.NAMED: _l(
        "Your name is hidden at once: all enterprises see a pseudonym again. What their people "
        "have already seen we cannot take back. The profile stays published."
    ),
    Purpose.MEMBER: _l("The account is closed at once and erased after a few days."),
}
ACTS: dict[str, object] = {
    "register": _l("with the registration"),
    "invitation": _l("when accepting the invitation"),
    "reset": _l("when setting a password"),
    "apply": _l("with the application of the enterprise"),
    "publish": _l("when publishing the profile"),
    "accept": _l("when accepting a contact request"),
    "application": _l("when applying for a vacancy"),
    "named": _l("when allowing the name in the profile"),
    "consents": _l("on the page of consents"),
}


def purpose_label(purpose: Purpose) -> object:
    return PURPOSES[purpose]


def consent_act(act: str) -> object:
    return ACTS.get(act, act)


@cache
def suggestions() -> dict[str, dict[str, str]]:
    """Texts to start from: purpose -> title_ru, text_ru, title_en, text_en. A lawyer of the
    university reads them before they are published."""
    text = resources.files("bridge.consents").joinpath("documents.toml").read_text("utf-8")
    return tomllib.loads(text)


def plain_document(text: str) -> Markup:
    """Plain text as HTML: an empty line begins a paragraph, `# ` a heading, `- ` a list item."""
    parts = []
    for block in text.split("\n\n"):
        lines = [line for line in block.splitlines() if line.strip()]
        for mark, group in groupby(lines, key=_mark):
            texts = [line.removeprefix(mark) for line in group]
            if mark == "- ":
                items = Markup("").join(Markup("<li>{}</li>").format(one) for one in texts)
                parts.append(Markup('<ul class="bullets">{}</ul>').format(items))
            elif mark == "# ":
                parts += [Markup("<h2>{}</h2>").format(one) for one in texts]
            else:
                broken = Markup("<br>").join(escape(one) for one in texts)
                parts.append(Markup("<p>{}</p>").format(broken))
    return Markup("\n").join(parts)


def _mark(line: str) -> str:
    return line[:2] if line.startswith(("- ", "# ")) else ""


def init_app(app: Flask) -> None:
    app.jinja_env.filters.update(
        purpose_label=purpose_label, consent_act=consent_act, plain_document=plain_document
    )
