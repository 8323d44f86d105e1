"""The index of published profiles that each process keeps, and how it follows the database.

The database is the truth. A process makes its index at the first search, from a snapshot or from
all profiles, and before every search takes in what the change log holds since: so an edit shows in
the next search of whichever worker answers.
"""

from __future__ import annotations

import logging
import shutil
import threading
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from sqlalchemy.orm import Session

from bridge.database import reading
from bridge.metrics import INDEX_REVISION
from bridge.search.changes import Source, begin_epoch, changes_since, clock
from matching import Document, Index, SnapshotError, Vocabulary

# The latent space and the mean length are those of the last refresh: refresh after this share of
# the profiles was edited, but not for every few.
REFRESH_SHARE = 0.05
REFRESH_LEAST = 20

log = logging.getLogger(__name__)


class LiveIndex:
    """An index, the revision of the database that it stands for, and the way onwards. All methods
    need an application context; any thread may call them."""

    def __init__(self, source: Source, folder: Path) -> None:
        self._source = source
        self._folder = folder
        self._lock = threading.Lock()
        self._index: Index | None = None
        self._refreshing: threading.Thread | None = None
        self.epoch = ""
        self.revision = 0

    def current(self) -> Index:
        """The index, as new as the last commit."""
        with self._lock:
            with reading() as session:
                epoch, revision = clock(session)
                index = self._present(epoch, revision)
                if index is None:
                    vocabulary = self._source.vocabulary(session)
                    index = self._loaded(epoch, revision, vocabulary)
                    if index is None:
                        index = self._built(session, vocabulary)
                if revision > self.revision:
                    self._follow(session, index)
                    # A decision about the vocabulary raises the revision and changes no profile.
                    # Not the request's own session, which may see less than the clock's.
                    vocabulary = self._source.vocabulary(session)
                    if vocabulary is not index.vocabulary:
                        index.use(vocabulary)
                    self.revision = max(self.revision, revision)
            INDEX_REVISION.set(self.revision)
            self._refresh_if_due(index)
            return index

    def rebuild(self, progress: Callable[[int, int], None] | None = None) -> Index:
        """Make the index from all profiles and save a snapshot for the processes to come.

        A new epoch begins, so that no process goes on with what it knows: after the restoration of
        a backup the clock passes for a second time the revisions that others have followed.
        progress: called with (documents read, documents in all).
        """
        begin_epoch()
        with self._lock, reading() as session:
            index = self._built(session, self._source.vocabulary(session), progress)
            name = f"{self.epoch}-{self.revision:012d}"
            self._folder.mkdir(parents=True, exist_ok=True)
            index.save(self._folder / name)
            for older in self._folder.iterdir():
                if older.name != name:
                    shutil.rmtree(older, ignore_errors=True)
            return index

    def forget_older(self) -> None:
        """Delete what indexes of earlier epochs have left in memory and on disk: since then people
        were erased whose words they hold."""
        with reading() as session:
            epoch, _revision = clock(session)
        with self._lock:
            if self.epoch != epoch:
                self._index = None
            for path in self._folder.iterdir() if self._folder.is_dir() else ():
                if not path.name.startswith(epoch):
                    shutil.rmtree(path, ignore_errors=True)

    def _present(self, epoch: str, revision: int) -> Index | None:
        """The index at hand, if it was made from the database that is there now."""
        if self._index is not None and (epoch != self.epoch or revision < self.revision):
            log.warning("the database was replaced: the search index is made anew")
            self._index = None
        return self._index

    def _loaded(self, epoch: str, revision: int, vocabulary: Vocabulary | None) -> Index | None:
        """The newest usable snapshot of this database."""
        for path in sorted(self._folder.glob(f"{epoch}-*"), reverse=True):
            number = path.name.removeprefix(f"{epoch}-")
            if not number.isdecimal() or int(number) > revision:
                continue
            try:
                self._index = Index.load(path, vocabulary=vocabulary)
            except SnapshotError as error:
                log.warning("the search snapshot %s is not used: %s", path.name, error)
                continue
            self.epoch, self.revision = epoch, int(number)
            return self._index
        return None

    def _built(
        self,
        session: Session,
        vocabulary: Vocabulary | None,
        progress: Callable[[int, int], None] | None = None,
    ) -> Index:
        # The clock is read before the profiles: what changes meanwhile is followed, maybe twice.
        self.epoch, self.revision = clock(session)
        documents = _counted(self._source.all(session), self._source.count(session), progress)
        self._index = Index(documents, vocabulary=vocabulary)
        return self._index

    def _follow(self, session: Session, index: Index) -> None:
        for revision, profile_id, document in changes_since(self.revision, session, self._source):
            if document is not None:
                index.upsert(document)
            else:
                index.remove(profile_id)
            self.revision = revision

    def _refresh_if_due(self, index: Index) -> None:
        """Fold the edits in, in the background: searches and edits go on meanwhile."""
        due = index.edits >= max(REFRESH_LEAST, REFRESH_SHARE * len(index))
        if due and (self._refreshing is None or not self._refreshing.is_alive()):
            self._refreshing = threading.Thread(target=index.refresh, daemon=True)
            self._refreshing.start()


def _counted(
    documents: Iterable[Document], total: int, progress: Callable[[int, int], None] | None
) -> Iterator[Document]:
    for number, document in enumerate(documents, start=1):
        yield document
        if progress:
            progress(number, total)
