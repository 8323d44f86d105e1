"""The migrations and the models say the same, up, down and up again, on both databases."""

from __future__ import annotations

import sqlalchemy as sa
from flask import Flask

from bridge.extensions import alembic, db


def table_names() -> set[str]:
    return set(sa.inspect(db.engine).get_table_names()) - {"alembic_version"}


def test_up_down_and_up_again_leaves_no_difference(app: Flask) -> None:
    before = table_names()
    assert "profile" in before
    assert alembic.compare_metadata() == []
    alembic.downgrade("base")
    assert table_names() == set()
    alembic.upgrade()
    assert table_names() == before
    assert alembic.compare_metadata() == []
