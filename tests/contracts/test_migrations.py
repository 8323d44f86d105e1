"""The migrations and the models say the same, up, down and up again, on both databases."""

from __future__ import annotations

import sqlalchemy as sa
from flask import Flask

from bridge.extensions import alembic, db
from tests.contracts.world import make_world


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


def row_counts(tables: set[str]) -> dict[str, int]:
    with db.engine.connect() as connection:
        return {
            name: connection.scalar(sa.select(sa.func.count()).select_from(sa.table(name))) or 0
            for name in sorted(tables)
        }


# Held attempts of the last hour; budgets are kept in its place.
GONE = {"account_attempt"}


def test_no_row_is_lost_on_the_way_to_the_present_schema(app: Flask) -> None:
    """Filled, taken back to the first schema and brought up again, as an old installation is."""
    make_world()
    db.session.rollback()
    db.session.close()
    alembic.downgrade("0001")
    first = table_names() - GONE
    before = row_counts(first)
    assert before["contact_request"] >= 2
    assert before["user"] >= 8
    alembic.upgrade()
    assert row_counts(first) == before
    if db.engine.dialect.name == "sqlite":
        with db.engine.connect() as connection:
            assert connection.exec_driver_sql("PRAGMA foreign_key_check").all() == []
            assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
