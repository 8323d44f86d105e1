"""The version for the visually impaired: a validated cookie, attributes on the page."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from bridge.accounts.models import Role, User
from bridge.extensions import db
from bridge.web.appearance import Appearance, FontSize, Scheme, Spacing, Switch, Theme
from tests.client import sign_in, submit
from tests.factories import make_user

EVERY_CHOICE_CHANGED = Appearance(
    font_size=FontSize.HUGE,
    scheme=Scheme.BLUE,
    spacing=Spacing.WIDE,
    images=Switch.OFF,
    theme=Theme.DARK,
    hotkeys=Switch.OFF,
)


def test_a_choice_survives_the_cookie() -> None:
    assert Appearance.from_cookie(EVERY_CHOICE_CHANGED.to_cookie()) == EVERY_CHOICE_CHANGED


@given(st.text())
def test_junk_in_the_cookie_is_the_ordinary_version_or_a_valid_one(junk: str) -> None:
    appearance = Appearance.from_cookie(junk)
    assert Appearance.from_cookie(appearance.to_cookie()) == appearance


@pytest.mark.parametrize(
    ("cookie", "expected"),
    [
        (None, Appearance()),
        ("", Appearance()),
        ('scheme="><script>&font_size=huge', Appearance(font_size=FontSize.HUGE)),
        ("scheme=blue" * 1000, Appearance()),
        ("theme=DARK&spacing=wide&unknown=1", Appearance(spacing=Spacing.WIDE)),
    ],
)
def test_each_unknown_value_is_its_default(cookie: str | None, expected: Appearance) -> None:
    assert Appearance.from_cookie(cookie) == expected


def test_the_page_carries_the_choice_and_returns_to_where_one_came_from(
    client: FlaskClient,
) -> None:
    answer = submit(
        client,
        "/appearance?next=/vacancies?q=a",
        {"scheme": "white-on-black", "font_size": "large"},
        action="/appearance",
    )
    assert (answer.status_code, answer.location) == (303, "/vacancies?q=a")
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    page = client.get("/appearance").text
    assert 'data-scheme="white-on-black"' in page
    assert 'data-font-size="large"' in page
    assert 'data-spacing="normal"' in page


def test_the_ordinary_version_takes_everything_back(client: FlaskClient) -> None:
    client.set_cookie("appearance", EVERY_CHOICE_CHANGED.to_cookie())
    answer = submit(client, "/appearance", {"reset": "1"})
    assert answer.status_code == 303
    kept = client.get_cookie("appearance")
    assert kept is not None
    assert Appearance.from_cookie(kept.decoded_value) == Appearance()


def test_an_unknown_choice_is_named_and_nothing_is_kept(client: FlaskClient) -> None:
    answer = submit(client, "/appearance", {"scheme": "polka-dots"})
    assert answer.status_code == 422
    assert "error-summary" in answer.text
    assert client.get_cookie("appearance") is None


@pytest.mark.parametrize("target", ["//evil.test", "https://evil.test/", "/\\evil.test"])
def test_nobody_is_sent_to_another_site_by_it(client: FlaskClient, target: str) -> None:
    answer = submit(client, "/appearance", {"next": target})
    assert (answer.status_code, answer.location) == (303, "/")


def test_the_choice_goes_with_the_account(app: Flask, client: FlaskClient) -> None:
    user, other = make_user(Role.STUDENT), make_user(Role.STUDENT)
    sign_in(client, user)
    submit(client, "/appearance", {"scheme": "blue", "hotkeys": "off"}, action="/appearance")
    elsewhere = app.test_client()
    elsewhere.set_cookie("appearance", Appearance(scheme=Scheme.WHITE_ON_BLACK).to_cookie())
    assert 'data-scheme="white-on-black"' in elsewhere.get("/appearance").text
    sign_in(elsewhere, user)
    page = elsewhere.get("/appearance").text
    assert 'data-scheme="blue"' in page
    assert 'data-hotkeys="off"' in page
    # A version of the row is what forms compare: the looks of the page leave it alone.
    assert db.session.get_one(User, user.id).version == 1
    assert db.session.get_one(User, other.id).appearance is None
