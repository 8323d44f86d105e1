"""Passkeys in a real browser: made where a second factor is required, used to sign in and to
confirm an act. The device is one that Chromium pretends to have (WebAuthn domain of DevTools)."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from playwright.sync_api import Browser, Page

from bridge.accounts.models import LoginSession
from bridge.database import utc_now
from bridge.extensions import db
from tests.browser import people
from tests.browser.conftest import Mailbox, Server, Visitor, running
from tests.ports import free_port
from tests.prepared import base_environment

ADMIN = "admin@example.test"
DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def site(tmp_path: Path, with_vocabulary: Path) -> Iterator[Server]:
    """By its name: browsers keep passkeys for names, not for numbers."""
    port = free_port()
    url = f"http://localhost:{port}"
    environment = base_environment(tmp_path) | {
        "PORT": str(port),
        "BASE_URL": url,
        "SECOND_FACTOR": "required",
    }
    shutil.copy(with_vocabulary / "bridge.db", tmp_path)
    with running(tmp_path, environment):
        yield Server(url, environment, Mailbox())


@pytest.fixture
def admin(site: Server, chromium: Browser) -> Iterator[Visitor]:
    context = chromium.new_context(locale="en-US", viewport={"width": 1440, "height": 900})
    context.set_default_timeout(30_000)
    visitor = Visitor(context.new_page(), site.url)
    visitor.watch()
    yield visitor
    visitor.shot("passkeys-last")
    context.close()
    assert visitor.troubles == []


def plug_in(page: Page) -> None:
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})


def give_password(admin: Visitor) -> None:
    admin.open("/sign-in")
    people.fill(admin, {"E-mail": ADMIN, "Password": people.PASSWORD})
    people.press(admin, "Sign in")


def test_a_passkey_is_made_and_used(site: Server, admin: Visitor) -> None:
    site.flask(
        "create-user", ADMIN, "--name", "Ада Админ", "--role", "admin", "--locale", "en",
        "--password-stdin", text=f"{people.PASSWORD}\n",
    )  # fmt: skip
    plug_in(admin.page)
    give_password(admin)
    admin.see("Your account needs a second factor")
    admin.open("/staff/moderation")
    assert admin.page.url.endswith("/account/security")
    people.press(admin, "Add a passkey", role="link")
    people.fill(admin, {"Name of the passkey": "My laptop"})
    admin.shot("passkeys-new")
    people.press(admin, "Make the passkey")
    admin.see("They are shown now and never again")
    assert admin.page.locator(".codes li").count() == 10
    admin.shot("passkeys-codes")
    people.press(admin, "I have kept them", role="link")
    admin.see("My laptop")
    admin.shot("passkeys-security")

    admin.page.locator("#account-menu summary").click()
    people.press(admin, "Sign out")
    admin.see("You have signed out.")
    give_password(admin)
    admin.see("Second step of signing in")
    admin.shot("passkeys-second-step")
    people.press(admin, "Use the passkey")
    admin.page.wait_for_url(re.compile(r"/staff/moderation"))
    admin.open("/account/security")
    admin.see("last used")
    _confirm_by_it(site, admin)


def _confirm_by_it(site: Server, admin: Visitor) -> None:
    """Long after signing in: what was typed goes on after the passkey."""
    admin.open("/admin/accounts/new")
    people.fill(admin, {"First name and surname": "Олег Новый", "E-mail": "new@example.test"})
    with site.beside():
        long_ago = utc_now() - timedelta(hours=1)
        db.session.execute(sa.update(LoginSession).values(proved_at=long_ago))
    people.press(admin, "Send the invitation")
    admin.see("Is it you?")
    admin.shot("passkeys-confirm")
    people.press(admin, "Use the passkey")
    admin.see("The account is made, the invitation is on its way.")
    admin.see("new@example.test")
