"""A form that a double click sends twice makes one row."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute

from bridge.accounts.models import User
from bridge.database import utc_now
from bridge.extensions import db

# The same again within this time is the second click.
TERM = timedelta(minutes=1)


def await_first_click(actor: User) -> None:
    """Wait until what the same person has sent before is done; the next ones wait for this."""
    own = sa.select(User.id).where(User.id == actor.id)
    # Not their key: rows that name the person may be written meanwhile.
    db.session.execute(own.with_for_update(key_share=True))


def just_made(created_at: InstrumentedAttribute[datetime]) -> sa.ColumnElement[bool]:
    """Whether a row is so young that it may be the first click's."""
    return created_at > utc_now() - TERM
