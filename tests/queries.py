"""Counting what a page asks the database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa

from bridge.extensions import db


@contextmanager
def count_queries() -> Iterator[list[str]]:
    """The statements sent inside the block. Rows that the test has made or read are forgotten
    first, so that the page loads what it shows as it would in life."""
    db.session.expunge_all()
    statements: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith("BEGIN"):  # SQLite's, which PostgreSQL's driver does not show
            statements.append(statement)

    sa.event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        sa.event.remove(db.engine, "before_cursor_execute", note)
