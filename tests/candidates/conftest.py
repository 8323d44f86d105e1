"""Pages here write in transactions of their own, so each request needs a session of its own."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.client import Stranger


@pytest.fixture
def app(app: Flask) -> Flask:
    app.test_client_class = Stranger
    return app
