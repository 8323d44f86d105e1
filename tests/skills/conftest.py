"""Staff in front of the vocabulary."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from bridge.accounts.models import Role
from tests.client import sign_in
from tests.factories import make_skill, make_user


@pytest.fixture
def desk(app: Flask, client: FlaskClient) -> FlaskClient:
    for slug in ("python", "sql", "git"):
        make_skill(slug)
    sign_in(client, make_user(Role.STAFF))
    return client
