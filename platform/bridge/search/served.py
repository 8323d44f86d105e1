"""The index of published profiles on a Qdrant server, for all processes on all machines.

The database stays the truth. The server remembers how far it has come in the change log; whichever
process is about to search brings it up to date, one at a time.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bridge.database import reading
from bridge.search.changes import Source, begin_epoch, changes_since, clock
from matching.remote import NotPublishedError

if TYPE_CHECKING:
    from qdrant_client import QdrantClient

    from matching.remote.index import RemoteIndex

# Any number that nobody else in the database takes for a lock.
LOCK = 0x4D6F7374
TIMEOUT_SECONDS = 10
COLLECTION = "bridge"

log = logging.getLogger(__name__)


class ServedIndex:
    """Has the methods of LiveIndex; raises SearchUnavailableError where the server is silent."""

    def __init__(self, source: Source, url: str) -> None:
        self._source = source
        self._url = url
        self._lock = threading.Lock()
        self._index: RemoteIndex | None = None
        self._epoch = ""

    def current(self) -> RemoteIndex:
        """The index, as new as the last commit."""
        with self._lock:
            # Before reading(): the request's own transaction must begin in its own way.
            with reading() as session:
                epoch, revision = clock(session)
            if self._index is None or epoch != self._epoch:
                self._index, self._epoch = self._connected(), epoch
            if _standing(self._index) != (epoch, revision):
                self._catch_up()
            return self._index

    def rebuild(self, progress: Callable[[int, int], None] | None = None) -> RemoteIndex:
        """Fit the index to all profiles and publish it anew.

        progress: called with (documents read, documents in all).
        """
        begin_epoch()
        with self._lock:
            self._index = self._connected()
            with _alone() as session:
                self._publish(self._index, session, progress)
            return self._index

    def forget_older(self) -> None:
        """Let the server forget an index of an earlier epoch: since then people were erased whose
        words it holds."""
        self.current()

    def _connected(self) -> RemoteIndex:
        # An extra that only such an installation has.
        from matching.remote.index import RemoteIndex

        client, collection = self._client
        return RemoteIndex(client, collection, vocabulary=self._source.vocabulary())

    @cached_property
    def _client(self) -> tuple[QdrantClient, str]:
        from qdrant_client import QdrantClient

        parts = urlsplit(self._url)
        if not parts.hostname:
            return QdrantClient(path=parts.path), COLLECTION
        secure = parts.scheme == "https"
        client = QdrantClient(
            url=f"{'https' if secure else 'http'}://{parts.hostname}",
            port=parts.port or (443 if secure else 6333),
            api_key=parts.username or None,
            timeout=TIMEOUT_SECONDS,
            # It would ask the server at once, and only warn where that is silent.
            check_compatibility=False,
        )
        return client, parts.path.strip("/") or COLLECTION

    def _catch_up(self) -> None:
        with _alone() as session:
            epoch, _revision = clock(session)
            if self._index is None or epoch != self._epoch:
                self._index, self._epoch = self._connected(), epoch
            index, standing = self._index, _standing(self._index)
            if standing is None or standing[0] != epoch:
                log.warning("the search index is published anew")
                self._publish(index, session)
                return
            # An index of this epoch made by another version is refused: two versions that run side
            # by side would go on replacing each other's. `reindex` begins a new epoch.
            for revision, profile_id, document in changes_since(standing[1], session, self._source):
                if document is not None:
                    index.upsert(document)
                else:
                    index.remove(profile_id)
                index.mark(f"{epoch}-{revision}")

    def _publish(
        self,
        index: RemoteIndex,
        session: Session,
        progress: Callable[[int, int], None] | None = None,
    ) -> None:
        # The clock is read before the profiles: what changes meanwhile is followed, maybe twice.
        self._epoch, revision = clock(session)
        index.publish(
            lambda: self._source.all(session),
            revision=f"{self._epoch}-{revision}",
            progress=progress,
        )


def _standing(index: RemoteIndex) -> tuple[str, int] | None:
    """Epoch and revision that the server has; None where it holds no index."""
    try:
        epoch, _, revision = index.revision().partition("-")
    except NotPublishedError:
        return None
    return epoch, int(revision)


@contextmanager
def _alone() -> Iterator[Session]:
    """A transaction that no other process has at the same time (PostgreSQL)."""
    with reading() as session:
        session.execute(sa.select(sa.func.pg_advisory_xact_lock(LOCK)))
        yield session
