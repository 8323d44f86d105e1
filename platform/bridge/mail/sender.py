"""Sending what waits in the outbox.

A process claims a letter with a conditional UPDATE that sets a lease: no two send the same one,
and when the process dies, another takes over after the lease. No transaction is open while the
mail server is spoken to. The log holds numbers of letters and codes, nothing of a person.

No letter is lost. One may arrive twice, with the same Message-ID, where the process is killed
after the server took it and before the outbox knows: SMTP has no question «did you take it?».
Between these two moments there is nothing but one UPDATE; a database that is away for a while
does not open the gap, since the process tries again as long as its lease lasts.
"""

from __future__ import annotations

import logging
import re
import smtplib
import time
from contextlib import ExitStack
from datetime import timedelta

import sqlalchemy as sa
from flask import Flask, current_app
from sqlalchemy.orm import joinedload, selectinload

from bridge.background import Repeater
from bridge.config import Config
from bridge.database import utc_now
from bridge.extensions import db
from bridge.mail.models import Attachment, MailState, OutboxMail
from bridge.mail.transport import Transport, compose, open_transport

log = logging.getLogger("bridge.mail")
# Longer than one letter can take with all the timeouts of its conversation.
LEASE = timedelta(minutes=5)
# Between one attempt and the next; after the last one the letter is given up.
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 180, 360, 720, 1440))
POLL_SECONDS = 2.0
# Seconds between tries to note that a letter went, together well within the lease.
NOTE_PAUSES = (0.1, 0.5, 1, 2, 5, 10, 20, 30, 60)
NO_CONTENT = {"text": "", "html": "", "unsubscribe_url": ""}
# What stands for a name or an address that was taken out.
MARK = "…"
ERROR_MAX_LENGTH = 200
# One letter is refused, the connection is good for the next.
REFUSALS = (
    smtplib.SMTPRecipientsRefused,
    smtplib.SMTPSenderRefused,
    smtplib.SMTPDataError,
    ValueError,
)
_REFUSED_FOR_GOOD = range(500, 600)


def send_waiting() -> tuple[int, int]:
    """Send every letter that is due: how many went, how many did not.

    Needs an application context. A server that does not answer ends the round: the letters left
    wait for the next.
    """
    config: Config = current_app.config["BRIDGE"]
    sent = failed = 0
    with ExitStack() as stack:
        transport: Transport | None = None
        for mail in iter(claim, None):
            if _is_for_nobody(mail) or mail.is_too_late:
                _drop(mail)
                continue
            try:
                transport = transport or stack.enter_context(open_transport(config))
                transport.send(compose(mail, config))
            except REFUSALS as error:
                _put_off(mail, error)
                failed += 1
            except (OSError, smtplib.SMTPException) as error:
                _put_off(mail, error)
                return sent, failed + 1
            else:
                _note_sent(mail, config)
                sent += 1
    return sent, failed


def claim() -> OutboxMail | None:
    """Take the oldest letter that is due, for the time of a lease; None where there is none."""
    while True:
        now = utc_now()
        # Moments further ahead than any pause or lease were written while the clock was wrong.
        due = (
            OutboxMail.state == MailState.WAITING,
            sa.or_(
                OutboxMail.next_attempt_at <= now,
                OutboxMail.next_attempt_at > now + PAUSES[-1] + LEASE,
            ),
            sa.or_(
                OutboxMail.claimed_until.is_(None),
                OutboxMail.claimed_until < now,
                OutboxMail.claimed_until > now + 2 * LEASE,
            ),
        )
        with db.sessionmaker() as session, session.begin():
            mail = session.scalar(
                sa.select(OutboxMail)
                .where(*due)
                .order_by(OutboxMail.id)
                .limit(1)
                .options(joinedload(OutboxMail.user), selectinload(OutboxMail.attachments))
            )
            if mail is None:
                return None
            session.expunge(mail)
            claimed = session.execute(
                sa.update(OutboxMail)
                .where(OutboxMail.id == mail.id, *due)
                .values(claimed_until=now + LEASE, attempts=OutboxMail.attempts + 1)
            )
            if claimed.rowcount == 1:  # type: ignore[attr-defined]
                mail.attempts += 1
                return mail


