"""Workers are killed with SIGKILL at random moments while people write."""

from __future__ import annotations

import os
import random
import signal
import time
from pathlib import Path

import psutil
import pytest
import sqlalchemy as sa
from flask import Flask

from bridge.config import Config
from bridge.database import reading
from bridge.extensions import db
from bridge.search.index import live_index
from tests.conftest import Figure, often
from tests.prove.writers import Writer, index_differs, lost_writes, make_writers, start
from tests.servers import Server, serving

WRITERS = 4


def told(writers: list[Writer]) -> str:
    answers = [(dict(writer.statuses), writer.unanswered) for writer in writers]
    return f"after the last kill somebody cannot write: {answers}"


def wait_for_a_write(writers: list[Writer]) -> None:
    """Somebody is told of a further write: where kills outran them, they would prove nothing."""
    before, end = sum(writer.statuses[303] for writer in writers), time.monotonic() + 30
    while sum(writer.statuses[303] for writer in writers) == before:
        assert time.monotonic() < end, told(writers)
        time.sleep(0.005)


def kill_one(server: Server, chance: random.Random) -> None:
    """Whichever worker is there; wait until another one has taken its place."""
    end = time.monotonic() + 30
    while not (workers := server.workers):
        assert time.monotonic() < end, "no worker comes back"
        time.sleep(0.01)
    victim = chance.choice(workers)
    os.kill(victim, signal.SIGKILL)
    while victim in server.workers:
        assert time.monotonic() < end, "the killed worker stays"
        time.sleep(0.005)


def test_no_acknowledged_write_is_lost_and_the_index_follows(
    app: Flask, config: Config, tmp_path: Path, figure: Figure
) -> None:
    kills = often(6, 200)
    students = make_writers(app, WRITERS)
    live_index().rebuild()
    db.session.rollback()
    db.engine.dispose()
    chance = random.Random(20261126)  # noqa: S311
    environment = {"DATABASE_URL": config.database_url.render_as_string(hide_password=False)}
    # Preloaded, a worker is back in milliseconds: most of the time there is one to kill.
    with serving(tmp_path, "--preload", **environment) as server:
        writers = start(server, students)
        for _number in range(kills):
            wait_for_a_write(writers)
            time.sleep(chance.uniform(0.0, 0.2))
            kill_one(server, chance)
        end = time.monotonic() + 30
        last = [writer.acknowledged for writer in writers]
        while any(w.acknowledged == n for w, n in zip(writers, last, strict=True)):
            assert time.monotonic() < end, told(writers)
            time.sleep(0.02)
        for writer in writers:
            writer.stop()
        assert server.stop() == 0
    acknowledged = sum(writer.statuses[303] for writer in writers)
    broken = sum(writer.unanswered for writer in writers)
    lost = lost_writes(writers)
    differs = index_differs(config)
    name = db.engine.dialect.name
    figure(
        **{
            f"kill_-9_of_workers_({name})": kills,
            f"acknowledged_writes_({name})": acknowledged,
            f"requests_cut_off_({name})": broken,
            f"acknowledged_writes_lost_({name})": lost,
            f"differences_of_the_index_({name})": len(differs),
        }
    )
    assert lost == 0
    assert differs == []
    assert acknowledged >= kills
    # Nobody was told anything but that it was done, or nothing at all.
    assert {status for writer in writers for status in writer.statuses} == {200, 303}
    if name == "sqlite":
        with reading() as session:
            assert session.scalar(sa.text("PRAGMA integrity_check")) == "ok"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_when_the_first_process_is_killed_no_worker_stays_behind(
    app: Flask, config: Config, tmp_path: Path
) -> None:
    db.engine.dispose()
    with serving(tmp_path, "--preload") as server:
        workers = server.workers
        server.process.kill()
        server.process.wait(timeout=10)
        end = time.monotonic() + 60
        while any(psutil.pid_exists(worker) for worker in workers):
            assert time.monotonic() < end, "a worker goes on without its first process"
            time.sleep(0.05)
