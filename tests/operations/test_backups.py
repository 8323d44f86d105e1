"""A backup taken while people write comes back whole, and only where it is meant to."""

from __future__ import annotations

import io
import json
import stat
import tarfile
import threading
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from bridge.accounts.models import Role, User
from bridge.database import reading
from bridge.extensions import db
from bridge.operations.backups import BackupError, make_backup, restore_backup
from bridge.search.index import current_index
from bridge.students.models import Profile
from tests.factories import make_student, make_user


def names() -> list[str]:
    with reading() as session:
        return list(session.scalars(sa.select(User.name).order_by(User.id)))


def rewritten(path: Path, target: Path, **changes: object) -> Path:
    """A backup whose manifest says something else."""
    with tarfile.open(path) as old, tarfile.open(target, "w:gz") as new:
        for member in old.getmembers():
            content = old.extractfile(member)
            assert content is not None
            data = content.read()
            if member.name == "manifest.json":
                data = json.dumps(json.loads(data) | changes).encode()
                member.size = len(data)
            new.addfile(member, io.BytesIO(data))
    return target


def test_what_was_backed_up_comes_back_and_the_index_follows(app: Flask, tmp_path: Path) -> None:
    kept = make_student(skills=("python",), user=make_user(Role.STUDENT, name="Анна Ёлкина"))
    db.session.commit()
    path = tmp_path / "bridge.backup"
    counts = make_backup(path)
    assert (counts["user"], counts["profile"], counts["profile_skill"]) == (1, 1, 1)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    make_student()
    kept.summary = "Другое"
    db.session.commit()
    assert len(current_index()) == 2
    with pytest.raises(BackupError, match="in use"):
        restore_backup(path)
    assert len(names()) == 2
    assert restore_backup(path, replace=True) == counts
    assert names() == ["Анна Ёлкина"]
    with reading() as session:
        assert session.scalar(sa.select(Profile.summary)) == "Люблю проектировать."
    assert len(current_index()) == 1
    # What follows is written and found as ever.
    db.session.rollback()
    make_student()
    db.session.commit()
    assert len(current_index()) == 2
    assert [file.name for file in tmp_path.iterdir() if file.name.startswith(".bridge")] == []


def test_a_backup_is_of_one_moment_while_others_write(app: Flask, tmp_path: Path) -> None:
    stop = threading.Event()

    def write() -> None:
        with app.app_context():
            while not stop.is_set():
                make_student()
                db.session.commit()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        counts = [make_backup(tmp_path / f"{number}.backup") for number in range(3)]
    finally:
        stop.set()
        writer.join()
    assert counts[0]["user"] <= counts[1]["user"] <= counts[2]["user"]
    for number, found in enumerate(counts):
        assert found["user"] == found["profile"]
        assert restore_backup(tmp_path / f"{number}.backup", replace=True) == found


def test_what_is_no_backup_of_ours_replaces_nothing(app: Flask, tmp_path: Path) -> None:
    make_user(Role.ADMIN, name="Анна")
    db.session.commit()
    path = tmp_path / "bridge.backup"
    make_backup(path)
    with pytest.raises(BackupError, match="there already"):
        make_backup(path)
    whole = path.read_bytes()
    torn = tmp_path / "torn"
    torn.write_bytes(whole[: len(whole) // 2])
    text = tmp_path / "text"
    text.write_text("Привет")
    newer = rewritten(path, tmp_path / "newer", revision="9999")
    other = rewritten(path, tmp_path / "other", kind="oracle")
    for file, reason in (
        (torn, "not a whole backup"),
        (text, "not a whole backup"),
        (tmp_path / "absent", "no file"),
        (newer, "newer Bridge"),
        (other, "oracle"),
    ):
        with pytest.raises(BackupError, match=reason):
            restore_backup(file, replace=True)
    assert names() == ["Анна"]


def test_the_commands_say_what_they_did(app: Flask, tmp_path: Path) -> None:
    make_user(Role.ADMIN)
    db.session.commit()
    runner = app.test_cli_runner()
    path = str(tmp_path / "bridge.backup")
    made = runner.invoke(args=["backup", path])
    assert made.exit_code == 0
    assert made.output.endswith("tables are in bridge.backup.\n")
    refused = runner.invoke(args=["restore", path])
    assert (refused.exit_code, "--replace" in refused.output) == (1, True)
    assert runner.invoke(args=["restore", path, "--replace"]).exit_code == 0
