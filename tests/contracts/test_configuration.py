"""Settings: production refuses what is insecure in a sentence; the embedded default needs none."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from bridge.config import ConfigurationError, read_config
from tests.conftest import SECRET

ROOT = Path(__file__).parents[2]
GOOD = {
    "BRIDGE_MODE": "production",
    "SECRET_KEY": SECRET,
    "BASE_URL": "https://bridge.example",
    "MAIL_URL": "smtp://mail.example:587",
    "DATABASE_URL": "postgresql://bridge:hunter2@db.example/bridge",
}


def test_production_starts_with_all_it_needs(tmp_path: Path) -> None:
    config = read_config(GOOD | {"DATA_DIR": str(tmp_path)})
    assert config.database_url.drivername == "postgresql+psycopg"
    assert config.trusted_hosts == ("bridge.example",)
    settings = config.to_flask()
    assert settings["SESSION_COOKIE_SECURE"] is True
    # What the prefix asks for: browsers refuse the cookie otherwise.
    assert settings["SESSION_COOKIE_NAME"] == "__Host-bridge"
    assert "SESSION_COOKIE_DOMAIN" not in settings
    assert "SESSION_COOKIE_PATH" not in settings


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"SECRET_KEY": ""}, "needs SECRET_KEY"),
        ({"SECRET_KEY": "secret"}, "too easy to guess"),
        ({"SECRET_KEY": "a" * 64}, "too easy to guess"),
        ({"MAIL_URL": "file"}, "needs MAIL_URL"),
        ({"MAIL_URL": "http://mail.example"}, "smtp://"),
        ({"MAIL_URL": "smtp://bridge:%D0%BF@mail.example"}, "must be ASCII"),
        ({"BASE_URL": "bridge.example"}, "full address"),
        ({"BASE_URL": "http://bridge.example"}, "needs https"),
        ({"DATABASE_URL": "mysql://db/bridge"}, "postgresql://"),
        ({"DATABASE_URL": "nonsense"}, "not a database URL"),
        ({"BRIDGE_MODE": "prod"}, "one of local, demo, production"),
        ({"PROXY_COUNT": "many"}, "whole number"),
        ({"TIME_ZONE": "Mars"}, "such as Europe/Moscow"),
        ({"TIME_ZONE": "../etc/passwd"}, "such as Europe/Moscow"),
        ({"TIME_ZONE": ""}, "such as Europe/Moscow"),
        ({"TRUSTED_HOSTS": "https://bridge.example"}, "hosts alone"),
        ({"MAIL_FROM": "Мост"}, "MAIL_FROM must be an address"),
        ({"MAIL_FROM": "bridge@"}, "MAIL_FROM must be an address"),
    ],
)
def test_what_is_insecure_or_wrong_is_refused(
    tmp_path: Path, change: dict[str, str], message: str
) -> None:
    with pytest.raises(ConfigurationError, match=message):
        read_config(GOOD | {"DATA_DIR": str(tmp_path)} | change)


def test_production_may_be_tried_out_on_the_machine_itself(tmp_path: Path) -> None:
    here = {"BASE_URL": "http://127.0.0.1:8000", "DATA_DIR": str(tmp_path)}
    assert not read_config(GOOD | here).is_https


def test_production_needs_the_address_that_people_type(tmp_path: Path) -> None:
    without = {name: value for name, value in GOOD.items() if name != "BASE_URL"}
    with pytest.raises(ConfigurationError, match="needs BASE_URL"):
        read_config(without | {"DATA_DIR": str(tmp_path)})


def test_no_error_repeats_the_password_of_the_database(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError) as caught:
        read_config(GOOD | {"DATABASE_URL": "oracle://bridge:hunter2@db/x"})
    assert "hunter2" not in str(caught.value)


def test_the_default_makes_one_secret_readable_by_its_owner(tmp_path: Path) -> None:
    environment = {"DATA_DIR": str(tmp_path)}
    with ThreadPoolExecutor(8) as pool:
        secrets = {config.secret_key for config in pool.map(read_config, [environment] * 8)}
    assert len(secrets) == 1
    assert len(secrets.pop()) == 64
    assert (tmp_path / "secret-key").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["secret-key"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"PORT": "99999"}, "PORT must be a whole number from 1 to 65535"),
        ({"WORKERS": "two"}, "WORKERS must be a whole number"),
        ({"WORKERS": "0"}, "WORKERS must be a whole number"),
        ({"DATA_DIR": "/dev/null/data"}, "DATA_DIR (/dev/null/data) cannot be made"),
    ],
)
def test_the_server_names_the_setting_it_cannot_start_with(
    tmp_path: Path, change: dict[str, str], message: str
) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "gunicorn", "-c", "python:bridge.gunicorn_config", "wsgi:app"],
        cwd=ROOT,
        env=GOOD | {"DATA_DIR": str(tmp_path), "PATH": ""} | change,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert f"Bridge does not start. {message}" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "command",
    [
        ["gunicorn", "-c", "python:bridge.gunicorn_config", "wsgi:app"],
        ["flask", "--app", "wsgi", "db", "current"],
    ],
)
def test_the_administrator_reads_one_sentence(tmp_path: Path, command: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", *command],
        cwd=ROOT,
        env={"BRIDGE_MODE": "production", "DATA_DIR": str(tmp_path), "PATH": ""},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert "Production needs SECRET_KEY" in done.stderr
    assert "Traceback" not in done.stderr