def _is_for_nobody(mail: OutboxMail) -> bool:
    """The account is erased, or was closed after the letter was written; what is written to a
    closed account is meant for it: how to open it again."""
    user = mail.user
    if user is None:
        return False
    closed = user.deactivated_at is not None and mail.created_at < user.deactivated_at
    return closed or user.erased_at is not None


def _drop(mail: OutboxMail) -> None:
    _write(mail, *_is_ours(mail), state=MailState.DROPPED, failed_at=utc_now(), **NO_CONTENT)
    _forget_attachments(mail)


def _note_sent(mail: OutboxMail, config: Config) -> None:
    """Try until the lease ends: a letter whose sending is not noted would be sent again."""
    # The text holds links that open an account; only the demo university's mailbox shows it.
    content = {} if config.is_demo else NO_CONTENT
    pauses = iter(NOTE_PAUSES)
    while True:
        try:
            _write(mail, state=MailState.SENT, sent_at=utc_now(), error="", **content)
        except sa.exc.OperationalError:
            pause = next(pauses, None)
            if pause is None:
                raise
            time.sleep(pause)
        else:
            break
    if not config.is_demo:
        _forget_attachments(mail)


def _forget_attachments(mail: OutboxMail) -> None:
    if mail.attachments:
        with db.sessionmaker() as session, session.begin():
            session.execute(sa.delete(Attachment).where(Attachment.mail_id == mail.id))


def _put_off(mail: OutboxMail, error: Exception) -> None:
    log.warning("letter %s was not sent (attempt %s): %s", mail.id, mail.attempts, _code(error))
    words = server_words(error, mail)
    if mail.attempts > len(PAUSES) or _is_final(error):
        _write(mail, *_is_ours(mail), state=MailState.FAILED, failed_at=utc_now(), error=words)
    else:
        next_attempt = utc_now() + PAUSES[mail.attempts - 1]
        _write(mail, *_is_ours(mail), next_attempt_at=next_attempt, error=words)


def _is_ours(mail: OutboxMail) -> tuple[sa.ColumnElement[bool], ...]:
    """Nobody took over after a lapsed lease: the number of the attempt tells."""
    return (OutboxMail.attempts == mail.attempts, OutboxMail.state == MailState.WAITING)


def _write(mail: OutboxMail, *conditions: sa.ColumnElement[bool], **values: object) -> None:
    """Note what became of the attempt, and give the claim back."""
    with db.sessionmaker() as session, session.begin():
        session.execute(
            sa.update(OutboxMail)
            .where(OutboxMail.id == mail.id, *conditions)
            .values(claimed_until=None, version=OutboxMail.version + 1, **values)
        )


def _reply_code(error: Exception) -> int | None:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return next(iter(error.recipients.values()))[0]
    return error.smtp_code if isinstance(error, smtplib.SMTPResponseException) else None


def _is_final(error: Exception) -> bool:
    """No later attempt can succeed: this recipient or this letter is refused for good."""
    if isinstance(error, smtplib.SMTPRecipientsRefused | smtplib.SMTPDataError):
        return _reply_code(error) in _REFUSED_FOR_GOOD
    return isinstance(error, ValueError)


def server_words(error: Exception, mail: OutboxMail) -> str:
    """What the server said, for the list of failed letters: without the address, its parts and
    the name, which such texts repeat."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        said: bytes | str = next(iter(error.recipients.values()))[1]
    elif isinstance(error, smtplib.SMTPResponseException):
        said = error.smtp_error
    else:
        return _code(error)
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
    local_part = mail.recipient.partition("@")[0]
    names = mail.user.name.split() if mail.user else []
    text = re.sub(r"\S*@\S*", MARK, text)
    for secret in filter(None, (local_part, *names)):
        text = re.sub(re.escape(secret), MARK, text, flags=re.IGNORECASE)
    return " ".join(f"{_reply_code(error)} {text}".split())[:ERROR_MAX_LENGTH]


def _code(error: Exception) -> str:
    """The kind of an error and the server's code: its text may repeat an address."""
    code = _reply_code(error)
    return f"{type(error).__name__} {code}" if code else type(error).__name__


def start_sender(app: Flask) -> Repeater:
    """Send from a thread of this process until it ends: called in each worker after its start."""
    sender = mail_sender(app)
    sender.start()
    return sender


def mail_sender(app: Flask, pause_seconds: float = POLL_SECONDS) -> Repeater:
    """What sends the letters that are due, again and again."""
    return Repeater(app, "mail-sender", send_waiting, pause_seconds)
