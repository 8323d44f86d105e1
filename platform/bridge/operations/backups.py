"""Backup and restore of the database, which is the whole truth: the index is made from it.

A backup is one gzipped tar of a manifest and the database: an SQLite file, or what `pg_dump`
writes. Both are taken while the server runs, at one moment. The file holds personal data of
everybody: only its owner may read it.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
import sqlalchemy as sa
from sqlalchemy.engine import URL

from bridge import __version__
from bridge.accounts.models import User
from bridge.database import Model, reading
from bridge.extensions import alembic, db
from bridge.operations.deployment import present_config
from bridge.schema import known_revisions, needed_revision, present_revision
from bridge.search.service import start_anew

FORMAT = 1
MANIFEST, DATABASE = "manifest.json", "database"
Counts = dict[str, int]


class BackupError(click.ClickException):
    """Nothing was written or replaced; the message says why and what to do."""


def make_backup(path: Path) -> Counts:
    """Write a backup to a new file; return how many rows of each table are in it."""
    if path.exists():
        raise BackupError(f"{path} is there already: name a new file.")
    if present_revision() != needed_revision():
        raise BackupError("The schema is not this program's: run `flask --app wsgi db upgrade`.")
    with _workplace(path.parent) as folder:
        dump = folder / DATABASE
        counts = _dump_sqlite(dump) if _is_sqlite() else _dump_postgresql(dump)
        manifest = {
            "format": FORMAT,
            "version": __version__,
            "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "kind": _url().get_backend_name(),
            "revision": present_revision(),
            "rows": counts,
        }
        (folder / MANIFEST).write_text(json.dumps(manifest, indent=2), encoding="utf-8")
        packed = folder / "packed"
        with tarfile.open(packed, "w:gz", compresslevel=6) as tar:
            tar.add(folder / MANIFEST, MANIFEST)
            tar.add(dump, DATABASE)
        _settle(packed, path)
    return counts


def restore_backup(path: Path, *, replace: bool = False) -> Counts:
    """Put a backup in the place of the present database and bring it to the present schema.

    A database in use is replaced only with `replace`. Running servers see the restored data with
    their next request and make their index anew.
    """
    with _workplace(present_config().data_dir) as folder:
        manifest = _unpack(path, folder)
        if not replace and _has_accounts():
            raise BackupError(
                "This database is in use: it has accounts. Make a backup of it, then restore with "
                "--replace."
            )
        # No connection of our own may hold a lock that the restore waits for.
        db.session.rollback()
        db.engine.dispose()
        if _is_sqlite():
            _restore_sqlite(folder / DATABASE)
        else:
            _restore_postgresql(folder / DATABASE)
    counts = _row_counts(set(manifest["rows"]))
    if counts != manifest["rows"]:
        raise BackupError("The restored tables do not have the rows that the backup lists.")
    if manifest["revision"] != needed_revision():
        alembic.upgrade()
    # The clock passes for a second time revisions that running servers have already followed.
    start_anew()
    db.session.commit()
    return counts


def _url() -> URL:
    return present_config().database_url


def _is_sqlite() -> bool:
    return _url().get_backend_name() == "sqlite"


def _has_accounts() -> bool:
    with reading() as session:
        if not sa.inspect(session.connection()).has_table(User.__tablename__):
            return False
        return session.scalar(sa.select(User.id).limit(1)) is not None


@contextmanager
def _workplace(folder: Path) -> Iterator[Path]:
    """A folder of the owner's alone beside the target, so that the last step is one renaming."""
    if not folder.is_dir():
        raise BackupError(f"There is no folder {folder}.")
    work = Path(tempfile.mkdtemp(prefix=".bridge-backup-", dir=folder))
    try:
        yield work
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _settle(packed: Path, path: Path) -> None:
    """Give a finished file its name: after a power cut it is there whole or not at all."""
    packed.chmod(0o600)
    with packed.open("rb") as file:
        os.fsync(file.fileno())
    packed.rename(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _unpack(path: Path, folder: Path) -> dict[str, Any]:
    """Read the manifest and the database of a backup; refuse whatever is not one of ours."""
    try:
        with tarfile.open(path, "r:gz") as tar:
            for name in (MANIFEST, DATABASE):
                # The bytes alone: whatever else an archive says of a file is not asked for.
                content = tar.extractfile(name)
                if content is None:
                    raise BackupError(f"{path} is not a whole backup of Bridge.")
                with content, (folder / name).open("wb") as target:
                    shutil.copyfileobj(content, target)
        manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        kind, revision, written = (manifest[name] for name in ("kind", "revision", "format"))
        rows = manifest["rows"]
    except FileNotFoundError as error:
        raise BackupError(f"There is no file {path}.") from error
    except (tarfile.TarError, EOFError, OSError, KeyError, ValueError) as error:
        raise BackupError(f"{path} is not a whole backup of Bridge.") from error
    if written != FORMAT or revision not in known_revisions() or not isinstance(rows, dict):
        raise BackupError(f"{path} was made by a newer Bridge: install that one first.")
    if kind != _url().get_backend_name():
        raise BackupError(f"The backup is of a {kind} database: point DATABASE_URL at one.")
    return manifest


def _row_counts(names: set[str]) -> Counts:
    with reading() as session:
        return {
            name: session.scalar(sa.select(sa.func.count()).select_from(sa.table(name))) or 0
            for name in sorted(names)
        }


def _dump_sqlite(path: Path) -> Counts:
    """Copy page by page what is committed; the counts are those of the copy."""
    import pysqlite3.dbapi2 as sqlite

    with (
        closing(sqlite.connect(str(_url().database))) as source,
        closing(sqlite.connect(str(path))) as copy,
    ):
        source.backup(copy)
        _check_sqlite(copy)
        return {
            name: copy.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]  # noqa: S608
            for name in sorted(Model.metadata.tables)
        }


