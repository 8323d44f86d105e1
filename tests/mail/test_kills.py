"""Killing the sender: no letter is lost, and none comes twice but for what no protocol can tell."""

from __future__ import annotations

import asyncio
import logging
import multiprocessing
import os
import signal
import time
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from aiosmtpd.controller import Controller
from flask import Flask

from bridge import create_app
from bridge.config import Config
from bridge.database import utc_now
from bridge.extensions import db
from bridge.mail import sender
from bridge.mail.models import MailState, OutboxMail
from bridge.mail.sender import send_waiting
from tests.conftest import make_config
from tests.ports import free_port

log = logging.getLogger(__name__)
KILLS = 20
LETTERS = 100
# As long as a letter can take here, so that a killed one is taken over at once.
LEASE = timedelta(seconds=1.5)


class Recorder:
    """Notes the Message-ID of every letter that it took; answers after a while,
    in which whoever is killed cannot know it."""

    def __init__(self) -> None:
        self.taken: Counter[str] = Counter()
        self.answer_seconds = 0.0

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        for line in envelope.content.decode("utf-8", "replace").splitlines():
            if line.lower().startswith("message-id:"):
                self.taken[line.split(":", 1)[1].strip()] += 1
                break
        await asyncio.sleep(self.answer_seconds)
        return "250 OK"


@pytest.fixture
def recorder() -> Iterator[tuple[Recorder, int]]:
    recorder, port = Recorder(), free_port()
    controller = Controller(recorder, hostname="127.0.0.1", port=port)
    controller.start()
    yield recorder, port
    controller.stop()


@pytest.fixture
def config(database_url: str, tmp_path: Path, recorder: tuple[Recorder, int]) -> Config:
    url = f"smtp://127.0.0.1:{recorder[1]}"
    return make_config(tmp_path, DATABASE_URL=database_url, MAIL_URL=url)


def put(number: int) -> None:
    db.session.add(
        OutboxMail(
            recipient=f"person{number}@example.ru",
            subject="Запрос",
            text="Текст.\n",
            message_id=f"<{number}@localhost>",
        )
    )


def _send(config: Config, ready: Any) -> None:
    os.setpgrp()
    sender.LEASE = LEASE
    app = create_app(config)
    with app.app_context():
        ready.set()
        while True:
            send_waiting()
            time.sleep(0.01)


def killed_after(config: Config, postman: Recorder, letters: int, seconds: float) -> None:
    """A sender in a process group of its own, killed so long after the server has taken so many
    letters from it."""
    context = multiprocessing.get_context("fork")
    ready = context.Event()
    process = context.Process(target=_send, args=(config, ready))
    process.start()
    assert ready.wait(60)
    wanted, end = postman.taken.total() + letters, time.monotonic() + 60
    while postman.taken.total() < wanted and time.monotonic() < end:
        time.sleep(0.002)
    time.sleep(seconds)
    assert process.pid
    os.killpg(process.pid, signal.SIGKILL)
    process.join(20)
    assert process.exitcode == -signal.SIGKILL


def waiting() -> int:
    count = sa.select(sa.func.count()).where(OutboxMail.state == MailState.WAITING)
    number = db.session.scalar(count) or 0
    db.session.rollback()
    return number


def send_the_rest() -> None:
    """What killed senders had in hand is due when their lease has ended."""
    time.sleep(LEASE.total_seconds())
    sent, failed = send_waiting()
    assert failed == 0, sent
    assert waiting() == 0


def test_twenty_kills_lose_nothing_and_double_at_most_the_letter_in_hand(
    app: Flask, config: Config, recorder: tuple[Recorder, int]
) -> None:
    postman, _port = recorder
    # Long answers: more kills hit the moment between taken and noted than in life.
    postman.answer_seconds = 0.02
    for number in range(LETTERS):
        put(number)
    db.session.commit()
    db.engine.dispose()
    for kill in range(KILLS):
        killed_after(config, postman, 1 + kill % 3, 0.002 * kill)
    send_the_rest()
    doubled = {name: count for name, count in postman.taken.items() if count > 1}
    assert set(postman.taken) == {f"<{number}@localhost>" for number in range(LETTERS)}
    log.warning("%s kills, %s letters, doubled: %s", KILLS, LETTERS, doubled)
    # Every double was in the hand of a process that was killed: it has one more attempt.
    attempts = dict(db.session.execute(sa.select(OutboxMail.message_id, OutboxMail.attempts)).all())
    assert all(count <= attempts[name] for name, count in postman.taken.items())
    assert sum(attempts.values()) <= LETTERS + KILLS
    assert {name for name, count in attempts.items() if count == 1}.isdisjoint(doubled)


def test_a_kill_before_the_server_has_the_letter_doubles_nothing(
    app: Flask, config: Config, recorder: tuple[Recorder, int]
) -> None:
    """Claimed, connected, not handed over: the next one is the first that arrives."""
    postman, _port = recorder
    put(1)
    db.session.commit()
    claimed = sender.claim()
    assert claimed is not None
    db.session.execute(sa.update(OutboxMail).values(claimed_until=utc_now()))
    db.session.commit()
    assert send_waiting() == (1, 0)
    assert postman.taken == {"<1@localhost>": 1}


def test_a_database_that_is_away_for_a_moment_doubles_nothing(
    app: Flask,
    config: Config,
    recorder: tuple[Recorder, int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The server has taken the letter, the database does not take the note, then it does."""
    if db.engine.dialect.name == "postgresql":
        pytest.skip("the tests share that database: it must stay whole")
    postman, _port = recorder
    put(1)
    db.session.commit()
    monkeypatch.setattr(sender, "NOTE_PAUSES", (0.01, 0.2, 0.2, 0.2))
    pauses = []

    def come_back(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 2:
            rename("gone_outbox", "outbox_mail")

    def rename(old: str, new: str) -> None:
        with db.engine.begin() as connection:
            connection.exec_driver_sql(f"ALTER TABLE {old} RENAME TO {new}")

    monkeypatch.setattr(sender.time, "sleep", come_back)
    original = sender._note_sent

    def note_while_away(mail: OutboxMail, config: Config) -> None:
        rename("outbox_mail", "gone_outbox")
        original(mail, config)

    monkeypatch.setattr(sender, "_note_sent", note_while_away)
    assert send_waiting() == (1, 0)
    assert pauses == [0.01, 0.2]
    assert (waiting(), postman.taken) == (0, {"<1@localhost>": 1})
