"""A thread of the server's own that does something again and again."""

from __future__ import annotations

import atexit
import logging
import threading
from collections.abc import Callable

from flask import Flask

log = logging.getLogger("bridge.background")


class Repeater:
    """Calls `work` in an application context, then waits, until it is told to stop."""

    def __init__(
        self, app: Flask, name: str, work: Callable[[], object], pause_seconds: float
    ) -> None:
        self.app = app
        self.work = work
        self.pause_seconds = pause_seconds
        self._failing: str | None = None
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self.run, name=name, daemon=True)

    def start(self) -> None:
        """Run beside the requests until the process ends."""
        atexit.register(self.stop)
        self._thread.start()

    def stop(self) -> None:
        """Finish what is in hand; may be called twice."""
        self._stopping.set()
        if self._thread.is_alive() and self._thread is not threading.current_thread():
            self._thread.join(timeout=10)

    def run(self) -> None:
        while not self._stopping.is_set():
            with self.app.app_context():
                try:
                    self.work()
                    self._note(None)
                except Exception as error:
                    # The database is away or full: what waits stays in it, and the thread lives.
                    self._note(error)
            self._stopping.wait(self.pause_seconds)

    def _note(self, error: Exception | None) -> None:
        """Log how it goes when that changes: a database that is away for an hour must not fill the
        log. Only the kind is logged: a text may repeat an address."""
        before, self._failing = self._failing, None if error is None else type(error).__name__
        if self._failing not in (None, before):
            log.warning("%s failed: %s", self._thread.name, self._failing)
        elif before is not None and error is None:
            log.warning("%s works again", self._thread.name)
