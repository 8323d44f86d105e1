"""Every setting, read from the environment once.

Three modes: `production` refuses to start with anything insecure; `demo` is the university we
made up, with accounts whose passwords everybody knows; `local`, the default, is one machine with
a secret of its own making, where demo accounts cannot sign in.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parseaddr
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import click
from sqlalchemy import URL, make_url

MODES = ("local", "demo", "production")
SECRET_MIN_LENGTH = 32


class ConfigurationError(click.ClickException):
    """A setting is missing or insecure; the message says which and what to do. A command prints
    just that."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """Settings of one running instance. Paths are absolute, durations are seconds."""

    mode: str
    data_dir: Path
    database_url: URL
    secret_key: str
    base_url: str
    trusted_hosts: tuple[str, ...]
    mail_url: str
    mail_from: str
    mail_unsubscribe: str
    proxy_count: int
    time_zone: str
    university_ru: str
    university_en: str
    # address of the Dask scheduler that shares out the nightly batch; empty: this process does it
    dask_scheduler: str = ""
    # address of the Qdrant server that holds the search index; empty: each process has its own
    search_url: str = ""
    group_least: int = 20
    # whoever reads the metrics must send it; empty: only from this machine
    metrics_token: str = ""
    # whether accounts of staff and administrators must have a second factor
    second_factor_required: bool = False
    # hours without a request after which one is signed out; who sees the data of others sooner
    idle_hours: int = 72
    staff_idle_hours: int = 12
    testing: bool = False

    @property
    def is_demo(self) -> bool:
        return self.mode == "demo"

    @property
    def is_https(self) -> bool:
        return self.base_url.startswith("https://")

    def to_flask(self) -> dict[str, Any]:
        """The same settings under the names that Flask and its extensions read."""
        return {
            "BRIDGE": self,
            "TESTING": self.testing,
            "SECRET_KEY": self.secret_key,
            "TRUSTED_HOSTS": list(self.trusted_hosts) or None,
            # With this prefix browsers take it from this very host alone, over https.
            "SESSION_COOKIE_NAME": "__Host-bridge" if self.is_https else "bridge",
            "SESSION_COOKIE_HTTPONLY": True,
            "SESSION_COOKIE_SAMESITE": "Lax",
            "SESSION_COOKIE_SECURE": self.is_https,
            "PERMANENT_SESSION_LIFETIME": 14 * 24 * 3600,
            # A form left open over a weekend must still be accepted; the token is bound to the
            # session, which ends by itself.
            "WTF_CSRF_TIME_LIMIT": None,
            "SEND_FILE_MAX_AGE_DEFAULT": 365 * 24 * 3600,
            # No page takes files; the longest form holds a few texts of some thousand characters.
            "MAX_CONTENT_LENGTH": 1024 * 1024,
            "BABEL_DEFAULT_LOCALE": "ru",
            "BABEL_DEFAULT_TIMEZONE": self.time_zone,
            "SQLALCHEMY_ENGINES": {"default": engine_options(self.database_url)},
        }


def read_config(environment: Mapping[str, str] | None = None) -> Config:
    """Read and check the settings; raise ConfigurationError on the first that will not do."""
    env = os.environ if environment is None else environment
    mode = env.get("BRIDGE_MODE", "local")
    if mode not in MODES:
        raise ConfigurationError(f"BRIDGE_MODE must be one of {', '.join(MODES)}, not {mode!r}.")
    data_dir = Path(env.get("DATA_DIR", "data")).absolute()
    port = env.get("PORT", "8000")
    base_url = env.get("BASE_URL", f"http://127.0.0.1:{port}").rstrip("/")
    if urlsplit(base_url).scheme not in ("http", "https") or not urlsplit(base_url).hostname:
        raise ConfigurationError("BASE_URL must be a full address such as https://bridge.example.")
    config = Config(
        mode=mode,
        data_dir=data_dir,
        database_url=_database_url(env.get("DATABASE_URL"), data_dir),
        secret_key=_secret_key(env.get("SECRET_KEY"), mode, data_dir),
        base_url=base_url,
        trusted_hosts=_trusted_hosts(env.get("TRUSTED_HOSTS", ""), base_url),
        mail_url=_mail_url(env.get("MAIL_URL", "file"), mode),
        mail_from=_mail_from(env.get("MAIL_FROM", f"bridge@{urlsplit(base_url).hostname}")),
        mail_unsubscribe=env.get("MAIL_UNSUBSCRIBE", ""),
        proxy_count=_whole_number(env, "PROXY_COUNT", 0),
        time_zone=_time_zone(env.get("TIME_ZONE", "Europe/Moscow")),
        university_ru=env.get("UNIVERSITY_RU", "Технологический университет имени А. А. Леонова"),
        university_en=env.get("UNIVERSITY_EN", "Leonov University of Technology"),
        dask_scheduler=_dask_scheduler(env.get("DASK_SCHEDULER", "")),
        search_url=_search_url(env.get("SEARCH_URL", "")),
        group_least=_whole_number(env, "GROUP_LEAST", 20),
        metrics_token=_metrics_token(env.get("METRICS_TOKEN", "")),
        second_factor_required=_second_factor(env.get("SECOND_FACTOR"), mode),
        idle_hours=_hours(env, "IDLE_HOURS", 72),
        staff_idle_hours=_hours(env, "STAFF_IDLE_HOURS", 12),
    )
    if config.search_url and config.database_url.get_backend_name() != "postgresql":
        raise ConfigurationError(
            "SEARCH_URL is for several machines, and SQLite is for one: set DATABASE_URL too."
        )
    if mode == "production" and "BASE_URL" not in env:
        raise ConfigurationError("Production needs BASE_URL: the address that people type.")
    if mode == "production" and not config.is_https and not _is_this_machine(base_url):
        raise ConfigurationError(
            "Production needs https in BASE_URL: passwords would travel in clear."
        )
    return config


def _is_this_machine(base_url: str) -> bool:
    """To try the server out before a proxy stands in front of it."""
    return urlsplit(base_url).hostname in ("localhost", "127.0.0.1", "::1")


def engine_options(url: URL) -> dict[str, Any]:
    """Options of `create_engine`. SQLite is driven by pysqlite3: its SQLite is newer than
    Debian 12's, which has the WAL-reset fault. Parameters are personal: no error repeats them."""
    if url.get_backend_name() == "sqlite":
        import pysqlite3.dbapi2

        options = {"module": pysqlite3.dbapi2, "connect_args": {"timeout": 30}}
    else:
        options = {"pool_pre_ping": True, "pool_size": 5, "max_overflow": 10}
    return {"url": url, "hide_parameters": True, **options}


