"""The log says which request took how long and what broke, and nothing of people."""

from __future__ import annotations

import json
import logging
import shutil
import socket
from collections.abc import Iterator
from datetime import datetime
from io import StringIO
from pathlib import Path

import pytest
from flask import Flask

from bridge.logs import formatter
from bridge.permissions import Permission, requires
from tests.servers import Server, serving

CANARY = "kanareika-77"
PRODUCTION = {
    "BRIDGE_MODE": "production",
    "BASE_URL": "https://bridge.example",
    "MAIL_URL": "smtp://127.0.0.1:9",
    "PROXY_COUNT": "1",
    "WORKERS": "1",
}
PROXIED = {
    "Host": "bridge.example",
    "X-Forwarded-For": "203.0.113.77",
    "X-Forwarded-Host": "bridge.example",
    "X-Forwarded-Proto": "https",
    "X-Request-ID": "0123456789abcdef0123456789abcdef",
    "User-Agent": CANARY,
    "Referer": f"https://{CANARY}.example/",
    "Cookie": f"__Host-bridge={CANARY}; bridge={CANARY}",
}


@pytest.fixture
def server(tmp_path: Path, sqlite_template: Path) -> Iterator[Server]:
    shutil.copy(sqlite_template, tmp_path / "bridge.db")
    with serving(tmp_path, **PRODUCTION) as server:
        yield server


def send_raw(server: Server, content: bytes) -> None:
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as connection:
        connection.sendall(content)
        connection.recv(1000)


def test_a_line_tells_of_the_request_and_nothing_of_the_person(server: Server) -> None:
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = server.get(f"/vacancies?q={CANARY}", **PROXIED)
    assert answer.status == 200
    assert answer.headers["x-request-id"] == PROXIED["X-Request-ID"]
    server.ask("POST", "/sign-in", f"email={CANARY}@x.test&password={CANARY}", PROXIED | form)
    server.get(f"/reset/{CANARY}", **PROXIED)
    server.get(f"/{CANARY}", **PROXIED)
    server.get("/vacancies", **PROXIED | {"Host": f"{CANARY}.example"})
    send_raw(server, f"GET /?{CANARY} NONSENSE\r\n\r\n".encode())
    send_raw(server, f"GET / HTTP/1.1\r\nHost: x\r\n{CANARY} no colon\r\n\r\n".encode())
    # A table that is gone: the statement, its values and the form must stay out.
    database = server.folder / "bridge.db"
    database.rename(server.folder / "gone")
    (server.folder / "bridge.db-wal").unlink(missing_ok=True)
    server.get(f"/vacancies?q={CANARY}", **PROXIED)
    assert server.stop() == 0
    text = server.log()
    for secret in (CANARY, "203.0.113.77", "127.0.0.1"):
        assert secret not in text
    lines = [json.loads(line) for line in text.splitlines()]
    requests = [line for line in lines if line["event"] == "request"]
    found = {(line["method"], line["route"], line["status"]) for line in requests}
    assert {
        ("GET", "/vacancies", 200),
        ("POST", "/sign-in", 400),
        ("GET", "/reset/<token>", 410),
        (None, None, 404),
        (None, None, 400),
    } <= found
    first = next(line for line in requests if line["route"] == "/vacancies")
    assert first["request_id"] == PROXIED["X-Request-ID"]
    assert first["milliseconds"] > 0
    assert first["bytes"] > 1000
    assert datetime.fromisoformat(first["time"]).tzinfo is not None
    assert any(line["event"] == "a request that is not HTTP was refused" for line in lines)


@pytest.fixture
def written() -> Iterator[StringIO]:
    """What the production log of this process gets."""
    stream = StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(formatter(production=True))
    root = logging.getLogger()
    root.addHandler(handler)
    yield stream
    root.removeHandler(handler)


def test_what_broke_is_told_without_its_words(own_app: Flask, written: StringIO) -> None:
    own_app.config["PROPAGATE_EXCEPTIONS"] = False
    own_app.config["WTF_CSRF_ENABLED"] = False

    @own_app.post("/broken")
    @requires(Permission.VIEW_PUBLIC)
    def broken() -> str:
        in_hand = f"{CANARY} in a local variable"
        raise ValueError(in_hand)

    answer = own_app.test_client().post(f"/broken?q={CANARY}", data={"name": CANARY})
    assert answer.status_code == 500
    text = written.getvalue()
    assert CANARY not in text
    (line,) = [json.loads(line) for line in text.splitlines()]
    assert line["level"] == "error"
    assert line["event"] == "unexpected ValueError"
    assert line["frames"][-1].endswith(" broken")
    # The page names the line, so that a person can be helped without telling what they did.
    assert line["request_id"] == answer.headers["X-Request-ID"]
    assert line["request_id"] in answer.text


def test_a_library_that_logs_an_exception_tells_its_kind_only(written: StringIO) -> None:
    plain = logging.StreamHandler(StringIO())
    logger = logging.getLogger("some.library")
    # Whoever formats a record first leaves the words of its exception on it.
    plain.setFormatter(logging.Formatter("%(message)s"))
    logger.addHandler(plain)
    try:
        raise RuntimeError(CANARY)
    except RuntimeError:
        logger.exception("it failed")
    logger.removeHandler(plain)
    line = json.loads(written.getvalue())
    assert (line["event"], line["error"], line["logger"]) == (
        "it failed",
        "RuntimeError",
        "some.library",
    )
    assert CANARY not in written.getvalue()


def test_elsewhere_the_line_is_for_people() -> None:
    record = logging.makeLogRecord(
        {"name": "gunicorn.access", "levelname": "INFO", "msg": "request", "status": 200}
    )
    line = formatter(production=False).format(record)
    assert "request" in line
    assert "status=200" in line
    assert not line.startswith("{")


def test_a_number_from_outside_is_taken_from_a_proxy_alone(app: Flask) -> None:
    given = "0123456789abcdef"
    answer = app.test_client().get("/healthz", headers={"X-Request-ID": given})
    assert answer.headers["X-Request-ID"] != given
    assert len(answer.headers["X-Request-ID"]) == 32