def _restore_sqlite(path: Path) -> None:
    import pysqlite3.dbapi2 as sqlite

    with closing(sqlite.connect(str(path))) as source:
        _check_sqlite(source)
        # In one transaction of the target: whoever reads it sees the old data or the new.
        with closing(sqlite.connect(str(_url().database), timeout=30)) as target:
            source.backup(target)


def _check_sqlite(connection: Any) -> None:
    try:
        found = connection.execute("PRAGMA integrity_check").fetchone()[0]
        broken = connection.execute("PRAGMA foreign_key_check").fetchone()
    except Exception as error:
        raise BackupError("The file in the backup is not a database.") from error
    if found != "ok" or broken:
        raise BackupError("The database in the backup is damaged.")


def _dump_postgresql(path: Path) -> Counts:
    """Dump and count in one snapshot: rows written meanwhile are in neither."""
    with db.engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
        snapshot = connection.scalar(sa.text("SELECT pg_export_snapshot()"))
        _run("pg_dump", "--format=custom", f"--snapshot={snapshot}", f"--file={path}")
        return {
            table.name: connection.scalar(sa.select(sa.func.count()).select_from(table)) or 0
            for table in sorted(Model.metadata.tables.values(), key=lambda table: table.name)
        }


def _restore_postgresql(path: Path) -> None:
    _run(
        "pg_restore",
        "--clean",
        "--if-exists",
        "--no-owner",
        "--single-transaction",
        "--exit-on-error",
        f"--dbname={_url().database}",
        str(path),
    )


def _run(program: str, *arguments: str) -> None:
    """Run one of PostgreSQL's own programs; the password goes by the environment."""
    url = _url()
    given = {
        "PGHOST": url.host,
        "PGPORT": url.port and str(url.port),
        "PGUSER": url.username,
        "PGPASSWORD": url.password and str(url.password),
        "PGDATABASE": url.database,
    }
    environment = os.environ | {name: value for name, value in given.items() if value}
    try:
        subprocess.run(  # noqa: S603
            [program, *arguments], env=environment, check=True, capture_output=True
        )
    except FileNotFoundError as error:
        raise BackupError(
            f"{program} is missing. On Debian: apt-get install postgresql-client"
        ) from error
    except subprocess.CalledProcessError as error:
        lines = error.stderr.decode(errors="replace").strip().splitlines()
        raise BackupError(f"{program} failed: {lines[-1] if lines else error}") from error
