"""What the attacks share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bridge import create_app
from tests.conftest import make_config


@pytest.fixture(scope="module")
def speaking(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Refusals are in the reader's language; no database is asked."""
    app = create_app(make_config(tmp_path_factory.mktemp("app")))
    with app.test_request_context(headers={"Accept-Language": "en"}):
        yield
