"""What was typed into a page that may not be sent yet: shown again, to be sent once more.

Somebody writes for an hour, meanwhile signs out in another tab, is signed out by the clock or comes
to owe a consent, and sends. That must not be carried out; what was written must not be lost.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from flask import render_template, request
from flask_babel import lazy_gettext as _l
from werkzeug.exceptions import HTTPException

from bridge.web.routing import parts_of

# Fields that no page may show again.
SECRET = re.compile(r"password|credential|^(identity_)?code$|^(present|new)$")
# From here on a text is worth showing, for whoever would rather copy it.
LONG_TEXT = 30


@dataclass(frozen=True)
class FirstStep:
    """What the reader has to do in another tab before the form can be sent again: a title and a
    sentence that say it, the endpoint of the page where it is done, the link to it and its icon."""

    title: object
    text: object
    endpoint: str
    label: object
    icon: str


SIGN_IN = FirstStep(
    _l("You are signed out"),
    _l("Sign in in a new tab, come back to this one and send it."),
    "accounts.sign_in",
    _l("Sign in in a new tab"),
    "log-in",
)


@dataclass(frozen=True)
class Typed:
    """A form of ours that was sent: `action`, where to; `fields`, all but secrets; `texts`, those
    that took time to write; `has_secrets`, whether something is missing to send it once more."""

    action: str
    fields: list[tuple[str, str]]
    texts: list[str]
    has_secrets: bool
    had_files: bool


def typed() -> Typed | None:
    """None where the request is not that of a form of ours, or cannot be read."""
    if request.method != "POST" or not is_own_page():
        return None
    try:
        sent = [pair for pair in request.form.items(multi=True) if pair[0] != "csrf_token"]
        had_files = any(file.filename for file in request.files.values())
    except HTTPException:
        return None
    fields = [(name, value) for name, value in sent if not SECRET.search(name)]
    return Typed(
        action=request.full_path.rstrip("?"),
        fields=fields,
        texts=[value for _name, value in fields if len(value) >= LONG_TEXT],
        has_secrets=len(fields) < len(sent),
        had_files=had_files,
    )


def is_own_page() -> bool:
    """Whether a page of this site sent the request: what another site makes a browser send was not
    typed here, and must not be offered to be sent once more."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    # Browsers before 2023. Every page asks them to name it (`Referrer-Policy: same-origin`).
    sender = request.headers.get("Origin") or request.headers.get("Referer", "")
    return parts_of(sender).netloc == request.host


def previous_page() -> str | None:
    """The path of the page of this site from which the request came, as far as it is known."""
    parts = parts_of(request.headers.get("Referer", ""))
    if parts.netloc != request.host:
        return None
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def kept_page(status: int, first: FirstStep | None = None) -> tuple[str, int] | None:
    """The page that keeps what the form held, passwords left out; None where the request is not
    that of a form of ours. first: what must be done before it can be sent again."""
    form = typed()
    if form is None:
        return None
    page = render_template("errors/kept.html", first=first, typed=form, previous=previous_page())
    return page, status
