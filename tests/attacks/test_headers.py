"""The score that Mozilla's HTTP Observatory would give, computed from its published table of
modifiers (mdn/mdn-http-observatory, src/grader/charts.js) for what the answers really carry."""

from __future__ import annotations

import re
from collections.abc import Callable
from http.cookies import SimpleCookie
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from bridge.config import Config
from tests.conftest import SECRET, Figure, make_config

BASE = 100
LEAST = 130
HALF_A_YEAR = 15_768_000
PRIVATE_REFERRERS = {
    "no-referrer",
    "same-origin",
    "strict-origin",
    "strict-origin-when-cross-origin",
}
BROAD = re.compile(r"'unsafe-|\bdata:|\bhttps?:(?!//)|\*|\bhttp://")


@pytest.fixture
def config(tmp_path: Path, database_url: str) -> Config:
    """As production serves it behind a proxy that speaks https."""
    return make_config(
        tmp_path,
        DATABASE_URL=database_url,
        BRIDGE_MODE="production",
        BASE_URL="https://bridge.example",
        MAIL_URL="smtp://127.0.0.1:25",
        SECRET_KEY=SECRET,
    )


def policy(answer: TestResponse) -> dict[str, str]:
    parts = answer.headers["Content-Security-Policy"].split(";")
    split = (part.strip().partition(" ") for part in parts)
    return {name: sources for name, _space, sources in split}


def content_security_policy(answer: TestResponse) -> int:
    directives = policy(answer)
    if any(BROAD.search(sources) for sources in directives.values()):
        return -20
    strict = directives.get("default-src") == "'none'"
    return 10 if strict and directives.get("form-action") in ("'none'", "'self'") else 5


def cookies(answer: TestResponse) -> int:
    set_ones = answer.headers.getlist("Set-Cookie")
    morsels = [morsel for line in set_ones for morsel in SimpleCookie(line).values()]
    if not morsels:
        return 0
    if not all(morsel["secure"] for morsel in morsels):
        return -40
    if not all(morsel["httponly"] for morsel in morsels):
        return -30
    return 5 if all(morsel["samesite"] in ("Lax", "Strict") for morsel in morsels) else 0


def cross_origin_resource_sharing(answer: TestResponse) -> int:
    return -50 if "Access-Control-Allow-Origin" in answer.headers else 0


def referrer_policy(answer: TestResponse) -> int:
    return 5 if answer.headers.get("Referrer-Policy") in PRIVATE_REFERRERS else -5


def strict_transport_security(answer: TestResponse) -> int:
    found = re.search(r"max-age=(\d+)", answer.headers.get("Strict-Transport-Security", ""))
    if found is None:
        return -20
    return 0 if int(found.group(1)) >= HALF_A_YEAR else -10


def subresource_integrity(answer: TestResponse) -> int:
    """No bonus is counted: ours are of the same origin and need none."""
    sources = re.findall(r'<script[^>]* src="([^"]+)"', answer.text)
    return 0 if all(re.match(r"/(?!/)", source) for source in sources) else -50


def content_type_options(answer: TestResponse) -> int:
    return 0 if answer.headers.get("X-Content-Type-Options") == "nosniff" else -5


def frame_options(answer: TestResponse) -> int:
    if policy(answer).get("frame-ancestors") in ("'none'", "'self'"):
        return 5
    return 0 if answer.headers.get("X-Frame-Options") in ("DENY", "SAMEORIGIN") else -20


def cross_origin_resource_policy(answer: TestResponse) -> int:
    restricted = ("same-origin", "same-site")
    return 10 if answer.headers.get("Cross-Origin-Resource-Policy") in restricted else 0


# Redirection to https is the proxy's, and costs nothing where nothing listens to http.
RULES: tuple[Callable[[TestResponse], int], ...] = (
    content_security_policy,
    cookies,
    cross_origin_resource_sharing,
    referrer_policy,
    strict_transport_security,
    subresource_integrity,
    content_type_options,
    frame_options,
    cross_origin_resource_policy,
)


def get(client: FlaskClient, path: str) -> TestResponse:
    return client.get(path, base_url="https://bridge.example")


def test_every_page_of_a_visitor_scores_enough(app: Flask, figure: Figure) -> None:
    found = {}
    for path in ("/", "/sign-in", "/register", "/forgot", "/vacancies"):
        answer = get(app.test_client(), path)
        assert answer.status_code == 200
        found[path] = {rule.__name__: rule(answer) for rule in RULES}
    totals = {path: BASE + sum(rules.values()) for path, rules in found.items()}
    figure(points_by_the_rules_of_the_Observatory=min(totals.values()))
    assert set(totals.values()) == {135}, found
    assert min(totals.values()) >= LEAST


def test_what_is_no_page_is_as_strict(app: Flask) -> None:
    """A refusal, a missing page, a file of the styles: all but the cookie's five points."""
    client = app.test_client()
    style = re.search(r'href="(/static/[^"]+\.css)"', get(client, "/").text)
    assert style
    for path, status in (("/absent", 404), (style.group(1), 200), ("/staff/moderation", 303)):
        answer = get(client, path)
        assert answer.status_code == status
        assert BASE + sum(rule(answer) for rule in RULES if rule is not cookies) == 130
        answer.close()


def test_the_judge_finds_fault(app: Flask) -> None:
    answer = get(app.test_client(), "/")
    for name in ("Content-Security-Policy", "Set-Cookie", "Strict-Transport-Security"):
        assert name in answer.headers
    answer.headers["Content-Security-Policy"] = "default-src 'none'; script-src 'unsafe-inline'"
    answer.headers["Set-Cookie"] = "bridge=1; HttpOnly; SameSite=Lax"
    answer.headers["Strict-Transport-Security"] = "max-age=60"
    answer.headers["Access-Control-Allow-Origin"] = "*"
    assert content_security_policy(answer) == -20
    assert cookies(answer) == -40
    assert strict_transport_security(answer) == -10
    assert cross_origin_resource_sharing(answer) == -50
