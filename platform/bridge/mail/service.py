"""Putting a letter into the outbox, in the transaction of what it tells of."""

from __future__ import annotations

import uuid
from typing import Protocol
from urllib.parse import urlsplit

from flask import current_app, render_template
from flask_babel import force_locale

from bridge.extensions import db
from bridge.mail.models import OutboxMail


class Recipient(Protocol):
    """Whoever has a mailbox and a language: a User, of a feature above this one."""

    email: str
    name: str
    locale: str


def enqueue(recipient: Recipient, template: str, **context: object) -> None:
    """Write the letter `templates/emails/<template>.txt` to `recipient`, in their language.

    The template's first line is the subject; the rest after an empty line is the text. It gets
    `recipient`, `base_url` and `context`; `url_for` in it gives paths and works in commands too.
    Nothing is sent before the commit, and nothing is sent if there is none. Addresses in letters
    are built on BASE_URL, never on the Host header.
    """
    base_url = current_app.config["BRIDGE"].base_url
    with force_locale(recipient.locale):
        letter = render_template(
            f"emails/{template}.txt",
            recipient=recipient,
            base_url=base_url,
            url_for=_path_for,
            **context,
        )
    subject, _, text = letter.strip().partition("\n")
    host = urlsplit(base_url).hostname
    db.session.add(
        OutboxMail(
            recipient=recipient.email,
            subject=" ".join(subject.split())[:200],
            text=text.strip() + "\n",
            message_id=f"<{uuid.uuid4()}@{host}>",
        )
    )


def _path_for(endpoint: str, **values: object) -> str:
    """Flask's own `url_for` needs a request, which commands do not have."""
    return current_app.url_map.bind("").build(endpoint, values)
