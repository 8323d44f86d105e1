"""The platform served by gunicorn as in production, for tests that need its processes."""

from __future__ import annotations

import http.client
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

import psutil
import pytest

from tests.conftest import SECRET
from tests.ports import free_port

ROOT = Path(__file__).parents[1]
STARTING_SECONDS = 180
TIMEOUT_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: dict[str, str]
    text: str


@dataclass(frozen=True, slots=True)
class Server:
    process: subprocess.Popen[bytes]
    port: int
    folder: Path

    def get(self, path: str, **headers: str) -> Answer:
        return self.ask("GET", path, headers=headers)

    def ask(
        self, method: str, path: str, body: str = "", headers: dict[str, str] | None = None
    ) -> Answer:
        """One request on a connection of its own; OSError where nobody answers."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=TIMEOUT_SECONDS)
        try:
            connection.request(method, path, body.encode() or None, headers or {})
            found = connection.getresponse()
            text = found.read().decode("utf-8", "replace")
            return Answer(found.status, {k.lower(): v for k, v in found.getheaders()}, text)
        except http.client.HTTPException as error:
            raise ConnectionError(repr(error)) from error
        finally:
            connection.close()

    def post_form(
        self, path: str, fields: Mapping[str, Sequence[str]], headers: dict[str, str]
    ) -> Answer:
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        return self.ask("POST", path, urlencode(fields, doseq=True), headers | form)

    @property
    def workers(self) -> list[int]:
        """The process numbers of the workers."""
        return [child.pid for child in psutil.Process(self.process.pid).children()]

    def log(self) -> str:
        """Everything it has written so far."""
        names = ("requests.log", "errors.log")
        return "".join((self.folder / name).read_text() for name in names)

    def signal(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    def kill(self) -> None:
        """At once, workers and all; nothing happens where it has ended."""
        if self.process.poll() is None:
            for child in psutil.Process(self.process.pid).children(recursive=True):
                child.kill()
            self.process.kill()
        self.process.wait()

    def stop(self) -> int:
        """Let it end by itself; its exit status."""
        self.signal(signal.SIGTERM)
        return self.process.wait(timeout=TIMEOUT_SECONDS)


@contextmanager
def serving(
    folder: Path,
    *options: str,
    program: Path = ROOT,
    application: str = "wsgi:app",
    **environment: str,
) -> Iterator[Server]:
    """A server on a port of the loopback interface until the block ends, a free one unless the
    environment names it. Its data lie in `folder`, where the database must be migrated already.

    options: of gunicorn.
    program: the checkout that it runs.
    """
    values = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": f"{program / 'platform'}:{program}",
        "PORT": str(free_port()),
        "DATA_DIR": str(folder),
        "SECRET_KEY": SECRET,
        "ACCESS_LOG": str(folder / "requests.log"),
    } | environment
    command = [sys.executable, "-m", "gunicorn", "-c", "python:bridge.gunicorn_config"]
    command += [*options, application]
    with (folder / "errors.log").open("wb") as errors:
        process = subprocess.Popen(command, cwd=program, env=values, stderr=errors, process_group=0)
    server = Server(process, int(values["PORT"]), folder)
    try:
        wait_until_answered(server)
        yield server
    finally:
        server.kill()


def wait_until_answered(server: Server, seconds: float = STARTING_SECONDS) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if server.process.poll() is not None:
            pytest.fail((server.folder / "errors.log").read_text())
        try:
            server.get("/healthz")
        except OSError:
            time.sleep(0.05)
        else:
            return
    pytest.fail("the server does not answer")
