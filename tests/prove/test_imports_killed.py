"""The import of a roster is killed half-way and run again: nobody is twice or missing, everybody is
invited once."""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
import time
from pathlib import Path

import sqlalchemy as sa
from flask import Flask

from bridge import create_app
from bridge.accounts.models import Role, User
from bridge.config import Config
from bridge.database import reading
from bridge.extensions import db
from bridge.mail.models import OutboxMail
from bridge.students.models import Profile
from tests.conftest import Figure, often

ROWS = 420
COMMAND = ["import-students", "--apply", "--invite"]


def write_roster(path: Path) -> None:
    lines = ["student_number;name;email;direction_code;direction_name;degree;year_of_study"]
    lines += [
        f"ЗК-{n};Студент Номер{n};student{n}@example.test;24.05.01;Ракеты;бакалавр;3"
        for n in range(ROWS)
    ]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _import(config: Config, path: Path) -> None:
    os.setpgrp()
    app = create_app(config)
    with open(os.devnull, "w") as nowhere:
        os.dup2(nowhere.fileno(), 1)
        os.dup2(nowhere.fileno(), 2)
        result = app.test_cli_runner().invoke(args=[*COMMAND, str(path)])
    os._exit(result.exit_code)


def counted() -> tuple[int, int, int, int]:
    """Students, profiles, distinct numbers, letters."""
    with reading() as session:
        students = sa.select(sa.func.count()).where(User.role == Role.STUDENT)
        numbers = sa.select(sa.func.count(sa.distinct(Profile.student_number)))
        tables = (
            sa.select(sa.func.count()).select_from(Profile),
            numbers,
            sa.select(sa.func.count()).select_from(OutboxMail),
        )
        found = [session.scalar(one) or 0 for one in (students, *tables)]
    return found[0], found[1], found[2], found[3]


def test_killed_half_way_and_run_again_it_is_as_if_run_once(
    app: Flask, config: Config, tmp_path: Path, figure: Figure
) -> None:
    kills = often(1, 12)
    path = tmp_path / "roster.csv"
    write_roster(path)
    db.session.rollback()
    db.engine.dispose()
    chance = random.Random(20261126)  # noqa: S311
    context = multiprocessing.get_context("fork")
    half_way = 0
    for _number in range(kills):
        # A process that is forked must not share a connection with this one.
        db.engine.dispose()
        process = context.Process(target=_import, args=(config, path))
        process.start()
        assert process.pid
        first = counted()[0]
        end = time.monotonic() + 60
        while counted()[0] == first and process.is_alive() and time.monotonic() < end:
            time.sleep(0.005)
        time.sleep(chance.uniform(0, 0.2))
        if process.is_alive():
            os.killpg(process.pid, signal.SIGKILL)
        process.join(20)
        students, profiles, numbers, letters = counted()
        assert students == profiles == numbers == letters
        half_way += students < ROWS
    db.engine.dispose()
    process = context.Process(target=_import, args=(config, path))
    process.start()
    process.join(300)
    assert process.exitcode == 0
    figure(
        imports_killed=kills,
        of_them_half_way=half_way,
        students_twice_or_missing=abs(counted()[0] - ROWS),
        letters_twice_or_missing=abs(counted()[3] - ROWS),
    )
    assert half_way > 0
    assert counted() == (ROWS, ROWS, ROWS, ROWS)
