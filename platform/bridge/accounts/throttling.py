"""Budgets: so many acts at once, and further ones no faster than so many a period.

They are counted in the database, so that all workers of all machines count together, by the
generic cell rate algorithm: a row holds the moment at which its budget is whole again, each act
moves that moment on by period / limit, and one that would move it beyond a period is refused. One
conditional UPDATE decides, so of any number at once exactly as many pass as the budget allows.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import math
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa
from flask import current_app, request
from flask_babel import gettext as _
from flask_babel import ngettext

from bridge.accounts.models import Throttle
from bridge.database import dialect_of, recording, utc_now
from bridge.errors import DomainError
from bridge.extensions import db


@dataclass(frozen=True, slots=True)
class Rate:
    """`limit` acts at once, then one every `period` / `limit`; at most a day's period."""

    name: str
    limit: int
    period: timedelta

    @property
    def step(self) -> float:
        """Seconds until one more act is there."""
        return self.period.total_seconds() / self.limit


# Of one account: the failures alone count. Whoever knows a password may guess few codes.
SIGN_IN = Rate("sign-in", 5, timedelta(minutes=1))
SECOND_FACTOR = Rate("second-factor", 10, timedelta(hours=1))
# Letters to one mailbox that anybody may ask for.
LETTER = Rate("letter", 5, timedelta(hours=1))
# Of one network, behind which a whole lecture hall may sit: failures, new accounts, letters.
SIGN_IN_FROM = Rate("sign-in-from", 50, timedelta(minutes=10))
REGISTER_FROM = Rate("register-from", 100, timedelta(hours=1))
LETTER_FROM = Rate("letter-from", 60, timedelta(hours=1))
# Longer than registering or asking for a letter takes, so that the answer's time does not tell
# whether the address is known.
STEADY_SECONDS = 0.3
# Sums of floats are a little off.
ROUNDING_SECONDS = 0.001


class TooManyAttemptsError(DomainError):
    """`retry_after`: seconds until it would pass."""

    status = 429

    def __init__(self, seconds: float, message: object | None = None) -> None:
        self.retry_after = math.ceil(seconds)
        minutes = math.ceil(seconds / 60)
        wait = ngettext("Try again in %(num)s minute.", "Try again in %(num)s minutes.", minutes)
        what = _("Too many attempts.") if message is None else message
        super().__init__(f"{what} {wait}")


def spend(rate: Rate, subject: object) -> float:
    """Do one act of the budget of `subject`. 0 where it could be done, else the seconds to wait."""
    now = utc_now().timestamp()
    with recording() as session:
        insert = (
            dialect_of(session)
            .insert(Throttle)
            .values(rate=rate.name, subject_hash=_hash(subject), whole_at=now + rate.step)
        )
        later = sa.case((Throttle.whole_at > now, Throttle.whole_at), else_=now)
        room = rate.period.total_seconds() - rate.step + ROUNDING_SECONDS
        done = session.execute(
            insert.on_conflict_do_update(
                index_elements=["rate", "subject_hash"],
                set_={"whole_at": later + rate.step},
                where=Throttle.whole_at <= now + room,
            ).returning(Throttle.whole_at)
        )
        if done.first() is not None:
            return 0
        whole_at = session.scalar(sa.select(Throttle.whole_at).where(*_row(rate, subject)))
    return (whole_at or now) - now - room


def take(rate: Rate, subject: object, message: object | None = None) -> None:
    """The same; raises TooManyAttemptsError where it cannot be done."""
    seconds = spend(rate, subject)
    if seconds:
        raise TooManyAttemptsError(seconds, message)


def give_back(rate: Rate, subject: object) -> None:
    """The act was none that counts."""
    with recording() as session:
        session.execute(
            sa.update(Throttle)
            .where(*_row(rate, subject))
            .values(whole_at=Throttle.whole_at - rate.step)
        )


def forget() -> None:
    """Delete what is whole again. Commits."""
    db.session.execute(sa.delete(Throttle).where(Throttle.whole_at < utc_now().timestamp()))
    db.session.commit()


def network() -> str:
    """Where the request comes from, as the trusted proxies tell it; of IPv6 the /64, which one
    household has to itself."""
    try:
        address = ipaddress.ip_address(request.remote_addr or "")
    except ValueError:
        return ""
    if address.version == 6:
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)


@contextmanager
def steady_duration(seconds: float = STEADY_SECONDS) -> Iterator[None]:
    """The block takes no less than so many seconds, whatever it does."""
    started = time.monotonic()
    try:
        yield
    finally:
        time.sleep(max(0.0, seconds - (time.monotonic() - started)))


def _row(rate: Rate, subject: object) -> tuple[sa.ColumnElement[bool], ...]:
    return Throttle.rate == rate.name, Throttle.subject_hash == _hash(subject)


def _hash(subject: object) -> str:
    key: str = current_app.config["SECRET_KEY"]
    return hmac.new(key.encode(), str(subject).encode(), hashlib.sha256).hexdigest()
