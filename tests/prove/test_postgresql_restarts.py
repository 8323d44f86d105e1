"""PostgreSQL restarts while people write."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from flask import Flask

from bridge.config import Config
from bridge.extensions import db
from bridge.search.index import live_index
from tests.conftest import Figure, often
from tests.postgresql import Cluster
from tests.prove.writers import index_differs, lost_writes, make_writers, start
from tests.servers import serving

RESTARTS = 3
CALM_SECONDS = 1.0

pytestmark = pytest.mark.postgresql


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_errors_end_within_a_second_and_nothing_is_lost(
    app: Flask, config: Config, tmp_path: Path, postgresql: Cluster, figure: Figure
) -> None:
    students = make_writers(app, 4)
    live_index().rebuild()
    db.session.rollback()
    db.engine.dispose()
    url = config.database_url.render_as_string(hide_password=False)
    errors_after: list[float] = []
    away_seconds = often(1, 2)
    with serving(tmp_path, "--preload", DATABASE_URL=url) as server:
        writers = start(server, students)
        for _number in range(RESTARTS):
            before = [writer.acknowledged for writer in writers]
            wait_until_written(writers, before)
            postgresql.stop_server()
            time.sleep(away_seconds)
            postgresql.start_server()
            up = time.monotonic()
            wait_until_written(writers, [writer.acknowledged for writer in writers])
            time.sleep(CALM_SECONDS)
            errors_after.append(max(writer.last_error_at for writer in writers) - up)
        for writer in writers:
            writer.stop()
        assert server.stop() == 0
    lost = lost_writes(writers)
    refused = sum(writer.statuses[503] for writer in writers)
    figure(
        restarts_of_PostgreSQL=RESTARTS,
        writes_acknowledged_around_them=sum(writer.statuses[303] for writer in writers),
        acknowledged_writes_lost_at_restarts=lost,
        answers_of_503_at_restarts=refused,
        seconds_until_the_last_error=round(max(0.0, *errors_after), 2),
    )
    assert lost == 0
    assert {status for writer in writers for status in writer.statuses} == {200, 303, 503}
    assert sum(writer.unanswered for writer in writers) == 0
    pages = [writer.last_page for writer in writers if writer.last_page]
    assert pages
    assert all("База данных не отвечает" in page for page in pages)
    assert max(errors_after) <= CALM_SECONDS
    assert index_differs(config) == []


def wait_until_written(writers: list, numbers: list[int]) -> None:  # type: ignore[type-arg]
    """Each of them has been told of a further write."""
    end = time.monotonic() + 60
    while any(w.acknowledged == n for w, n in zip(writers, numbers, strict=True)):
        statuses = [dict(writer.statuses) for writer in writers]
        assert time.monotonic() < end, f"somebody cannot write: {statuses}"
        time.sleep(0.01)
