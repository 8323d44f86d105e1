"""Data that take long to make: made once for all the processes of a run, and copied."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from bridge import create_app
from bridge.config import read_config
from bridge.extensions import db

SECRET = "only-for-tests-0123456789-abcdefghij"


def run_command(environment: dict[str, str], *arguments: str, text: str | None = None) -> str:
    """In this process: a new one would spend seconds on imports."""
    app = create_app(read_config(environment))
    with app.app_context():
        done = app.test_cli_runner().invoke(args=arguments, input=text)
        db.engine.dispose()
    assert done.exit_code == 0, done.output
    return done.output


def made_once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], None]) -> Path:
    """The folder that `make` filled, once for all the processes of this run of the tests."""
    shared = factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent
    folder = shared / name
    with (shared / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "made").exists():
            folder.mkdir()
            make(folder)
            (folder / "made").touch()
    return folder


def base_environment(data_dir: Path) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "HOME": os.environ.get("HOME", "/"),
        "LANG": "C.UTF-8",
        "PYTHONPATH": os.environ.get("PYTHONPATH", ""),
        "DATA_DIR": str(data_dir),
        "SECRET_KEY": SECRET,
        "WORKERS": "2",
    }


def prepare_database(environment: dict[str, str]) -> None:
    run_command(environment, "db", "upgrade")
    run_command(environment, "sync-vocabulary")


@pytest.fixture(scope="session")
def with_vocabulary(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data of an empty platform that knows the vocabulary, on SQLite: to be copied."""
    return made_once(
        tmp_path_factory, "vocabulary", lambda folder: prepare_database(base_environment(folder))
    )


@pytest.fixture(scope="session")
def demo_data(with_vocabulary: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data of the demo university, on SQLite: to be copied."""

    def make(folder: Path) -> None:
        shutil.copy(with_vocabulary / "bridge.db", folder)
        run_command(base_environment(folder) | {"BRIDGE_MODE": "demo"}, "demo")

    return made_once(tmp_path_factory, "demo-university", make)
