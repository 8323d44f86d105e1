"""Telling every worker's index what changed."""

from __future__ import annotations

from uuid import uuid4

import sqlalchemy as sa

from bridge.extensions import db
from bridge.search.models import SearchChange, SearchClock


def start_anew() -> None:
    """Let every process make its index from scratch before its next search, since what all
    documents hold changes with the present transaction."""
    db.session.flush()
    db.session.execute(
        sa.update(SearchClock).values(epoch=uuid4().hex, revision=SearchClock.revision + 1)
    )


def note_vocabulary() -> None:
    """Record, in the present transaction, that texts are to be read with another vocabulary."""
    db.session.flush()
    db.session.execute(sa.update(SearchClock).values(revision=SearchClock.revision + 1))


def note_change(profile_id: int) -> None:
    """Record, in the present transaction, that the profile changed, appeared or went.

    Call it last: the clock's row stays locked until the commit.
    """
    db.session.flush()
    revision = db.session.scalar(
        sa.update(SearchClock)
        .where(SearchClock.id == 1)
        .values(revision=SearchClock.revision + 1)
        .returning(SearchClock.revision)
        .execution_options(synchronize_session=False)
    )
    if revision is None:
        raise RuntimeError("the search clock is missing: run the migrations")
    updated = db.session.execute(
        sa.update(SearchChange)
        .where(SearchChange.profile_id == profile_id)
        .values(revision=revision)
        # Nobody loads these rows: no use in looking for them among all that are loaded.
        .execution_options(synchronize_session=False)
    )
    if updated.rowcount == 0:  # type: ignore[attr-defined]
        db.session.add(SearchChange(profile_id=profile_id, revision=revision))
        db.session.flush()
