"""The demo university's letters are read in the browser, and nowhere else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from bridge import create_app
from bridge.accounts.models import Role
from bridge.extensions import db
from bridge.mail.models import OutboxMail
from bridge.mail.sender import send_waiting
from tests.client import Browser, sign_in, submit
from tests.conftest import make_config, within
from tests.factories import make_user

PERSON = {"name": "Анна", "email": "anna@example.com", "password": "семь бобров под мостом"}


@pytest.fixture
def demo(database_url: str, tmp_path: Path) -> Iterator[Flask]:
    app = create_app(make_config(tmp_path, DATABASE_URL=database_url, BRIDGE_MODE="demo"))
    app.test_client_class = Browser
    with within(app):
        yield app


def test_a_visitor_confirms_an_address_without_a_mail_server(demo: Flask) -> None:
    client = demo.test_client()
    submit(client, "/register", PERSON)
    assert send_waiting() == (1, 0), "the letter stays readable when it has been sent"
    found = re.search(r'href="http://localhost(/confirm/[^"]+)"', client.get("/demo/letters").text)
    assert found
    assert submit(client, found.group(1)).status_code == 303
    entered = submit(client, "/sign-in", PERSON)
    assert entered.status_code == 303


def test_letters_are_newest_first_found_by_recipient_and_harmless(demo: Flask) -> None:
    for number in range(3):
        db.session.add(
            OutboxMail(
                recipient=f"person{number}@example.com",
                subject=f"Письмо {number}",
                text="<script>alert(1)</script> http://localhost/x",
                message_id=f"<{number}@localhost>",
            )
        )
    db.session.commit()
    page = demo.test_client().get("/demo/letters").text
    assert re.findall(r"Письмо \d", page) == ["Письмо 2", "Письмо 1", "Письмо 0"]
    assert "<script>alert" not in page
    found = demo.test_client().get("/demo/letters?to=PERSON1").text
    assert re.findall(r"Письмо \d", found) == ["Письмо 1"]


@pytest.mark.parametrize("role", [None, Role.ADMIN])
def test_elsewhere_there_is_no_such_page(
    app: Flask, client: FlaskClient, role: Role | None
) -> None:
    if role is not None:
        sign_in(client, make_user(role))
    assert client.get("/demo/letters").status_code == 404
