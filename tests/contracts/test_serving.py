"""The server as production starts it: it answers, logs nothing of people, ends cleanly."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from bridge import create_app
from bridge.extensions import alembic, db
from bridge.gunicorn_config import without_secrets
from tests.conftest import SECRET, make_config
from tests.ports import free_port

ROOT = Path(__file__).parents[2]
STARTING_SECONDS = 60
TOKEN = "tOkEn-0123456789-abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True, slots=True)
class Server:
    process: subprocess.Popen[str]
    address: str
    access_log: Path


def status(url: str) -> int:
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:  # noqa: S310
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    app = create_app(make_config(tmp_path))
    with app.app_context():
        alembic.upgrade()
        db.engine.dispose()
    port = free_port()
    environment = {
        "PATH": os.environ["PATH"],
        "PORT": str(port),
        "DATA_DIR": str(tmp_path),
        "SECRET_KEY": SECRET,
        "ACCESS_LOG": str(tmp_path / "access.log"),
    }
    command = [sys.executable, "-m", "gunicorn", "-c", "python:bridge.gunicorn_config", "wsgi:app"]
    process = subprocess.Popen(
        command, cwd=ROOT, env=environment, stderr=subprocess.PIPE, text=True, process_group=0
    )
    address = f"http://127.0.0.1:{port}"
    try:
        wait_until_answered(f"{address}/healthz", process)
        yield Server(process, address, tmp_path / "access.log")
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


def wait_until_answered(url: str, process: subprocess.Popen[str]) -> None:
    end = time.monotonic() + STARTING_SECONDS
    while time.monotonic() < end:
        assert process.poll() is None, process.stderr and process.stderr.read()
        try:
            assert status(url) == 200
        except urllib.error.URLError:
            time.sleep(0.1)
        else:
            return
    pytest.fail("the server does not answer")


def test_it_ends_cleanly_and_its_log_tells_nothing_of_people(server: Server) -> None:
    assert status(f"{server.address}/vacancies?q=Ivanova") == 200
    status(f"{server.address}/reset/{TOKEN}")
    server.process.send_signal(signal.SIGTERM)
    _, errors = server.process.communicate(timeout=30)
    assert server.process.returncode == 0
    assert errors == ""
    log = server.access_log.read_text()
    assert "GET /vacancies 200" in log
    assert "GET /reset/… " in log
    for secret in ("Ivanova", TOKEN, "127.0.0.1", "Python-urllib"):
        assert secret not in log


def test_no_second_group_of_processes_is_left(server: Server) -> None:
    server.process.send_signal(signal.SIGINT)
    server.process.communicate(timeout=30)
    with pytest.raises(ProcessLookupError):
        os.killpg(server.process.pid, 0)


@pytest.mark.parametrize(
    ("path", "kept"),
    [
        ("/", "/"),
        ("/hr/vacancies/12/candidates/J76L9", "/hr/vacancies/12/candidates/J76L9"),
        (f"/confirm/{TOKEN}", "/confirm/…"),
        (f"/invitation/{TOKEN}/", "/invitation/…/"),
        ("/anna@example.com", "/…"),
        ("/Иванова", "/…"),
        ("/x\n[now] GET /forged", "/…/forged"),
    ],
)
def test_single_use_links_and_what_was_typed_are_cut_from_paths(path: str, kept: str) -> None:
    assert without_secrets(path) == kept
