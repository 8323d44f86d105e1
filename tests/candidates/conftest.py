"""Pages here write in transactions of their own, so each request needs a session of its own."""

from __future__ import annotations

import pytest
from flask import Flask

from bridge.employers.models import Member
from bridge.vacancies.models import Vacancy
from tests.client import Stranger
from tests.factories import make_member, make_vacancy


@pytest.fixture
def app(app: Flask) -> Flask:
    app.test_client_class = Stranger
    return app


@pytest.fixture
def member(app: Flask) -> Member:
    return make_member()


@pytest.fixture
def vacancy(member: Member) -> Vacancy:
    return make_vacancy(member.employer, must=("python", "sql"), nice=("git",))
