"""Selects of letters, for those who see to it that they arrive."""

from __future__ import annotations

import enum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import defer, joinedload

from bridge.extensions import db
from bridge.mail.models import MailState, OutboxMail


class Trouble(enum.StrEnum):
    """What may be wrong with a letter."""

    FAILED = "failed"
    RETRIED = "retried"  # refused for now, is tried again by itself
    DROPPED = "dropped"


CONDITIONS = {
    Trouble.FAILED: OutboxMail.state == MailState.FAILED,
    Trouble.RETRIED: sa.and_(OutboxMail.state == MailState.WAITING, OutboxMail.error != ""),
    Trouble.DROPPED: OutboxMail.state == MailState.DROPPED,
}


def troubled_letters(trouble: Trouble) -> sa.Select[Any]:
    """The latest first, with their accounts and without their texts: nobody reads those here."""
    return (
        sa.select(OutboxMail)
        .where(CONDITIONS[trouble])
        .options(
            joinedload(OutboxMail.user),
            defer(OutboxMail.text),
            defer(OutboxMail.html),
        )
        .order_by(OutboxMail.id.desc())
    )


def trouble_counts() -> dict[Trouble, int]:
    counted = (sa.func.count().filter(condition) for condition in CONDITIONS.values())
    return dict(zip(CONDITIONS, db.session.execute(sa.select(*counted)).one(), strict=True))