def _database_url(value: str | None, data_dir: Path) -> URL:
    if not value:
        return URL.create("sqlite", database=str(data_dir / "bridge.db"))
    try:
        url = make_url(value)
        backend = url.get_backend_name()
    except Exception as error:
        # The message of the library may repeat the password.
        raise ConfigurationError("DATABASE_URL is not a database URL.") from error
    if backend == "postgresql":
        return url.set(drivername="postgresql+psycopg")
    if backend == "sqlite" and url.database and url.database != ":memory:":
        return url.set(drivername="sqlite", database=str(Path(url.database).absolute()))
    raise ConfigurationError("DATABASE_URL must name postgresql://… or sqlite:///a/file.")


def _secret_key(value: str | None, mode: str, data_dir: Path) -> str:
    if value:
        return _hard_to_guess("SECRET_KEY", value)
    if mode == "production":
        raise ConfigurationError("Production needs SECRET_KEY, e.g. from `openssl rand -hex 32`.")
    return _kept_secret(data_dir / "secret-key")


def _metrics_token(value: str) -> str:
    return _hard_to_guess("METRICS_TOKEN", value) if value else ""


def _hard_to_guess(name: str, value: str) -> str:
    if len(value) < SECRET_MIN_LENGTH or len(set(value)) < 10:
        raise ConfigurationError(
            f"{name} is too easy to guess: take at least {SECRET_MIN_LENGTH} random "
            "characters, for example from `openssl rand -hex 32`."
        )
    return value


