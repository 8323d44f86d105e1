"""Slowing down guessing and flooding: a few attempts an address, counted in the database, so
that all workers count together."""

from __future__ import annotations

import hashlib
import hmac
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import sqlalchemy as sa
from flask import current_app

from bridge.accounts.models import AccountAttempt, AttemptKind
from bridge.database import utc_now
from bridge.extensions import db

KEPT = timedelta(hours=1)
# How many attempts in how long.
LIMITS = {
    AttemptKind.SIGN_IN: (5, timedelta(minutes=1)),
    AttemptKind.LETTER: (5, KEPT),
}
# Longer than registering or asking for a letter takes, so that the answer's time does not tell
# whether the address is known.
STEADY_SECONDS = 0.3


def is_exhausted(kind: AttemptKind, email: str) -> bool:
    """Whether the address has had its attempts for now."""
    limit, period = LIMITS[kind]
    count = db.session.scalar(
        sa.select(sa.func.count()).where(
            AccountAttempt.kind == kind,
            AccountAttempt.address_hash == _hash_address(email),
            AccountAttempt.at > utc_now() - period,
        )
    )
    return (count or 0) >= limit


def note_attempt(kind: AttemptKind, email: str) -> None:
    """Count one more, and forget those of long ago."""
    db.session.execute(sa.delete(AccountAttempt).where(AccountAttempt.at < utc_now() - KEPT))
    db.session.add(AccountAttempt(kind=kind, address_hash=_hash_address(email)))


@contextmanager
def steady_duration(seconds: float = STEADY_SECONDS) -> Iterator[None]:
    """The block takes no less than so many seconds, whatever it does."""
    started = time.monotonic()
    try:
        yield
    finally:
        time.sleep(max(0.0, seconds - (time.monotonic() - started)))


def _hash_address(email: str) -> str:
    key: str = current_app.config["SECRET_KEY"]
    return hmac.new(key.encode(), email.encode(), hashlib.sha256).hexdigest()
