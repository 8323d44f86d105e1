"""What an index follows: the log of changes of the database, and the clock of that log."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol
from uuid import uuid4

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bridge.database import writing
from bridge.search.models import SearchChange, SearchClock
from matching import Document, Vocabulary

BATCH = 500


class Source(Protocol):
    """Where documents come from: a feature above this one provides it (`attach`)."""

    def vocabulary(self, session: Session) -> Vocabulary:
        """Which queries are read with, as the session sees it."""

    def version(self) -> str:
        """Of what documents are made with besides the database."""

    def count(self, session: Session) -> int:
        """How many documents `all` gives."""

    def all(self, session: Session) -> Iterable[Document]: ...

    def some(self, session: Session, ids: Sequence[int]) -> Iterable[Document]:
        """Those of `ids` that are to be found by employers now."""


def changes_since(
    revision: int, session: Session, source: Source
) -> Iterator[tuple[int, int, Document | None]]:
    """What the change log holds since a revision, in order: the revision of each change, the
    profile, and its document, None where employers may not find it any more."""
    changes = sa.select(SearchChange.revision, SearchChange.profile_id).order_by(
        SearchChange.revision
    )
    while rows := session.execute(
        changes.where(SearchChange.revision > revision).limit(BATCH)
    ).all():
        ids = [profile_id for _revision, profile_id in rows]
        found = {document.id: document for document in source.some(session, ids)}
        for revision, profile_id in rows:
            yield revision, profile_id, found.get(profile_id)


def clock(session: Session) -> tuple[str, int]:
    """The epoch of the database and the revision of its last change."""
    row = session.execute(sa.select(SearchClock.epoch, SearchClock.revision)).one_or_none()
    if row is None:
        raise RuntimeError("the search clock is missing: run the migrations")
    return row[0], row[1]


def begin_epoch() -> None:
    """Let nobody go on with an index made before."""
    with writing() as session:
        session.execute(sa.update(SearchClock).values(epoch=uuid4().hex))
