"""Headers that no browser sends, over HTTP and HTTPS, with every check for forged requests on: an
answer below 500 each time."""

from __future__ import annotations

from functools import partial
from itertools import product

import pytest
from flask import Flask

from bridge.accounts.models import Role
from bridge.extensions import db
from tests.attacks.answers import Answers
from tests.client import sign_in
from tests.conftest import Figure, often
from tests.factories import make_user

NAMES = (
    "Referer", "Origin", "Accept-Language", "Range", "If-None-Match", "If-Modified-Since",
    "If-Range", "Accept", "Cookie", "Sec-Fetch-Site", "X-Forwarded-For", "Authorization",
    "Content-Type", "User-Agent", "Cache-Control",
)  # fmt: skip
VALUES = (
    "https://[",
    "//a]b/",
    "http://x:abc/",
    "\xff\xfe",
    "a" * 3000,
    "bytes=0-99999999999999999999",
    "ru;q=nan, en;q=1e999, -;q=",
    'W/"',
)
ADDRESSES = (
    ("GET", "/"),
    ("GET", "/static/css/base.css"),
    ("GET", "/nothing"),
    ("POST", "/language"),
    ("POST", "/profile/about"),
)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_no_header_breaks_an_address(scheme: str, app: Flask, figure: Figure) -> None:
    app.config["PROPAGATE_EXCEPTIONS"] = False
    student = make_user(Role.STUDENT)
    db.session.commit()
    stranger, signed_in = app.test_client(), app.test_client()
    sign_in(signed_in, student)
    answers = Answers()
    # A seventh part of them still holds each name and each value.
    combined = list(product(NAMES, VALUES, ADDRESSES))[:: often(7, 1)]
    for client, (name, value, (method, address)) in product((stranger, signed_in), combined):
        send = partial(
            client.open,
            address,
            method=method,
            base_url=f"{scheme}://localhost",
            headers={name: value},
        )
        answers.ask(send, f"{method} {address}, {name}: {value[:20]!r}")
    db.session.rollback()
    answers.tell(figure, f"headers over {scheme}")
    assert answers.wrong == []
