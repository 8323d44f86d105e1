"""Sending a page that was opened earlier."""

from __future__ import annotations

from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.client import forms_of


def send(
    client: FlaskClient, page: TestResponse, target: str, values: dict[str, Any] | None = None
) -> TestResponse:
    """Send the form of a page that was opened earlier, as from another tab."""
    fields = next(fields for action, fields in forms_of(page) if action in (target, ""))
    return client.post(target, data={**fields, **(values or {})})
