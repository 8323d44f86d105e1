"""The verbs of a letter: put into the outbox in the transaction of what it tells of, tried again,
given up."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urlsplit

from flask import current_app, render_template
from flask_babel import force_locale
from flask_babel import lazy_gettext as _l

from bridge.database import utc_now
from bridge.errors import DomainError
from bridge.extensions import db
from bridge.mail.letters import Letter, read_letter
from bridge.mail.models import Attachment, MailState, OutboxMail
from bridge.transitions import transition

if TYPE_CHECKING:
    from bridge.accounts.models import User


class Recipient(Protocol):
    """Whoever has a mailbox and a language: a User, of a feature above this one, or somebody
    without an account (then there is no `id`)."""

    email: str
    name: str
    locale: str


def enqueue(
    recipient: Recipient,
    template: str,
    *,
    attachments: Sequence[Attachment] = (),
    **context: object,
) -> None:
    """Write a letter about the account or its safety to `recipient`, in their language, and at
    once. Whatever else happens is told by `notices.service.notify`, which asks what they chose.

    `templates/emails/<template>.txt` gets `recipient` and `context` (see `mail.letters`). Nothing
    is sent before the commit, and nothing is sent if there is none.
    """
    with force_locale(recipient.locale):
        letter = read_letter(template, recipient=recipient, **context)
        put_letter(recipient, template, letter, attachments=attachments)


def put_letter(
    recipient: Recipient,
    kind: str,
    letter: Letter,
    *,
    attachments: Sequence[Attachment] = (),
    unsubscribe_url: str = "",
    settings_url: str = "",
    good_until: datetime | None = None,
) -> None:
    """Put a finished letter into the outbox, as text and as HTML, in the present language. With
    an `unsubscribe_url` it says how to get no more of its kind. One that has not gone by
    `good_until` does not go any more."""
    frame = {
        "letter": letter,
        "recipient": recipient,
        "base_url": current_app.config["BRIDGE"].base_url,
        "unsubscribe_url": unsubscribe_url,
        "settings_url": settings_url,
    }
    user_id = getattr(recipient, "id", None)
    db.session.add(
        OutboxMail(
            user_id=user_id,
            address=recipient.email if user_id is None else None,
            kind=kind,
            subject=letter.subject,
            text=render_template("emails/frame.txt", **frame).strip() + "\n",
            html=render_template("emails/frame.html", **frame),
            unsubscribe_url=unsubscribe_url,
            good_until=good_until,
            message_id=f"<{uuid.uuid4()}@{urlsplit(frame['base_url']).hostname}>",
            attachments=list(attachments),
        )
    )


def retry(mail: OutboxMail, *, actor: User) -> None:
    """Send a letter that was given up once more, with all its attempts and the same Message-ID.
    StaleStateError where it waits or went; DomainError where its text is gone or its time over."""
    if mail.is_too_late:
        raise DomainError(_l("What this letter asks for is too late now."))
    if not mail.text:
        raise DomainError(_l("The text of this letter is no longer kept."))
    transition(
        mail,
        MailState.WAITING,
        allowed_from=(MailState.FAILED, MailState.DROPPED),
        actor=actor,
        values={"attempts": 0, "failed_at": None, "next_attempt_at": utc_now()},
        kind=mail.kind,
    )


def drop(mail: OutboxMail, *, actor: User) -> None:
    """Give up a letter that could not be delivered; while it is kept it can be tried again."""
    transition(
        mail,
        MailState.DROPPED,
        allowed_from=(MailState.FAILED,),
        actor=actor,
        values={"failed_at": utc_now()},
        kind=mail.kind,
    )
