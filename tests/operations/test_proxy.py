"""The platform behind the shipped configuration of nginx: https, names, addresses, large files."""

from __future__ import annotations

import http.client
import re
import shutil
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from bridge.contacts.files import SUBMISSION_BYTES
from bridge.tables import FILE_LIMIT, WORKBOOK_SECONDS
from bridge.uploads.pages import REST_OF_FORM
from tests.operations.nginx import EXAMPLE, proxying
from tests.servers import serving

NAME = "bridge.example.ru"
LARGEST = max(SUBMISSION_BYTES, FILE_LIMIT + REST_OF_FORM)
SITE = {
    "BRIDGE_MODE": "production",
    "BASE_URL": f"https://{NAME}",
    "MAIL_URL": "smtp://127.0.0.1:9",
    "PROXY_COUNT": "1",
    "WORKERS": "1",
}


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: http.client.HTTPMessage
    text: str


@dataclass(frozen=True, slots=True)
class Site:
    plain: int
    secure: int

    def ask(
        self, path: str, *, body: bytes | None = None, secure: bool = True, **headers: str
    ) -> Answer:
        connection = (
            http.client.HTTPSConnection(
                "127.0.0.1",
                self.secure,
                timeout=60,
                context=ssl._create_unverified_context(),  # noqa: S323
            )
            if secure
            else http.client.HTTPConnection("127.0.0.1", self.plain, timeout=60)
        )
        try:
            method = "GET" if body is None else "POST"
            connection.request(method, path, body, {"Host": NAME} | headers)
            found = connection.getresponse()
            return Answer(found.status, found.headers, found.read().decode("utf-8", "replace"))
        finally:
            connection.close()


@pytest.fixture(scope="module")
def site(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    data, proxy = tmp_path_factory.mktemp("data"), tmp_path_factory.mktemp("proxy")
    shutil.copy(sqlite_template, data / "bridge.db")
    with serving(data, **SITE) as server, proxying(proxy, server.port) as (plain, secure):
        yield Site(plain, secure)


def test_http_leads_to_https_and_back_to_the_same_page(site: Site) -> None:
    answer = site.ask("/help?a=%D0%B1", secure=False)
    assert (answer.status, answer.headers["Location"]) == (308, f"https://{NAME}/help?a=%D0%B1")
    page = site.ask("/account")
    assert page.status == 303
    assert page.headers["Location"].startswith("/sign-in")
    front = site.ask("/")
    assert front.headers["Set-Cookie"].startswith("__Host-")
    assert "Secure" in front.headers["Set-Cookie"]
    assert "max-age=" in front.headers["Strict-Transport-Security"]
    for one in (answer, front):
        assert re.search(r"\d", one.headers["Server"]) is None


def test_only_its_own_name_is_answered(site: Site) -> None:
    assert site.ask("/", Host="evil.example").status == 400
    forged = site.ask("/sign-in", **{"X-Forwarded-Host": "evil.example"})
    assert forged.status == 200
    assert "evil.example" not in forged.text


def test_nobody_chooses_the_address_that_is_counted(site: Site) -> None:
    """50 proofs of identity from one network fail in ten minutes, whatever address they name."""
    page = site.ask("/sign-in")
    token = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
    assert token is not None
    cookie = page.headers["Set-Cookie"].partition(";")[0]
    form = "application/x-www-form-urlencoded"

    def guess(number: int) -> int:
        body = f"csrf_token={token[1]}&email=nobody{number}@example.ru&password=x".encode()
        sent_by = {"X-Forwarded-For": f"203.0.{number}.7", "Referer": f"https://{NAME}/sign-in"}
        headers = {"Cookie": cookie, "Content-Type": form, **sent_by}
        return site.ask("/sign-in", body=body, **headers).status

    statuses = list(map(guess, range(56)))
    assert statuses[0] == 422
    assert statuses[-1] == 429


def test_what_is_not_for_the_world_stays_inside(site: Site) -> None:
    assert [site.ask(path).status for path in ("/metrics", "/readyz", "/healthz")] == [
        404,
        404,
        200,
    ]


def test_style_sheets_are_pressed_and_kept_and_pages_are_not(site: Site) -> None:
    page = site.ask("/help", **{"Accept-Encoding": "gzip"})
    assert page.headers["Content-Encoding"] is None
    assert page.headers["Cache-Control"] == "no-store"
    sheet = re.search(r'/static/[^"]+\.css', page.text)
    assert sheet
    answer = site.ask(sheet[0], **{"Accept-Encoding": "gzip"})
    assert (answer.status, answer.headers["Content-Encoding"]) == (200, "gzip")
    assert answer.headers["Cache-Control"] == "public, max-age=31536000"
    assert answer.headers["Vary"] in (None, "Accept-Encoding")


def test_the_largest_file_comes_through_and_of_a_larger_one_the_platform_says_so(
    site: Site,
) -> None:
    for size in (LARGEST, LARGEST + 1024 * 1024):
        answer = site.ask("/staff/students/roster", body=b"x" * size)
        # Nobody is signed in: that it is answered at all, and by whom, is the point.
        assert answer.status in (302, 303, 400, 403, 413)
        assert answer.headers["X-Request-ID"]


def test_nginx_waits_as_long_as_a_workbook_may_take() -> None:
    waits = re.search(r"proxy_read_timeout (\d+)s;", EXAMPLE.read_text())
    assert waits
    assert int(waits[1]) > WORKBOOK_SECONDS
