"""Putting a letter into the outbox, in the transaction of what it tells of."""

from __future__ import annotations

import uuid
from urllib.parse import urlsplit

from flask import current_app, render_template
from flask_babel import force_locale

from bridge.accounts.models import User
from bridge.extensions import db
from bridge.mail.models import OutboxMail


def enqueue(recipient: User, template: str, **context: object) -> None:
    """Write the letter `templates/emails/<template>.txt` to `recipient`, in their language.

    The template's first line is the subject; the rest after an empty line is the text. It gets
    `recipient`, `base_url` and `context`. Nothing is sent before the commit, and nothing is sent
    if there is none. Addresses in letters are built on BASE_URL, never on the Host header.
    """
    base_url = current_app.config["BRIDGE"].base_url
    with force_locale(recipient.locale):
        letter = render_template(
            f"emails/{template}.txt", recipient=recipient, base_url=base_url, **context
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
