"""Letters reach a real SMTP server: once, whole, and in the end."""

from __future__ import annotations

import multiprocessing
import time
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from aiosmtpd.controller import Controller
from flask import Flask

from bridge import create_app
from bridge.accounts import service
from bridge.accounts.models import Role
from bridge.config import Config
from bridge.database import as_of, utc_now
from bridge.extensions import db
from bridge.mail import sender
from bridge.mail.models import MailState, OutboxMail
from bridge.mail.sender import claim, send_waiting
from tests.conftest import make_config
from tests.factories import make_letter, make_user
from tests.mail.letters import text_of
from tests.ports import free_port


class Postman:
    """Keeps what the server received; refuses whoever is named in `refused`."""

    def __init__(self) -> None:
        self.letters: list[EmailMessage] = []
        self.refused: dict[str, str] = {}

    async def handle_RCPT(  # noqa: N802
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        if address in self.refused:
            return self.refused[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        message = BytesParser(policy=default).parsebytes(envelope.content)
        assert isinstance(message, EmailMessage)
        self.letters.append(message)
        return "250 OK"


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def postman(port: int) -> Iterator[Postman]:
    postman = Postman()
    controller = Controller(postman, hostname="127.0.0.1", port=port)
    controller.start()
    yield postman
    controller.stop()


@pytest.fixture
def config(database_url: str, tmp_path: Path, port: int) -> Config:
    return make_config(
        tmp_path,
        DATABASE_URL=database_url,
        MAIL_URL=f"smtp://127.0.0.1:{port}",
        MAIL_FROM="Мост <bridge@example.ru>",
    )


def put(number: int = 1, **values: Any) -> OutboxMail:
    mail = make_letter(
        number,
        **{
            "recipient": f"person{number}@example.ru",
            "subject": f"Запрос на контакт № {number}",
            "text": "Здравствуйте!\n\nВам пришёл запрос.\n",
        }
        | values,
    )
    db.session.commit()
    return mail


def again(mail: OutboxMail) -> OutboxMail:
    """The row as it is now; ends the reading transaction, which on SQLite holds the lock."""
    db.session.refresh(mail)
    db.session.commit()
    return mail


def make_due(mail: OutboxMail) -> None:
    mail.next_attempt_at = utc_now()
    db.session.commit()


def test_a_letter_arrives_once_with_its_headers_and_russian_text(
    app: Flask, postman: Postman
) -> None:
    mail = put()
    assert send_waiting() == (1, 0)
    assert send_waiting() == (0, 0)
    (letter,) = postman.letters
    assert letter["From"] == "Мост <bridge@example.ru>"
    assert letter["To"] == "person1@example.ru"
    assert letter["Subject"] == "Запрос на контакт № 1"
    assert letter["Message-ID"] == "<1@localhost>"
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter["Date"].datetime == mail.created_at.replace(microsecond=0)
    assert letter.get_content().replace("\r\n", "\n") == "Здравствуйте!\n\nВам пришёл запрос.\n"
    again(mail)
    assert (mail.attempts, mail.error, mail.claimed_until) == (1, "", None)
    assert (mail.state, mail.sent_at is not None) == (MailState.SENT, True)
    assert mail.text == "", "links that open an account must not stay in the database"


def test_a_cyrillic_domain_is_written_so_that_every_server_understands(
    app: Flask, postman: Postman
) -> None:
    put(recipient="ivan@почта.рф")
    assert send_waiting() == (1, 0)
    assert postman.letters[0]["To"] == "ivan@xn--80a1acny.xn--p1ai"


def test_a_domain_is_not_made_into_another_person_s(app: Flask, postman: Postman) -> None:
    put(recipient="ivan@faß.de")
    assert send_waiting() == (1, 0)
    assert postman.letters[0]["To"] == "ivan@xn--fa-hia.de"


def test_a_server_that_is_down_is_tried_again_later(app: Flask, port: int) -> None:
    mail = put()
    other = put(2)
    assert send_waiting() == (0, 1)
    again(mail)
    assert (mail.attempts, mail.error, mail.sent_at) == (1, "ConnectionRefusedError", None)
    assert mail.next_attempt_at > utc_now() + timedelta(seconds=50)
    assert again(other).attempts == 0, "the next letter need not try the same server"
    postman = Postman()
    controller = Controller(postman, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        assert send_waiting() == (1, 0), "the first is not due yet"
        make_due(mail)
        assert send_waiting() == (1, 0)
    finally:
        controller.stop()
    assert [letter["Message-ID"] for letter in postman.letters] == [
        "<2@localhost>",
        "<1@localhost>",
    ]


def test_what_waited_until_it_was_untrue_is_not_sent(app: Flask, postman: Postman) -> None:
    now = utc_now()
    late = put(1, good_until=now + timedelta(hours=2))
    in_time = put(2, good_until=now + timedelta(hours=4))
    with as_of(now + timedelta(hours=3)):
        assert send_waiting() == (1, 0)
    assert [letter["To"] for letter in postman.letters] == ["person2@example.ru"]
    assert again(in_time).state is MailState.SENT
    assert (again(late).state, late.text, late.sent_at) == (MailState.DROPPED, "", None)


def test_a_letter_is_given_up_after_the_last_attempt(app: Flask) -> None:
    mail = put()
    pauses = []
    for _attempt in range(len(sender.PAUSES) + 1):
        make_due(mail)
        assert send_waiting() == (0, 1)
        pauses.append(again(mail).next_attempt_at - utc_now())
    assert mail.failed_at is not None
    assert pauses[:-1] == sorted(pauses[:-1]), "the pauses grow"
    make_due(mail)
    assert send_waiting() == (0, 0)


def test_a_refused_recipient_does_not_stop_the_others(app: Flask, postman: Postman) -> None:
    postman.refused = {
        "person1@example.ru": "550 No such person",
        "person2@example.ru": "451 Come later",
    }
    gone, later, fine = put(1), put(2), put(3)
    assert send_waiting() == (1, 2)
    assert again(gone).failed_at is not None
    assert gone.error == "550 No such person"
    assert again(later).failed_at is None
    assert later.error == "451 Come later"
    assert again(fine).sent_at is not None


def test_no_address_reaches_the_log(
    app: Flask, postman: Postman, caplog: pytest.LogCaptureFixture
) -> None:
    postman.refused = {"canary@example.ru": "550 canary@example.ru is unknown"}
    mail = put(recipient="canary@example.ru")
    assert send_waiting() == (0, 1)
    assert "canary" not in caplog.text
    assert "canary" not in again(mail).error


def test_two_claims_never_give_the_same_letter(app: Flask) -> None:
    put(1)
    first = claim()
    assert first is not None
    assert claim() is None
    put(2)
    second = claim()
    assert second is not None
    assert (first.message_id, second.message_id) == ("<1@localhost>", "<2@localhost>")


def test_the_letter_of_a_killed_sender_is_sent_after_its_lease(
    app: Flask, postman: Postman
) -> None:
    mail = put()
    assert claim() is not None  # and the process dies
    assert send_waiting() == (0, 0)
    mail = again(mail)
    mail.claimed_until = utc_now() - timedelta(seconds=1)
    db.session.commit()
    assert send_waiting() == (1, 0)
    assert again(mail).attempts == 2
    assert len(postman.letters) == 1


def _send_in_process(config: Config, ready: Any) -> None:
    app = create_app(config)
    with app.app_context():
        ready.wait()
        send_waiting()


def test_two_processes_send_each_of_fifty_letters_once(
    app: Flask, config: Config, postman: Postman
) -> None:
    for number in range(50):
        put(number)
    context = multiprocessing.get_context("spawn")
    ready = context.Barrier(2)
    processes = [context.Process(target=_send_in_process, args=(config, ready)) for _ in range(2)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)
        assert process.exitcode == 0
    counts = Counter(letter["Message-ID"] for letter in postman.letters)
    assert counts == {f"<{number}@localhost>": 1 for number in range(50)}
    unsent = sa.select(sa.func.count()).where(OutboxMail.sent_at.is_(None))
    assert db.session.scalar(unsent) == 0


def test_the_thread_sends_and_ends(app: Flask, postman: Postman) -> None:
    put()
    thread = sender.mail_sender(app, pause_seconds=0.05)
    thread.start()
    deadline = utc_now() + timedelta(seconds=10)
    while not postman.letters and utc_now() < deadline:
        time.sleep(0.02)
    thread.stop()
    assert len(postman.letters) == 1
    assert not thread._thread.is_alive()


def test_the_command_sends(app: Flask, postman: Postman) -> None:
    put()
    result = app.test_cli_runner().invoke(args=["send-mail"])
    assert (result.exit_code, result.output) == (0, "Sent: 1. Not sent: 0.\n")


def test_the_letter_of_a_user_is_in_their_language(app: Flask, postman: Postman) -> None:
    user = make_user(Role.STAFF, locale="en", password_hash=None)
    service.invite(user, actor=None)
    db.session.commit()
    assert send_waiting() == (1, 0)
    (letter,) = postman.letters
    assert letter["Subject"] == "An invitation to Bridge"
    assert "http://localhost/invitation/" in text_of(letter)


def test_letters_become_files_where_there_is_no_server(database_url: str, tmp_path: Path) -> None:
    app = create_app(make_config(tmp_path, DATABASE_URL=database_url, MAIL_URL="file"))
    with app.app_context():
        put()
        assert send_waiting() == (1, 0)
        db.engine.dispose()
    (file,) = (tmp_path / "mail").iterdir()
    letter = BytesParser(policy=default).parsebytes(file.read_bytes())
    assert (file.name, letter["Subject"]) == ("1@localhost.eml", "Запрос на контакт № 1")
