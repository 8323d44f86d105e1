"""Requests of pages have sessions of their own here, as in the server."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from bridge.accounts.models import User
from bridge.contacts.models import ContactRequest
from tests.client import Stranger, sign_in
from tests.contacts.scene import Scene, make_scene
from tests.hiring.scene import accepted_request


@pytest.fixture
def app(app: Flask) -> Flask:
    app.test_client_class = Stranger
    return app


@pytest.fixture
def scene(app: Flask) -> Scene:
    return make_scene()


@pytest.fixture
def request_(scene: Scene) -> ContactRequest:
    """A contact request to which the student has agreed."""
    return accepted_request(scene)


def signed_in(app: Flask, user: User) -> FlaskClient:
    client = app.test_client()
    sign_in(client, user)
    return client


@pytest.fixture
def hr(app: Flask, scene: Scene) -> FlaskClient:
    return signed_in(app, scene.member.user)


@pytest.fixture
def student(app: Flask, scene: Scene) -> FlaskClient:
    return signed_in(app, scene.profile.user)
