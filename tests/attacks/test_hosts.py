"""A foreign Host header gets nothing, and nothing that is sent follows it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from bridge import create_app
from bridge.accounts.models import Role
from bridge.accounts.passwords import hash_password
from bridge.extensions import db
from bridge.mail.models import OutboxMail
from tests.client import Browser, submit
from tests.conftest import make_config, within
from tests.factories import make_user

FOREIGN = (
    "evil.example",
    "evil.example:443",
    "bridge.example.evil.example",
    "evil-bridge.example",
    "xbridge.example",
    "bridge.example@evil.example",
    "bridge.example:80@evil.example",
    "bridge.example/.evil.example",
    "bridge.example#.evil.example",
    "bridge.example?.evil.example",
    "bridge.example\\.evil.example",
    "bridge.example evil.example",
    "bridge.example,evil.example",
    "bridge.example.",
    "sub.bridge.example",
    "127.0.0.1",
    "[::1]",
    "localhost",
    "",
    "bridgе.example",
    "BRIDGE.EXAMPLE.EVIL",
    '"bridge.example"',
)


@pytest.fixture
def site(tmp_path: Path, database_url: str) -> Iterator[Flask]:
    config = make_config(
        tmp_path, DATABASE_URL=database_url, BASE_URL="http://bridge.example", PROXY_COUNT="1"
    )
    app = create_app(config)
    app.test_client_class = Browser
    with within(app):
        yield app


@pytest.mark.parametrize("header", ["Host", "X-Forwarded-Host"])
def test_foreign_hosts_get_nothing(site: Flask, header: str) -> None:
    answers = {}
    # Of a list of proxies' words the last is read; that one may stand in quotes.
    plain = [host for host in FOREIGN if host and host[0] != '"']
    for host in FOREIGN if header == "Host" else plain:
        sent = {header: host.encode().decode("latin-1")}
        answer = site.test_client().get("/forgot", headers=sent)
        answers[host] = (answer.status_code, "evil" in answer.text)
    wrong = {host: answer for host, answer in answers.items() if answer != (400, False)}
    assert wrong == {}
    own = site.test_client().get("/forgot", headers={header: "bridge.example"})
    assert own.status_code == 200


def test_letters_lead_to_the_address_of_the_settings(app: Flask) -> None:
    """No proxy is trusted here, so what one would say counts for nothing."""
    make_user(Role.STUDENT, email="anna@example.com", password_hash=hash_password("семь бобров 1"))
    db.session.commit()
    client = app.test_client()
    for name in ("HOST", "PROTO", "SERVER", "PREFIX", "FOR"):
        client.environ_base[f"HTTP_X_FORWARDED_{name}"] = "evil.example"
    client.environ_base["HTTP_FORWARDED"] = "host=evil.example"
    assert submit(client, "/forgot", {"email": "anna@example.com"}).status_code == 303
    text = db.session.scalars(sa.select(OutboxMail.text)).one()
    assert "http://localhost/reset/" in text
    assert "evil" not in text
