"""Sending what waits in the outbox.

A process claims a letter with a conditional UPDATE that sets a lease: no two send the same one,
and when the process dies, another takes over after the lease. No transaction is open while the
mail server is spoken to. The log holds numbers of letters and codes, nothing of a person.
"""

from __future__ import annotations

import logging
import smtplib
from contextlib import ExitStack
from datetime import timedelta

import sqlalchemy as sa
from flask import Flask, current_app

from bridge.background import Repeater
from bridge.config import Config
from bridge.database import utc_now
from bridge.extensions import db
from bridge.mail.models import OutboxMail
from bridge.mail.transport import Transport, compose, open_transport

log = logging.getLogger("bridge.mail")
# Longer than one letter can take with all the timeouts of its conversation.
LEASE = timedelta(minutes=5)
# Between one attempt and the next; after the last one the letter is given up.
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 180, 360, 720, 1440))
POLL_SECONDS = 2.0
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
            try:
                transport = transport or stack.enter_context(open_transport(config))
                transport.send(compose(mail, config.mail_from, mail.created_at))
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
        due = (
            OutboxMail.sent_at.is_(None),
            OutboxMail.failed_at.is_(None),
            OutboxMail.next_attempt_at <= now,
            sa.or_(OutboxMail.claimed_until.is_(None), OutboxMail.claimed_until < now),
        )
        with db.sessionmaker() as session, session.begin():
            mail = session.scalar(
                sa.select(OutboxMail).where(*due).order_by(OutboxMail.id).limit(1)
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


def _note_sent(mail: OutboxMail, config: Config) -> None:
    # The text holds links that open an account; only the demo university's mailbox shows it.
    kept = mail.text if config.is_demo else ""
    _write(mail, sent_at=utc_now(), claimed_until=None, error="", text=kept)


def _put_off(mail: OutboxMail, error: Exception) -> None:
    code = _code(error)
    log.warning("letter %s was not sent (attempt %s): %s", mail.id, mail.attempts, code)
    if mail.attempts > len(PAUSES) or _is_final(error):
        _write(mail, failed_at=utc_now(), claimed_until=None, error=code)
    else:
        next_attempt = utc_now() + PAUSES[mail.attempts - 1]
        _write(mail, next_attempt_at=next_attempt, claimed_until=None, error=code)


def _write(mail: OutboxMail, **values: object) -> None:
    with db.sessionmaker() as session, session.begin():
        session.execute(sa.update(OutboxMail).where(OutboxMail.id == mail.id).values(**values))


def _reply_code(error: Exception) -> int | None:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return next(iter(error.recipients.values()))[0]
    return error.smtp_code if isinstance(error, smtplib.SMTPResponseException) else None


def _is_final(error: Exception) -> bool:
    """No later attempt can succeed: this recipient or this letter is refused for good."""
    if isinstance(error, smtplib.SMTPRecipientsRefused | smtplib.SMTPDataError):
        return _reply_code(error) in _REFUSED_FOR_GOOD
    return isinstance(error, ValueError)


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
