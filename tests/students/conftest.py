"""A student who is signed in, and a second tab."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from bridge.accounts import service as accounts
from bridge.accounts.models import Role
from bridge.students.models import Profile
from tests.client import sign_in
from tests.factories import make_skill, make_student


@pytest.fixture
def own(app: Flask, client: FlaskClient) -> Profile:
    """A new student's empty profile, signed in; there are others."""
    make_student(skills=("git",))
    user = accounts.create_user("own@example.test", "Анна", Role.STUDENT, actor=None, locale="en")
    make_skill("git")
    sign_in(client, user)
    assert user.profile is not None
    return user.profile
