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
        # that of the change log as of which the vocabulary was read
        self._read_as_of = 0

    def current(self) -> RemoteIndex:
        """The index, as new as the last commit."""
        with self._lock:
            with reading() as session:
                epoch, revision = clock(session)
                index = self._connected(session, epoch, revision)
            if _standing(index) != (epoch, revision):
                index = self._catch_up()
            return index

    def rebuild(self, progress: Callable[[int, int], None] | None = None) -> RemoteIndex:
        """Fit the index to all profiles and publish it anew.

        progress: called with (documents read, documents in all).
        """
        begin_epoch()
        with self._lock:
            with _alone() as session:
                index = self._connected(session, *clock(session))
                self._publish(index, session, progress)
            return index

    def forget_older(self) -> None:
        """Let the server forget an index of an earlier epoch: since then people were erased whose
        words it holds."""
        self.current()

    def _connected(self, session: Session, epoch: str, revision: int) -> RemoteIndex:
        """The index, which reads queries with the vocabulary of this moment."""
        # An extra that only such an installation has.
        from matching.remote.index import RemoteIndex

        if self._index is None or (epoch, revision) != (self._epoch, self._read_as_of):
            vocabulary = self._source.vocabulary(session)
            if self._index is None:
                self._index = RemoteIndex(
                    *self._client, vocabulary=vocabulary, made_with=self._source.version()
                )
            elif vocabulary is not self._index.vocabulary:
                self._index.use(vocabulary)
            self._epoch, self._read_as_of = epoch, revision
        return self._index

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

    def _catch_up(self) -> RemoteIndex:
        with _alone() as session:
            epoch, present = clock(session)
            index = self._connected(session, epoch, present)
            standing = _standing(index)
            if standing is None or standing[0] != epoch:
                log.warning("the search index is published anew")
                self._publish(index, session)
                return index
            # An index of this epoch made by another version is refused: two versions that run side
            # by side would go on replacing each other's. `reindex` begins a new epoch.
            reached = standing[1]
            for revision, profile_id, document in changes_since(reached, session, self._source):
                if document is not None:
                    index.upsert(document)
                else:
                    index.remove(profile_id)
                index.mark(f"{epoch}-{revision}")
                reached = revision
            # A decision about the vocabulary raises the revision and changes no profile.
            if reached < present:
                index.mark(f"{epoch}-{present}")
            return index

    def _publish(
        self,
        index: RemoteIndex,
        session: Session,
        progress: Callable[[int, int], None] | None = None,
    ) -> None:
        # The clock is read before the profiles: what changes meanwhile is followed, maybe twice.
        epoch, revision = clock(session)
        index.publish(
            lambda: self._source.all(session), revision=f"{epoch}-{revision}", progress=progress
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
