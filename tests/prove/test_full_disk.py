"""The disk is full: reading goes on, writing is refused on a page that says so, in the reader's
language, and nothing is half-written."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from werkzeug.test import TestResponse

from bridge import create_app
from bridge.audit import AuditEntry
from bridge.config import Config
from bridge.database import reading
from bridge.extensions import db
from bridge.students.models import Profile
from tests.client import Stranger, forms_of, sign_in
from tests.conftest import Figure, make_config, missing
from tests.factories import make_student

SIZE = "8m"
LONG = "щ" * 2500
PAGE = "/profile/about"


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of its own, in memory."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = shutil.which("mount") and os.geteuid() == 0
    command = ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", str(folder)]
    if not mounted or subprocess.run(command, capture_output=True).returncode:
        missing("the right to mount a file system in memory")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


@pytest.fixture
def config(small_disk: Path, sqlite_template: Path) -> Config:
    shutil.copy(sqlite_template, small_disk / "bridge.db")
    return make_config(small_disk, DATABASE_URL=f"sqlite:///{small_disk / 'bridge.db'}")


def fill(folder: Path) -> Path:
    junk = folder / "junk"
    with junk.open("wb", buffering=0) as file:
        for size in (65536, 1024, 1):
            try:
                while True:
                    file.write(b"x" * size)
            except OSError:
                continue
    return junk


def state() -> tuple[str | None, int]:
    with reading() as session:
        assert session.scalar(sa.text("PRAGMA integrity_check")) == "ok"
        assert session.execute(sa.text("PRAGMA foreign_key_check")).first() is None
        entries = session.scalar(sa.select(sa.func.count()).select_from(AuditEntry)) or 0
        return session.scalar(sa.select(Profile.summary)), entries


def _says_so_and_keeps_what_was_typed(answer: TestResponse) -> None:
    assert "Место на диске сервера закончилось" in answer.text
    assert 'lang="ru"' in answer.text
    # To be sent again when there is room.
    action, kept = next(form for form in forms_of(answer) if "summary" in form[1])
    assert (action, kept["summary"]) == (PAGE, [LONG])


def test_reading_goes_on_and_writing_is_refused_whole(
    app: Flask, config: Config, small_disk: Path, figure: Figure
) -> None:
    app.test_client_class = Stranger
    app.config["PROPAGATE_EXCEPTIONS"] = False
    profile = make_student(summary="прежнее", skills=("python", "cad", "cae"))
    profile.user.locale = "ru"
    db.session.commit()
    client = app.test_client()
    sign_in(client, profile.user)
    page = client.get(PAGE)
    before = state()
    db.session.rollback()
    junk = fill(small_disk)

    target, fields = next(form for form in forms_of(page) if "summary" in form[1])
    statuses = []
    # The log has some room left; each attempt is larger than that.
    for _number in range(12):
        data = {**fields, "summary": LONG}
        answer = client.post(target or PAGE, data=data, headers={"Sec-Fetch-Site": "same-origin"})
        statuses.append(answer.status_code)
        if answer.status_code == 507:
            break
    assert statuses[-1] == 507, statuses
    _says_so_and_keeps_what_was_typed(answer)
    accepted = statuses[:-1].count(303)
    assert state() == (before[0], before[1]) or accepted
    read = [client.get(path).status_code for path in ("/profile", PAGE, "/vacancies", "/healthz")]
    assert read == [200] * 4
    # Whoever starts now, as after a crash, reads too.
    with create_app(config).test_client() as fresh:
        assert fresh.get("/readyz", headers={"Host": "localhost"}).status_code == 200
        assert fresh.get("/vacancies", headers={"Host": "localhost"}).status_code == 200
    full = state()
    db.session.rollback()

    assert full[0] in (before[0], LONG)
    junk.unlink()
    page = client.get(PAGE)
    target, fields = next(form for form in forms_of(page) if "summary" in form[1])
    after = client.post(target or PAGE, data={**fields, "summary": "новое"})
    assert after.status_code == 303
    assert state()[0] == "новое"
    assert state()[1] > full[1]
    figure(
        reads_answered_on_a_full_disk=f"{read.count(200)} of {len(read)}",
        writes_refused_by_507=statuses.count(507),
        writes_half_done=int(full[0] not in (before[0], LONG)),
    )


def test_no_room_for_a_file_is_the_same_page(own_app: Flask, small_disk: Path) -> None:
    from bridge.permissions import Permission, requires

    own_app.config["PROPAGATE_EXCEPTIONS"] = False

    @own_app.get("/write-a-file")
    @requires(Permission.VIEW_PUBLIC)
    def write_a_file() -> str:
        (small_disk / "file").write_bytes(b"x" * 70_000_000)
        return "never"

    answer = own_app.test_client().get("/write-a-file")
    assert answer.status_code == 507
    assert "The disk of the server is full" in answer.text
