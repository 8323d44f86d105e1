"""The landing page, the language switch, headers, error pages, addresses full of junk."""

from __future__ import annotations

import pytest
from flask import Flask, url_for
from flask.testing import FlaskClient

from bridge.accounts.models import Role
from bridge.extensions import db
from bridge.web.views import safe_path
from tests.client import forms_of, sign_in
from tests.factories import make_employer, make_user, make_vacancy
from tests.queries import count_queries


def csrf_of(client: FlaskClient) -> str:
    forms = forms_of(client.get("/"))
    return forms[0][1]["csrf_token"][0]


def test_landing_names_the_university_and_offers_both_ways_in(client: FlaskClient) -> None:
    page = client.get("/", headers={"Accept-Language": "en"})
    assert page.status_code == 200
    assert "Leonov University of Technology" in page.text
    assert 'href="/register"' in page.text
    assert 'href="/employers/apply"' in page.text
    assert "demo-demo-demo" not in page.text


def test_landing_shows_open_vacancies_of_working_employers_only(
    app: Flask, client: FlaskClient
) -> None:
    make_vacancy(title="Баллистик")
    make_vacancy(make_employer(state="suspended"), title="Невидимка")
    make_vacancy(title="Черновик", state="draft")
    db.session.commit()
    page = client.get("/")
    assert "Баллистик" in page.text
    assert "Невидимка" not in page.text
    assert "Черновик" not in page.text


@pytest.mark.parametrize(
    ("role", "home"),
    [
        (Role.STUDENT, "/profile"),
        (Role.STAFF, "/staff/moderation"),
        (Role.ADMIN, "/staff/moderation"),
    ],
)
def test_signed_in_people_are_sent_to_their_own_home(
    app: Flask, client: FlaskClient, role: Role, home: str
) -> None:
    sign_in(client, make_user(role))
    answer = client.get("/")
    assert answer.status_code == 302
    assert answer.location == home


def test_language_switch_is_kept_and_returns_to_the_page(app: Flask, client: FlaskClient) -> None:
    user = make_user(Role.STUDENT, locale="ru")
    sign_in(client, user)
    token = forms_of(client.get("/account"))[0][1]["csrf_token"][0]
    answer = client.post(
        "/language", data={"locale": "en", "next": "/profile?x=1", "csrf_token": token}
    )
    assert (answer.status_code, answer.location) == (303, "/profile?x=1")
    db.session.expire_all()
    assert user.locale == "en"


def test_unknown_language_changes_nothing(client: FlaskClient) -> None:
    token = csrf_of(client)
    client.post("/language", data={"locale": "tlh", "csrf_token": token})
    assert '<html lang="ru"' in client.get("/", headers={"Accept-Language": "ru"}).text


@pytest.mark.parametrize(
    "path",
    ["//evil.test/", "/\\evil.test", "https://evil.test", "", None, "evil", "/a\nb", "/\n/["],
)
def test_nobody_is_sent_to_another_site(path: str | None) -> None:
    assert safe_path(path) == "/"


@pytest.mark.parametrize("header", ["Origin", "Referer"])
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_sender_that_is_no_address_is_a_stranger(
    client: FlaskClient, scheme: str, header: str
) -> None:
    answer = client.post("/language", base_url=f"{scheme}://localhost", headers={header: "//["})
    assert answer.status_code == 400


def test_a_form_without_its_token_is_refused_in_the_readers_language(client: FlaskClient) -> None:
    answer = client.post("/language", data={"locale": "en"}, headers={"Accept-Language": "en"})
    assert answer.status_code == 400
    assert "open for too long" in answer.text


def test_every_answer_carries_the_security_headers(app: Flask, client: FlaskClient) -> None:
    with app.test_request_context():
        sheet = url_for("static", filename="css/tokens.css")
    for path in ("/", "/nowhere", sheet):
        headers = client.get(path).headers
        assert "unsafe-inline" not in headers["Content-Security-Policy"]
        assert headers["Content-Security-Policy"].startswith("default-src 'none'")
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "same-origin"


def test_static_files_may_be_kept_and_pages_may_not(app: Flask, client: FlaskClient) -> None:
    with app.test_request_context():
        address = url_for("static", filename="css/tokens.css")
    assert "max-age=31536000" in client.get(address).headers["Cache-Control"]
    assert client.get("/").headers["Cache-Control"] == "no-store"


def test_a_static_file_is_the_same_for_everybody(app: Flask, client: FlaskClient) -> None:
    """Whoever keeps it on the way keeps nobody's cookie, and it asks the database for nobody."""
    sign_in(client, make_user(Role.STUDENT))
    assert "Set-Cookie" in client.get("/account").headers
    with count_queries() as statements:
        answer = client.get(f"{app.static_url_path}/css/tokens.css")
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers
    assert "Vary" not in answer.headers
    assert statements == []
    absent = client.get(f"{app.static_url_path}/css/absent.css")
    assert (absent.status_code, "Set-Cookie" in absent.headers) == (404, False)
    assert client.get("/account").status_code == 200


def test_a_foreign_host_header_is_refused(client: FlaskClient) -> None:
    assert client.get("/", headers={"Host": "evil.test"}).status_code == 400


@pytest.mark.parametrize(
    "path",
    [
        "/nowhere",
        "/vacancies/0",
        "/vacancies/99999999999999999999",
        "/vacancies/-1",
        "/vacancies/1%00",
        "/%ff%fe",
        "/vacancies/\u202e",
    ],
)
def test_addresses_of_nothing_are_a_page_that_says_so(client: FlaskClient, path: str) -> None:
    answer = client.get(path, headers={"Accept-Language": "en"})
    assert answer.status_code == 404
    assert "There is no such page" in answer.text


@pytest.mark.parametrize("value", ["0", "-1", "x", "9" * 40, "²", "%00", "1e3"])
def test_a_nonsense_page_number_is_the_first_or_last_page(client: FlaskClient, value: str) -> None:
    assert client.get(f"/vacancies?page={value}").status_code == 200