def _kept_secret(path: Path) -> str:
    """A secret of this data directory's own, made once and readable by its owner only."""
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    if not path.exists():
        with os.fdopen(os.open(aside, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
            file.write(secrets.token_hex(32))
        try:
            # link() fails where the file exists: of two processes that start at once one wins.
            os.link(aside, path)
        except FileExistsError:
            pass
        finally:
            aside.unlink()
    return path.read_text().strip()


def _trusted_hosts(value: str, base_url: str) -> tuple[str, ...]:
    named = tuple(host.strip() for host in value.split(",") if host.strip())
    # A leading dot stands for all names below; those of a whole country are not one owner's.
    if any("*" in host or (host.startswith(".") and host.count(".") < 2) for host in named):
        raise ConfigurationError("TRUSTED_HOSTS must name hosts, or .name.example for all below.")
    if any("/" in host for host in named):
        raise ConfigurationError("TRUSTED_HOSTS must name hosts alone, without https:// and paths.")
    hostname = urlsplit(base_url).hostname or ""
    loopback = ("localhost",) if hostname == "127.0.0.1" else ()
    return (*named, hostname, *loopback)


def _mail_url(value: str, mode: str) -> str:
    parts = urlsplit(value)
    scheme = parts.scheme or value
    if scheme not in ("file", "smtp", "smtps"):
        raise ConfigurationError("MAIL_URL must be smtp://…, smtps://… or the word file.")
    if not unquote(f"{parts.username}{parts.password}").isascii():
        # Python's client cannot send others, and every letter would fail.
        raise ConfigurationError("The name and the password in MAIL_URL must be ASCII.")
    if mode == "production" and scheme == "file":
        raise ConfigurationError("Production needs MAIL_URL, e.g. smtp://mail.example:587.")
    return value


def _mail_from(value: str) -> str:
    name, _at, domain = parseaddr(value)[1].rpartition("@")
    if not name or not domain:
        raise ConfigurationError("MAIL_FROM must be an address such as bridge@university.example.")
    return value


def _time_zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ConfigurationError("TIME_ZONE must be a name such as Europe/Moscow.") from error
    return value


def _dask_scheduler(value: str) -> str:
    if value and urlsplit(value).scheme not in ("tcp", "tls"):
        raise ConfigurationError("DASK_SCHEDULER must be tcp://host:port or tls://host:port.")
    return value


def _search_url(value: str) -> str:
    parts = urlsplit(value)
    is_server = parts.scheme in ("qdrant", "https") and parts.hostname
    # The client's own stand-in for a server, which keeps everything in a folder.
    is_folder = parts.scheme == "qdrant" and parts.path.startswith("/")
    if value and not is_server and not is_folder:
        raise ConfigurationError("SEARCH_URL must be qdrant://host:6333 or https://host.")
    return value


def _second_factor(value: str | None, mode: str) -> bool:
    if value not in (None, "", "required", "optional"):
        raise ConfigurationError("SECOND_FACTOR must be required or optional.")
    return value == "required" or (not value and mode == "production")


def _whole_number(env: Mapping[str, str], name: str, default: int) -> int:
    value = env.get(name, str(default))
    if not value.isdecimal():
        raise ConfigurationError(f"{name} must be a whole number, not {value!r}.")
    return int(value)


def _hours(env: Mapping[str, str], name: str, default: int) -> int:
    hours = _whole_number(env, name, default)
    if not hours:
        raise ConfigurationError(f"{name} must be at least one hour.")
    return hours
