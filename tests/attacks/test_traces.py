"""What people send leaves no trace in the log, whatever breaks, and no name is found by search."""

from __future__ import annotations

import logging
import re
from pathlib import Path

import pytest
import sqlalchemy as sa
from aiosmtpd.controller import Controller
from flask import Flask
from flask.testing import FlaskClient

from bridge import create_app
from bridge.accounts.models import Role
from bridge.candidates.models import Candidate
from bridge.extensions import db
from bridge.mail.models import OutboxMail
from bridge.mail.sender import send_waiting
from bridge.notices.digest import send_digests
from bridge.notices.models import Delivery, Group
from bridge.notices.service import choose, notify, schedule
from bridge.notices.unsubscribing import unsubscribe_url
from bridge.students.scrubbing import MARK, Scrubber
from tests.attacks.pages import client_of
from tests.candidates.test_canary import make_canary
from tests.conftest import make_config
from tests.contracts.test_permissions import FREE, rules
from tests.contracts.world import make_world
from tests.factories import make_member, make_skill, make_student, make_user, make_vacancy
from tests.mail.test_sender import Postman
from tests.ports import free_port

CANARY = "kanareika-41"
APPLICATION = {
    "name": f"АО {CANARY}",
    "inn": "7707083893",
    "contact_name": f"Анна {CANARY}",
    "position": CANARY,
    "email": f"{CANARY}@example.test",
    "password": f"{CANARY} под мостом",
}
# Ways to ask for the canary of tests/candidates/test_canary.py.
PROBES = (
    "Канария", "канария", "КАНАРИЯ", "Канарии", "Kanariya", "Желтопёрова", "желтоперова",
    "Желтопёровой", "Zheltopyorova", "Zheltoperova", "kanareika@birds.example", "kanareika",
    "birds.example", "birds", "79123456789", "9123456789", "345-67-89", "@kanareika_tg",
    "kanareika_tg", "ЗК-777123", "777123", "code.example", "kanareika-repo",
)  # fmt: skip
JUNK = (
    (b"\xff\xfe\x00" * 50, "application/x-www-form-urlencoded"),
    (b"&=&=%%%zz&" * 50, "application/x-www-form-urlencoded"),
    (b'--x\r\nContent-Disposition: form-data; name="a\r\n\r\n', "multipart/form-data; boundary=x"),
    (b"\x00" * 500, "multipart/form-data"),
    (b'{"a": [', "application/json"),
    (b"a=b", 'text/\xc2\xa0; charset="utf-7'),
)


