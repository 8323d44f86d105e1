"""Budgets that several processes of the server share, whatever the luck of who answers."""

from __future__ import annotations

import re
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlencode

import pytest
from flask import Flask

from bridge.accounts.models import Role
from bridge.accounts.passwords import hash_password
from bridge.accounts.throttling import SIGN_IN
from bridge.extensions import db
from tests.factories import make_user
from tests.servers import Answer, Server, serving

AT_ONCE, TIMES = 16, 80


@pytest.fixture
def address(app: Flask) -> str:
    make_user(Role.STUDENT, email="anna@example.com", password_hash=hash_password("семь бобров 1"))
    db.session.commit()
    return "anna@example.com"


def test_four_workers_let_as_many_guesses_through_as_one(
    app: Flask, address: str, database_url: str, tmp_path: Path
) -> None:
    with serving(tmp_path, WORKERS="4", DATABASE_URL=database_url) as server:
        assert len(server.workers) == 4
        answers = guess(server, address)
    statuses = Counter(answer.status for answer in answers)
    assert statuses == {422: SIGN_IN.limit, 429: TIMES - SIGN_IN.limit}
    refused = next(answer for answer in answers if answer.status == 429)
    assert 0 < int(refused.headers["retry-after"]) <= SIGN_IN.step + 1
    assert "Too many attempts." in refused.text
    assert f'value="{address}"' in refused.text, "what was typed is kept"


def guess(server: Server, address: str) -> list[Answer]:
    page = server.get("/sign-in", **{"Accept-Language": "en"})
    token = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
    assert token, page
    headers = {
        "Cookie": page.headers["set-cookie"].partition(";")[0],
        "Content-Type": "application/x-www-form-urlencoded",
        "Accept-Language": "en",
    }

    def once(number: int) -> Answer:
        body = {"csrf_token": token.group(1), "email": address, "password": f"guess {number}"}
        return server.ask("POST", "/sign-in", urlencode(body), headers)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(once, range(TIMES)))
