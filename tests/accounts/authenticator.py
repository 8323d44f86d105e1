"""Setting up and using a second factor as a person would."""

from __future__ import annotations

import re
from datetime import datetime

import pyotp
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from bridge.database import as_of, utc_now
from tests.client import submit

PASSWORD = "семь бобров под мостом"


def set_up(client: FlaskClient) -> tuple[pyotp.TOTP, list[str]]:
    """The application, and the recovery codes that the last page showed."""
    begun = submit(client, "/account/security", action="/account/authenticator")
    assert (begun.status_code, begun.location) == (303, "/account/authenticator")
    page = client.get("/account/authenticator").text
    secret = re.search(r'id="secret">([A-Z2-7 ]+)<', page)
    assert secret
    assert "<svg" in page
    application = pyotp.TOTP(secret.group(1).replace(" ", ""))
    code = application.at(utc_now())
    done = submit(
        client, "/account/authenticator", {"code": code}, action="/account/authenticator/confirm"
    )
    assert done.status_code in (200, 303), done.text
    return application, re.findall(r"<code>([0-9A-Z]{4}(?:-[0-9A-Z]{4}){3})</code>", done.text)


def give_password(client: FlaskClient, email: str, path: str = "/sign-in") -> TestResponse:
    return submit(client, path, {"email": email, "password": PASSWORD})


def give_code(client: FlaskClient, code: str, moment: datetime | None = None) -> TestResponse:
    with as_of(moment or utc_now()):
        return submit(client, "/sign-in/second", {"code": code})
