"""What people leave outside the rows: letters in files, old indexes, free pages of the database."""

from __future__ import annotations

import logging
from email import message_from_bytes, policy
from pathlib import Path

from bridge.accounts.models import User
from bridge.config import Config
from bridge.extensions import db
from bridge.mail.models import OutboxMail

log = logging.getLogger("bridge.rights")


def remove_letters(user: User, config: Config) -> None:
    """Delete the letters to a person from the folder that stands for a mail server on one machine;
    with a real one they are in the mailbox of their owner, which is not ours."""
    for path in _letter_files(config):
        letter = message_from_bytes(path.read_bytes(), policy=policy.default)
        if str(letter["To"]) == user.email:
            path.unlink(missing_ok=True)


def remove_letter(letter: OutboxMail, config: Config) -> None:
    (_folder(config) / f"{letter.message_id.strip('<>')}.eml").unlink(missing_ok=True)


def _folder(config: Config) -> Path:
    return config.data_dir / "mail"


def _letter_files(config: Config) -> list[Path]:
    folder = _folder(config)
    return sorted(path for path in folder.iterdir() if path.is_file()) if folder.is_dir() else []


def sweep_database() -> bool:
    """Let nothing deleted be read from the database's files; False where somebody holds it up.

    SQLite overwrites what is deleted (`secure_delete`), so what is left is its log, which is
    emptied here. PostgreSQL keeps old versions of rows until a VACUUM lets them be overwritten.
    """
    if db.engine.dialect.name == "sqlite":
        with db.engine.connect() as connection:
            driver = connection.connection.driver_connection
            assert driver is not None
            busy = driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
        if busy:
            log.info("the log of the database is in use: it is emptied in the next round")
        return not busy
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("VACUUM")
    return True
