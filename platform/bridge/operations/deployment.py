"""Mistakes of those who set a server up: each check says what it found and what to do."""

from __future__ import annotations

import ipaddress
import os
import stat
from pathlib import Path

import sqlalchemy as sa
from flask import current_app
from sqlalchemy import URL

from bridge.accounts.factors.queries import REQUIRED
from bridge.accounts.models import User
from bridge.accounts.queries import active_admins
from bridge.config import Config
from bridge.extensions import db
from bridge.operations.findings import Level, Result

MOUNTS = Path("/proc/self/mounts")
# Where SQLite's log in shared memory does not work: writers on two machines would destroy the file.
NETWORKS = ("nfs", "cifs", "smb", "9p", "ceph", "glusterfs", "fuse.sshfs", "afs")
ENCRYPTED = ("require", "verify-ca", "verify-full")


def proxy() -> Result:
    config = present_config()
    if config.proxy_count:
        return Level.OK, f"{config.proxy_count} in front of the server are believed"
    if config.mode == "production" and config.is_https:
        return Level.FAULT, (
            "BASE_URL is https, so a proxy stands in front, but PROXY_COUNT is 0: everybody counts "
            "as one network, which few wrong passwords stop. Set how many there are"
        )
    return Level.OK, "none is expected in front of the server"


def folder() -> Result:
    """Whether DATA_DIR is the server's alone."""
    config = present_config()
    found = config.data_dir.stat()
    if found.st_uid != os.geteuid():
        return Level.WARNING, (
            "DATA_DIR belongs to another user: run commands as the user of the server, or it "
            "cannot write what they leave"
        )
    path = database_file(config)
    open_to_others = stat.S_IMODE(found.st_mode) & 0o007
    if path is not None and path.exists() and open_to_others and path.stat().st_mode & 0o007:
        return Level.WARNING, f"everybody on this machine can read {path.name}: chmod 700 DATA_DIR"
    return Level.OK, "nobody else reads the data"


def storage() -> Result:
    """Whether the database can be safe where it is, and what is sent to it."""
    config = present_config()
    path = database_file(config)
    if path is None:
        return _connection(config.database_url)
    kind = file_system_of(path)
    if kind.startswith(NETWORKS):
        return Level.FAULT, f"SQLite is on {kind}, which damages it: use a local disk or PostgreSQL"
    return Level.OK, "the database is on a disk of this machine"


def _connection(url: URL) -> Result:
    if is_local(url.host) or url.query.get("sslmode") in ENCRYPTED:
        return Level.OK, "nobody on the way reads what goes to PostgreSQL"
    return Level.FAULT, (
        "personal data go to PostgreSQL in clear: add ?sslmode=verify-full to DATABASE_URL"
    )


def accounts() -> Result:
    if db.session.scalar(active_admins().limit(1)) is None:
        return Level.WARNING, (
            "no administrator can sign in yet: `flask --app wsgi create-user EMAIL --name NAME "
            "--role admin`, or use the letter"
        )
    without = db.session.scalar(
        sa.select(sa.func.count()).where(
            User.role.in_(REQUIRED),
            User.deactivated_at.is_(None),
            User.password_hash.is_not(None),
            User.second_factor_since.is_(None),
        )
    )
    config = present_config()
    if without and config.mode == "production" and not config.second_factor_required:
        return Level.WARNING, (
            f"{without} of the staff have no second factor: set SECOND_FACTOR=required"
        )
    return Level.OK, "an administrator can sign in"


def present_config() -> Config:
    config: Config = current_app.config["BRIDGE"]
    return config


def database_file(config: Config) -> Path | None:
    """None where the database is no file."""
    url = config.database_url
    is_file = url.get_backend_name() == "sqlite" and url.database
    return Path(str(url.database)) if is_file else None


def file_system_of(path: Path, mounts: Path = MOUNTS) -> str:
    """Its kind as Linux names it, empty where nobody tells."""
    if not mounts.exists():
        return ""
    found = [line.split()[1:3] for line in mounts.read_text("utf-8", "replace").splitlines()]
    parents = {str(parent) for parent in path.absolute().parents}
    # Of two at one place the later hides the earlier.
    best = max(
        enumerate(pair for pair in found if pair[0] in parents),
        key=lambda one: (len(one[1][0]), one[0]),
        default=(0, ["", ""]),
    )
    return best[1][1]


def is_local(host: str | None) -> bool:
    """A socket, or an address of this machine."""
    if not host or host.startswith("/") or host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
