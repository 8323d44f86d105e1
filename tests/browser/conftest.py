"""A real browser on the real server: gunicorn with two workers, its mail sender, an SMTP server
that keeps what it receives. A journey is lived through twice: on SQLite with scripts, and on
PostgreSQL without. What a page does is the same on both databases (the other tests prove that), so
each of the two stands for both."""

from __future__ import annotations

import os
import re
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

from bridge import create_app
from bridge.config import read_config
from bridge.extensions import db
from tests.conftest import missing
from tests.mail.letters import text_of
from tests.ports import free_port
from tests.postgresql import Cluster
from tests.prepared import base_environment, prepare_database, run_command
from tests.servers import serving

CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


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
        return run_command(self.environment, *arguments, text=text)

    @contextmanager
    def beside(self) -> Iterator[None]:
        """The same database, read and written beside the running server."""
        with create_app(read_config(self.environment)).app_context():
            yield
            db.session.commit()
            db.engine.dispose()


@contextmanager
def running(folder: Path, environment: dict[str, str]) -> Iterator[None]:
    """The server of production at the PORT of its environment; its log must tell of nothing
    unexpected."""
    with serving(folder, **environment) as server:
        yield
        # At once, workers and all: ending in good order is tested elsewhere.
        server.kill()
    text = server.log()
    assert "Traceback" not in text, text
    assert "unexpected" not in text, text
    assert "[error]" not in text, text


@pytest.fixture(scope="session")
def postgresql_with_vocabulary(
    postgresql: Cluster, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[], str]:
    """Makes databases of an empty platform that knows the vocabulary; gives the address of each."""
    folder = tmp_path_factory.mktemp("vocabulary-postgresql")
    url = postgresql.create_database("vocabulary")
    prepare_database(base_environment(folder) | {"DATABASE_URL": url})
    numbers = iter(range(1000))
    return lambda: postgresql.create_database(f"browser{next(numbers)}", template="vocabulary")


@dataclass(frozen=True)
class Mode:
    database: str
    scripts: bool


@pytest.fixture(
    params=[
        pytest.param(Mode("sqlite", scripts=True), id="sqlite-scripts"),
        pytest.param(
            Mode("postgresql", scripts=False),
            id="postgresql-no-scripts",
            marks=pytest.mark.postgresql,
        ),
    ]
)
def mode(request: pytest.FixtureRequest) -> Mode:
    found: Mode = request.param
    return found


@pytest.fixture
def scripts(mode: Mode) -> bool:
    return mode.scripts


@pytest.fixture
def server(request: pytest.FixtureRequest, mode: Mode, tmp_path: Path) -> Iterator[Server]:
    """The platform as it is run in production, on an empty database with the vocabulary."""
    port, smtp_port = free_port(), free_port()
    url = f"http://127.0.0.1:{port}"
    environment = base_environment(tmp_path) | {
        "PORT": str(port),
        "BASE_URL": url,
        "MAIL_URL": f"smtp://127.0.0.1:{smtp_port}",
    }
    if mode.database == "sqlite":
        shutil.copy(request.getfixturevalue("with_vocabulary") / "bridge.db", tmp_path)
    else:
        environment["DATABASE_URL"] = request.getfixturevalue("postgresql_with_vocabulary")()
    mailbox = Mailbox()
    smtp = Controller(mailbox, hostname="127.0.0.1", port=smtp_port)
    smtp.start()
    try:
        with running(tmp_path, environment):
            yield Server(url, environment, mailbox)
    finally:
        smtp.stop()


@pytest.fixture(scope="module")
def university(demo_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The demo university on SQLite; whoever may sign in there is in its `people` module."""
    folder, port = tmp_path_factory.mktemp("university") / "data", free_port()
    shutil.copytree(demo_data, folder)
    environment = base_environment(folder) | {"BRIDGE_MODE": "demo", "PORT": str(port)}
    url = f"http://127.0.0.1:{port}"
    with running(folder, environment):
        yield Server(url, environment, Mailbox())


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
        """An error of the console; a form sent back (422), a page refused (403) or somebody who was
        faster (409) is none."""
        harmless = re.search(r"status of 4(22|03|09)\b", line.text)
        self._note(line.type == "error" and not harmless, f"console: {line.text}")

    def _note(self, is_trouble: bool, what: str) -> None:
        if is_trouble:
            self.troubles.append(what)

    def see(self, text: str) -> None:
        """Wait until `text` can be read."""
        self.page.get_by_text(text).filter(visible=True).first.wait_for()

    def shot(self, name: str) -> None:
        """Keep a picture where SCREENSHOTS names a folder."""
        folder = os.environ.get("SCREENSHOTS")
        if folder:
            self.page.screenshot(path=f"{folder}/{name}.png", full_page=True)


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
        context.set_default_timeout(30_000)
        visitor = Visitor(context.new_page(), server.url)
        visitor.watch()
        made.append(visitor)
        return visitor

    yield make
    for number, visitor in enumerate(made):
        visitor.shot(f"last-{number}")
        visitor.page.context.close()
    assert [trouble for visitor in made for trouble in visitor.troubles] == []
