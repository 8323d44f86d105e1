"""The server as production starts it: it answers, logs nothing of people, ends cleanly, takes a new
version without a failed request."""

from __future__ import annotations

import os
import shutil
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.servers import ROOT, Server, serving


@pytest.fixture
def folder(tmp_path: Path, sqlite_template: Path) -> Path:
    folder = tmp_path / "data"
    folder.mkdir()
    shutil.copy(sqlite_template, folder / "bridge.db")
    return folder


def test_it_ends_cleanly_and_leaves_nothing(folder: Path) -> None:
    with serving(folder, WORKERS="1") as server:
        assert server.get("/vacancies").status == 200
        assert server.stop() == 0
        assert (folder / "errors.log").read_text() == ""
        with pytest.raises(ProcessLookupError):
            os.killpg(server.process.pid, 0)


def wait_for(condition: Callable[[], bool], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it does not come"
        time.sleep(0.05)


def copied_program(target: Path) -> Path:
    """A checkout of its own, to be changed."""
    shutil.copytree(
        ROOT / "platform", target / "platform", ignore=shutil.ignore_patterns("__pycache__")
    )
    for name in ("templates", "static", "matching", "wsgi.py"):
        (target / name).symlink_to(ROOT / name)
    return target


def test_a_reload_takes_a_new_version_and_fails_no_request(folder: Path, tmp_path: Path) -> None:
    program = copied_program(tmp_path / "program")
    views = program / "platform" / "bridge" / "web" / "views.py"
    statuses: list[object] = []
    seen: list[str] = []
    stop = threading.Event()

    def ask(server: Server) -> None:
        while not stop.is_set():
            try:
                answer = server.get("/healthz")
                statuses.append(answer.status)
                seen.append(answer.text)
                statuses.append(server.get("/vacancies").status)
            except OSError as error:
                statuses.append(repr(error))

    with serving(folder, program=program, WORKERS="1") as server:
        old = set(server.workers)
        askers = [threading.Thread(target=ask, args=(server,)) for _ in range(4)]
        for asker in askers:
            asker.start()
        try:
            wait_for(lambda: len(statuses) >= 8)
            views.write_text(views.read_text().replace('return "ok\\n"', 'return "newer\\n"'))
            server.signal(signal.SIGHUP)
            wait_for(lambda: old.isdisjoint(server.workers) and "newer\n" in seen)
        finally:
            stop.set()
            for asker in askers:
                asker.join(30)
        assert server.get("/healthz").text == "newer\n"
    assert set(statuses) == {200}
    assert set(seen) == {"ok\n", "newer\n"}