def test_a_broken_database_writes_nobody_into_the_log(
    app: Flask,
    client: FlaskClient,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    if db.engine.dialect.name == "postgresql":
        pytest.skip("the tests share that database: it must stay whole")
    app.config.update(WTF_CSRF_ENABLED=False, PROPAGATE_EXCEPTIONS=False)
    caplog.set_level(logging.DEBUG)
    for table in ("throttle", "user", "employer"):
        db.session.execute(sa.text(f'ALTER TABLE "{table}" RENAME TO gone_{table}'))
        db.session.commit()
        statuses = {
            client.post(f"/employers/apply?{CANARY}={CANARY}", data=APPLICATION).status_code,
            client.post("/sign-in", data=APPLICATION).status_code,
            client.post("/register", data={**APPLICATION, "locale": "ru"}).status_code,
        }
        assert max(statuses) >= 500
    written = caplog.text + "".join(capfd.readouterr())
    assert "error" in written
    assert CANARY not in written


def test_letters_and_notices_write_nobody_into_the_log(
    database_url: str,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    """Whatever a mail server says of a person, and whatever breaks on the way to them."""
    caplog.set_level(logging.DEBUG, logger="bridge")
    postman, port = Postman(), free_port()
    address = f"{CANARY}@example.test"
    server = Controller(postman, hostname="127.0.0.1", port=port)
    server.start()
    url = f"smtp://127.0.0.1:{port}"
    app = create_app(make_config(tmp_path, DATABASE_URL=database_url, MAIL_URL=url))
    with app.app_context():
        user = make_user(Role.STUDENT, name=f"Анна {CANARY}", email=address)
        skill = make_skill("python")
        for refusal in (f"550 {CANARY} <{address}> is unknown", f"451 {address} later", ""):
            postman.refused = {address: refusal} if refusal else {}
            notify(user, "skills/approved", skill)
            db.session.commit()
            send_waiting()
        choose(user, Group.PROFILE, Delivery.DIGEST, actor=user)
        schedule(user, hour=0, time_zone=f"Nowhere/{CANARY}")
        notify(user, "skills/approved", skill)
        db.session.commit()
        send_digests()
        errors = db.session.scalars(sa.select(OutboxMail.error)).all()
        token = unsubscribe_url(user, Group.PROFILE).rpartition("/")[2]
        client = app.test_client()
        client.post(f"/notices/unsubscribe/{token}{CANARY}")
        db.session.rollback()
        db.engine.dispose()
    server.stop()
    written = caplog.text + "".join(capfd.readouterr())
    assert "was not sent" in written
    assert "was not written" in written
    assert CANARY not in written
    assert [error for error in errors if CANARY in error] == []
    assert sorted(error.split()[0] for error in errors if error) == ["451", "550"]


def test_nobody_is_found_by_name_or_address(app: Flask) -> None:
    member = make_member()
    vacancy = make_vacancy(member.employer, must=("python",))
    canary = make_canary()
    other = make_student(skills=("python",), summary="Обычный студент.")
    db.session.commit()
    client = client_of(app, member.user)
    base = f"/hr/vacancies/{vacancy.id}/candidates"
    client.get(base)
    names = dict(db.session.execute(sa.select(Candidate.profile_id, Candidate.pseudonym)).all())
    db.session.rollback()

    def finds(**query: str) -> bool:
        """The canary and not the other: a figure alone is no word and finds everybody."""
        page = client.get(base, query_string=query).text
        return f"/{names[canary.id]}" in page and f"/{names[other.id]}" not in page

    assert finds(q="прочность")
    assert [probe for probe in PROBES if finds(q=probe) or finds(city=probe)] == []


def test_junk_for_a_body_breaks_no_address(app: Flask) -> None:
    app.config.update(WTF_CSRF_ENABLED=False, PROPAGATE_EXCEPTIONS=False)
    world = make_world()
    clients = [client_of(app, world.people[kind]) for kind in ("student", "member", "admin")]
    known = {**FREE, **world.own}
    broken = []
    for rule in rules(app, "POST"):
        if rule.endpoint == "accounts.sign_out":
            continue
        values = {name: known.get(name, 1) for name in rule.arguments}
        address = app.url_map.bind("localhost").build(rule.endpoint, values)
        for number, (body, kind) in enumerate(JUNK):
            client = clients[number % len(clients)]
            headers = {"Content-Type": re.sub(r"[^\x20-\x7e]", "", kind)}
            status = client.post(address, data=body, headers=headers).status_code
            if status >= 500:
                broken.append(f"{address} with junk {number}: {status}")
    assert broken == []


def test_a_body_that_is_too_large_is_refused(app: Flask, client: FlaskClient) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    for size in (2, 20):
        answer = client.post("/sign-in", data={"email": "a" * size * 1024 * 1024})
        assert answer.status_code == 413
        assert "too large" in answer.text


@pytest.mark.parametrize(
    ("name", "spellings"),
    [
        ("Семёнов Фёдор", "Semyonov Semenov Семенов Fyodor Fedor Fiodor"),
        ("Алексеева Юлия", "Alekseyeva Alekseeva Julia Yulia Yuliya Iuliia"),
        ("Щербаков Юрий", "Shcherbakov Scherbakov Yuri Yury Yuriy Iurii"),
        ("Соловьёв Артём", "Solovyov Solovyev Solovev Artyom Artem"),
    ],
)
def test_no_spelling_of_a_name_is_left(name: str, spellings: str) -> None:
    assert set(Scrubber(name)(spellings).split()) == {MARK}
    assert (
        Scrubber(name)("Python, React, Java, школа, связь") == "Python, React, Java, школа, связь"
    )
