"""A real browser on the real server: gunicorn with two workers, its mail sender, an SMTP server
that keeps what it receives. On SQLite and on PostgreSQL, with scripts and without."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

from tests.conftest import SECRET, missing
from tests.mail.letters import text_of
from tests.ports import free_port
from tests.postgresql import Cluster

CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
ROOT = Path(__file__).parents[2]


@dataclass
class Mailbox:
    """What the SMTP server received."""

    letters: list[EmailMessage] = field(default_factory=list)

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        letter = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(letter, EmailMessage)
        self.letters.append(letter)
        return "250 OK"

    def wait_for(self, recipient: str, text: str = "", seconds: float = 20) -> EmailMessage:
        """The newest letter to `recipient` that holds `text`; AssertionError if none comes."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            for letter in reversed(self.letters):
                if letter["To"] == recipient and text in text_of(letter) + letter["Subject"]:
                    return letter
            time.sleep(0.1)
        raise AssertionError(f"no letter to {recipient} with {text!r}: {self.summary()}")

    def link(self, recipient: str, path: str) -> str:
        """The address in the newest letter to `recipient` whose path starts with `path`."""
        content = text_of(self.wait_for(recipient, path))
        found = re.search(rf"https?://\S+?{re.escape(path)}\S+", content)
        assert found, content
        return found.group(0)

    def summary(self) -> list[tuple[str, str]]:
        return [(letter["To"], letter["Subject"]) for letter in self.letters]


@dataclass
class Server:
    url: str
    environment: dict[str, str]
    mailbox: Mailbox

    def flask(self, *arguments: str, text: str | None = None) -> str:
        """Run a command of the platform beside the running server."""
        done = subprocess.run(
            [sys.executable, "-m", "flask", "--app", "wsgi", *arguments],
            cwd=ROOT,
            env=self.environment,
            input=text,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


def wait_until_up(url: str, process: subprocess.Popen[str]) -> None:
    for _ in range(300):
        assert process.poll() is None, "the server ended"
        try:
            with urllib.request.urlopen(f"{url}/healthz") as answer:  # noqa: S310  our own server
                assert answer.status == 200
                return
        except OSError:
            time.sleep(0.1)
    raise AssertionError("the server did not come up within 30 s")


@contextmanager
def running(url: str, environment: dict[str, str], log: Path) -> Iterator[None]:
    """The server of production, listening at `url`; its log must tell of nothing unexpected."""
    with log.open("w") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "-c", "python:bridge.gunicorn_config", "wsgi:app"],
            cwd=ROOT,
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
            text=True,
        )
        try:
            wait_until_up(url, process)
            yield
        finally:
            process.terminate()
            process.wait(timeout=20)
    text = log.read_text()
    assert "Traceback" not in text, text
    assert "unexpected" not in text, text


@pytest.fixture(scope="session")
def sqlite_with_vocabulary(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("vocabulary")
    environment = base_environment(folder) | {"DATABASE_URL": f"sqlite:///{folder}/bridge.db"}
    prepare_database(environment)
    return folder / "bridge.db"


def base_environment(data_dir: Path) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "HOME": os.environ.get("HOME", "/"),
        "LANG": "C.UTF-8",
        "DATA_DIR": str(data_dir),
        "SECRET_KEY": SECRET,
    }


def prepare_database(environment: dict[str, str]) -> None:
    for command in (("db", "upgrade"), ("sync-vocabulary",)):
        subprocess.run(
            [sys.executable, "-m", "flask", "--app", "wsgi", *command],
            cwd=ROOT,
            env=environment,
            check=True,
            capture_output=True,
        )


_databases = iter(range(1000))


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def server(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Server]:
    """The platform as it is run in production, on an empty database with the vocabulary."""
    port, smtp_port = free_port(), free_port()
    url = f"http://127.0.0.1:{port}"
    environment = base_environment(tmp_path) | {
        "PORT": str(port),
        "WORKERS": "2",
        "BASE_URL": url,
        "MAIL_URL": f"smtp://127.0.0.1:{smtp_port}",
    }
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("sqlite_with_vocabulary"), tmp_path / "bridge.db")
    else:
        cluster: Cluster = request.getfixturevalue("postgresql")
        environment["DATABASE_URL"] = cluster.create_database(f"browser{next(_databases)}")
        prepare_database(environment)
    mailbox = Mailbox()
    smtp = Controller(mailbox, hostname="127.0.0.1", port=smtp_port)
    smtp.start()
    try:
        with running(url, environment, tmp_path / "server.log"):
            yield Server(url, environment, mailbox)
    finally:
        smtp.stop()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    executable = shutil.which("chromium") or shutil.which("chromium-browser")
    if executable is None:
        missing("the browser Chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=CHROMIUM_ARGUMENTS)
        yield browser
        browser.close()


@dataclass
class Visitor:
    """One person at one browser. Everything that went wrong in it is kept for the end."""

    page: Page
    url: str
    troubles: list[str] = field(default_factory=list)

    def open(self, path: str) -> None:
        self.page.goto(path if path.startswith("http") else self.url + path)

    def watch(self) -> None:
        """Note script errors, answers of 5xx, requests to another host from now on."""
        page = self.page
        page.on("pageerror", lambda error: self.troubles.append(f"script error: {error}"))
        page.on("console", self._note_error)
        page.on(
            "response",
            lambda answer: self._note(answer.status >= 500, f"{answer.status} {answer.url}"),
        )
        page.on(
            "request",
            lambda sent: self._note(
                not sent.url.startswith((self.url, "data:")), f"foreign request: {sent.url}"
            ),
        )

    def _note_error(self, line: ConsoleMessage) -> None:
        """An error of the console; a form sent back (422) or a page refused (403) is none."""
        harmless = re.search(r"status of 4(22|03)\b", line.text)
        self._note(line.type == "error" and not harmless, f"console: {line.text}")

    def _note(self, is_trouble: bool, what: str) -> None:
        if is_trouble:
            self.troubles.append(what)

    def see(self, text: str) -> None:
        self.page.get_by_text(text).first.wait_for()

    def shot(self, name: str) -> None:
        """Keep a picture where SCREENSHOTS names a folder."""
        folder = os.environ.get("SCREENSHOTS")
        if folder:
            self.page.screenshot(path=f"{folder}/{name}.png", full_page=True)


@pytest.fixture(params=["scripts", "no-scripts"])
def scripts(request: pytest.FixtureRequest) -> bool:
    return bool(request.param == "scripts")


@pytest.fixture
def visitors(server: Server, chromium: Browser, scripts: bool) -> Iterator[Any]:
    """Makes visitors, each with cookies of their own: `visitors()`; checks at the end that no page
    had a script error, a refused resource, an answer of 5xx or a request to another host."""
    made: list[Visitor] = []

    def make(locale: str = "ru-RU", width: int = 1440, height: int = 900) -> Visitor:
        context = chromium.new_context(
            java_script_enabled=scripts,
            locale=locale,
            viewport={"width": width, "height": height},
        )
        context.set_default_timeout(15_000)
        visitor = Visitor(context.new_page(), server.url)
        visitor.watch()
        made.append(visitor)
        return visitor

    yield make
    for number, visitor in enumerate(made):
        visitor.shot(f"last-{number}")
        visitor.page.context.close()
    assert [trouble for visitor in made for trouble in visitor.troubles] == []
