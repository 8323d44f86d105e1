"""The daily letter: once a day, at the reader's hour, of what is unread, whatever is killed."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from bridge import create_app
from bridge.accounts.models import User
from bridge.config import Config
from bridge.contacts import service as contacts
from bridge.contacts.models import ContactRequest
from bridge.database import as_of, utc_now
from bridge.extensions import db
from bridge.mail.models import OutboxMail
from bridge.notices import digest, service
from bridge.notices.models import Delivery, Group, Notice
from tests.contacts.scene import MESSAGE, Scene, make_scene
from tests.factories import make_student

# Nine in the morning in Moscow is six in UTC.
NINE = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def scene(app: Flask) -> Iterator[Scene]:
    with as_of(NINE - timedelta(hours=12)):
        scene = make_scene()
        service.choose(scene.profile.user, Group.REQUESTS, Delivery.DIGEST, actor=None)
        service.schedule(scene.profile.user, hour=9, time_zone="")
        db.session.commit()
        yield scene


def offer(scene: Scene) -> ContactRequest:
    request = contacts.request_contact(scene.candidate, MESSAGE, actor=scene.member.user)
    contacts.approve(request, actor=scene.staff)
    db.session.commit()
    return request


def run_at(moment: datetime) -> int:
    with as_of(moment):
        return digest.send_digests()


def digests(reader: User) -> list[OutboxMail]:
    return list(
        db.session.scalars(
            sa.select(OutboxMail)
            .where(OutboxMail.user_id == reader.id, OutboxMail.kind == digest.KIND)
            .order_by(OutboxMail.id)
        )
    )


def test_it_comes_once_at_the_hour_with_what_is_unread(scene: Scene) -> None:
    student = scene.profile.user
    request = offer(scene)
    read = Notice(user_id=student.id, kind="contacts/ended_student", subject_id=request.id)
    read.read_at = utc_now()
    db.session.add(read)
    db.session.commit()
    assert run_at(NINE - timedelta(minutes=1)) == 0
    assert run_at(NINE) == 1
    assert run_at(NINE + timedelta(hours=3)) == 0
    assert run_at(NINE + DAY) == 0, "each notice goes into one letter"
    (letter,) = digests(student)
    assert letter.subject == "1 new notice on Bridge"
    assert f"{scene.employer.name} would like to meet you" in letter.text
    assert f"http://localhost/requests/{request.id}" in letter.text
    assert f"{scene.employer.name} would like to meet you" in letter.html
    assert letter.unsubscribe_url.startswith("http://localhost/notices/unsubscribe/")


def test_what_comes_after_the_hour_waits_for_the_next_day(scene: Scene) -> None:
    with as_of(NINE + timedelta(hours=1)):
        offer(scene)
    assert run_at(NINE + timedelta(hours=2)) == 0
    assert run_at(NINE + DAY) == 1


def test_an_hour_that_the_server_missed_is_made_up(scene: Scene) -> None:
    offer(scene)
    assert run_at(NINE + timedelta(hours=9)) == 1


def test_who_moves_the_hour_gets_no_second_letter_that_day(scene: Scene) -> None:
    offer(scene)
    assert run_at(NINE) == 1
    with as_of(NINE + timedelta(hours=1)):
        service.notify(
            scene.profile.user, "contacts/withdrawn", db.session.get_one(ContactRequest, 1)
        )
        service.schedule(scene.profile.user, hour=20, time_zone="")
        db.session.commit()
    assert run_at(NINE + timedelta(hours=12)) == 0
    assert run_at(NINE + DAY + timedelta(hours=12)) == 1


def test_the_hour_is_that_of_the_reader_s_zone(scene: Scene) -> None:
    service.schedule(scene.profile.user, hour=9, time_zone="Asia/Vladivostok")
    db.session.commit()
    offer(scene)
    assert run_at(NINE - timedelta(hours=12) + timedelta(minutes=1)) == 0
    # nine in Vladivostok, UTC+10, is two in the night in Moscow
    assert run_at(NINE - timedelta(hours=7, minutes=1)) == 0
    assert run_at(NINE - timedelta(hours=7)) == 1


@pytest.mark.parametrize("delivery", [Delivery.IMMEDIATE, Delivery.NONE])
def test_who_wants_none_gets_none(scene: Scene, delivery: Delivery) -> None:
    offer(scene)
    service.choose(scene.profile.user, Group.REQUESTS, delivery, actor=None)
    service.choose(scene.profile.user, Group.MESSAGES, Delivery.DIGEST, actor=None)
    db.session.commit()
    assert run_at(NINE) == 0


def test_there_is_no_empty_letter(scene: Scene) -> None:
    assert run_at(NINE) == 0
    student = scene.profile.user
    db.session.add(Notice(user_id=student.id, kind="contacts/offer", subject_id=999_999))
    db.session.commit()
    assert run_at(NINE) == 0, "what it told of is gone"
    offer(scene)
    student.deactivated_at = utc_now()
    db.session.commit()
    assert run_at(NINE) == 0, "the account is closed"


def test_one_reader_s_trouble_keeps_nobody_else_s_letter(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    offer(scene)
    other = make_student(skills=("python",)).user
    service.choose(other, Group.REQUESTS, Delivery.DIGEST, actor=None)
    service.schedule(other, hour=9, time_zone="")
    db.session.add(
        Notice(user_id=other.id, kind="skills/approved", subject_id=scene.profile.skills[0].id)
    )
    service.choose(other, Group.PROFILE, Delivery.DIGEST, actor=None)
    service.schedule(scene.profile.user, hour=9, time_zone="Nowhere/Canary")
    db.session.commit()
    assert run_at(NINE) == 1
    assert len(digests(other)) == 1
    assert "Canary" not in caplog.text


def test_a_long_list_is_cut(scene: Scene) -> None:
    request = offer(scene)
    for _ in range(40):
        service.notify(scene.profile.user, "contacts/withdrawn", request)
    db.session.commit()
    assert run_at(NINE) == 1
    (letter,) = digests(scene.profile.user)
    assert letter.subject == "41 new notices on Bridge"
    assert letter.text.count("• ") == digest.MOST
    assert "And 11 more." in letter.text


def test_the_messages_of_a_thread_are_one_line_of_it(scene: Scene) -> None:
    student = scene.profile.user
    request = offer(scene)
    service.choose(student, Group.MESSAGES, Delivery.DIGEST, actor=None)
    contacts.accept(request, actor=student)
    for number in range(5):
        contacts.write_message(request, f"Сообщение {number}", actor=scene.member.user)
    db.session.commit()
    assert run_at(NINE) == 1
    with as_of(NINE + timedelta(hours=1)):
        for number in range(2):
            contacts.write_message(request, f"Ещё {number}", actor=scene.member.user)
        db.session.commit()
    assert run_at(NINE + DAY) == 1
    first, second = digests(student)
    assert first.subject == "2 new notices on Bridge"
    assert f"5 new messages from {scene.employer.name}" in first.text
    assert second.subject == "1 new notice on Bridge"
    assert f"2 new messages from {scene.employer.name}" in second.text, "what is new since"


def _run_and_die(config: Config, moment: datetime, started: Any, deadly: int) -> None:
    """Write the letters of the day, and be killed in the middle, before commit number `deadly`."""
    os.setpgrp()
    app = create_app(config)
    written = 0

    def die(_session: object) -> None:
        nonlocal written
        written += 1
        if written == deadly:
            os.killpg(0, signal.SIGKILL)

    with app.app_context(), as_of(moment):
        sa.event.listen(db.session, "before_commit", die)
        started.wait()
        digest.send_digests()


def test_killed_and_raced_rounds_write_each_reader_s_letter_once(
    scene: Scene, app: Flask, config: Config
) -> None:
    offer(scene)
    readers = [scene.profile.user, *(make_student().user for _ in range(5))]
    for reader in readers:
        service.choose(reader, Group.PROFILE, Delivery.DIGEST, actor=None)
        service.schedule(reader, hour=9, time_zone="")
        skill = scene.profile.skills[0]
        db.session.add(Notice(user_id=reader.id, kind="skills/approved", subject_id=skill.id))
    db.session.commit()
    context = multiprocessing.get_context("spawn")
    started = context.Barrier(2)
    processes = [
        context.Process(target=_run_and_die, args=(config, NINE, started, deadly))
        for deadly in (2, 4)
    ]
    for process in processes:
        process.start()
    for process in processes:
        process.join(120)
        assert process.exitcode == -signal.SIGKILL
    run_at(NINE + timedelta(minutes=5))
    assert [len(digests(reader)) for reader in readers] == [1] * 6
    assert run_at(NINE + timedelta(minutes=10)) == 0
