"""Bytes that no browser sends, to every address: refused or ignored, never an error of ours."""

from __future__ import annotations

import random
from functools import partial

import pytest
from flask import Flask

from bridge.extensions import db
from bridge.permissions import declared_permission
from tests.attacks.answers import Answers
from tests.attacks.pages import client_of
from tests.conftest import Figure, often
from tests.contracts.test_permissions import build, may, rules
from tests.contracts.world import World, make_world

CONTENT_TYPES = (
    "application/x-www-form-urlencoded",
    "application/x-www-form-urlencoded; charset=utf-16",
    "multipart/form-data; boundary=x",
    "multipart/form-data",
    "application/json",
    "\xff/\x80",
    "",
)
BODIES = (
    b"",
    b"\x00" * 64,
    b"%ff%fe=%00&=&&&csrf_token[]=1",
    b'--x\r\nContent-Disposition: form-data; name="\xff"; filename="\x00"\r\n\r\n\xff\r\n--x--',
    b'--x\r\nContent-Disposition: form-data; name="csrf_token"\r\n',
    b"[" * 2000,
    b'{"csrf_token": ' + b"9" * 500 + b"}",
)
COOKIES = ("", "bridge=\xff\xfe; appearance=%00%ff", "bridge=" + "." * 3000, "=;;=;bridge")


@pytest.fixture
def world(app: Flask) -> World:
    app.config["WTF_CSRF_ENABLED"] = False
    app.config["PROPAGATE_EXCEPTIONS"] = False
    return make_world()


def test_no_bytes_break_an_address(app: Flask, world: World, figure: Figure) -> None:
    chance = random.Random(20)  # noqa: S311
    clients = {name: client_of(app, person) for name, person in world.people.items()}
    answers = Answers()
    for method in ("GET", "POST") * often(1, 5):
        for rule in rules(app, method):
            permission = declared_permission(app, rule.endpoint)
            assert permission is not None
            readers = [name for name, person in world.people.items() if may(person, permission)]
            reader = chance.choice(readers)
            # Leaving would leave the others outside.
            if rule.endpoint in ("accounts.sign_out", "rights.erase_account"):
                reader = "nobody"
            body = chance.choice(BODIES) + chance.randbytes(chance.choice((0, 64)))
            kind = chance.choice(CONTENT_TYPES)
            address = build(app, rule, world.own)
            cookie = {} if chance.random() < 0.5 else {"Cookie": chance.choice(COOKIES)}
            send = partial(
                clients[reader].open,
                address,
                method=method,
                data=body,
                headers={"Content-Type": kind, **cookie},
            )
            answers.ask(send, f"{method} {address} as {reader}: {kind!r} {body[:40]!r}")
    db.session.rollback()
    answers.tell(figure, f"bytes to every address ({db.engine.dialect.name})")
    assert answers.wrong == []
    assert answers.count > 200
