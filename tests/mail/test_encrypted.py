"""smtps, STARTTLS and the login, against a real server with a certificate of its own."""

from __future__ import annotations

import ssl
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword
from flask import Flask

from bridge import create_app
from bridge.extensions import db
from bridge.mail import transport
from bridge.mail.models import OutboxMail
from bridge.mail.sender import send_waiting
from tests.conftest import make_config
from tests.ports import free_port

USER, PASSWORD = "bridge@example.ru", "pa:ss/w@rd %"
ENCODED = "bridge%40example.ru:pa%3Ass%2Fw%40rd%20%25"


# aiosmtpd does not know that a server may be encrypted from the start.
pytestmark = pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")


@dataclass
class Server:
    """What the server saw: whether each letter came encrypted, and who had signed in."""

    port: int
    letters: list[tuple[bool, Any]] = field(default_factory=list)

    async def handle_DATA(self, _server: Any, session: Any, _envelope: Any) -> str:  # noqa: N802
        self.letters.append((session.ssl is not None or self.always, session.auth_data))
        return "250 OK"

    always: bool = False


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """For `localhost`, made by the test; certificate and key in one file."""
    folder = tmp_path_factory.mktemp("tls")
    target = folder / "both.pem"
    request = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2"
    names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
    files = ["-keyout", str(folder / "key"), "-out", str(target)]
    subprocess.run(["openssl", *request.split(), *names, *files], check=True, capture_output=True)
    with target.open("a") as file:
        file.write((folder / "key").read_text())
    return target


@contextmanager
def serving(certificate: Path, *, smtps: bool) -> Iterator[Server]:
    server = Server(free_port(), always=smtps)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)

    def sign_in(_server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> Any:
        fits = data == LoginPassword(USER.encode(), PASSWORD.encode())
        return AuthResult(success=fits, handled=fits, auth_data=data.login if fits else None)

    controller = Controller(
        server,
        hostname="127.0.0.1",
        port=server.port,
        ssl_context=context if smtps else None,
        tls_context=None if smtps else context,
        require_starttls=not smtps,
        authenticator=sign_in,
        auth_required=True,
        auth_require_tls=not smtps,
    )
    controller.start()
    try:
        yield server
    finally:
        controller.stop()


@contextmanager
def platform(database_url: str, folder: Path, mail_url: str) -> Iterator[Flask]:
    app = create_app(make_config(folder, DATABASE_URL=database_url, MAIL_URL=mail_url))
    with app.app_context():
        db.session.add(
            OutboxMail(recipient="anna@example.ru", subject="А", text="Б\n", message_id="<1@x>")
        )
        db.session.commit()
        yield app
        db.session.rollback()
        db.engine.dispose()


@pytest.fixture(params=["smtps", "smtp"])
def scheme(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """The server counts as one on another machine: there nothing goes unencrypted."""
    monkeypatch.setattr(transport, "_is_loopback", lambda _host: False)


def error() -> str:
    db.session.rollback()
    return db.session.get_one(OutboxMail, 1).error


@pytest.mark.usefixtures("elsewhere")
def test_letters_go_encrypted_and_signed_in(
    database_url: str,
    tmp_path: Path,
    certificate: Path,
    scheme: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with serving(certificate, smtps=scheme == "smtps") as server:
        url = f"{scheme}://{ENCODED}@localhost:{server.port}"
        with platform(database_url, tmp_path, url):
            assert send_waiting() == (1, 0)
    assert server.letters == [(True, USER.encode())]


@pytest.mark.usefixtures("elsewhere")
def test_a_wrong_password_is_tried_again_later_and_not_written_down(
    database_url: str,
    tmp_path: Path,
    certificate: Path,
    scheme: str,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with serving(certificate, smtps=scheme == "smtps") as server:
        url = f"{scheme}://bridge%40example.ru:canary@localhost:{server.port}"
        with platform(database_url, tmp_path, url):
            assert send_waiting() == (0, 1)
            assert error().startswith("535 ")
            assert "canary" not in error() + caplog.text
    assert server.letters == []


@pytest.mark.usefixtures("elsewhere")
def test_a_certificate_that_nobody_vouches_for_gets_neither_letter_nor_password(
    database_url: str, tmp_path: Path, certificate: Path, scheme: str
) -> None:
    with serving(certificate, smtps=scheme == "smtps") as server:
        url = f"{scheme}://{ENCODED}@localhost:{server.port}"
        with platform(database_url, tmp_path, url):
            assert send_waiting() == (0, 1)
            assert error() == "SSLCertVerificationError"
    assert server.letters == []


@pytest.mark.usefixtures("elsewhere")
def test_a_server_without_encryption_gets_no_password(database_url: str, tmp_path: Path) -> None:
    server = Server(free_port())
    controller = Controller(server, hostname="127.0.0.1", port=server.port)
    controller.start()
    try:
        with platform(database_url, tmp_path, f"smtp://{ENCODED}@localhost:{server.port}"):
            assert send_waiting() == (0, 1)
            assert error() == "InsecureServerError"
    finally:
        controller.stop()
    assert server.letters == []
