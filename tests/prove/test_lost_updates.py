"""Eight windows read a number, add one and write it back, through two processes of the server."""

from __future__ import annotations

import time
from pathlib import Path

import sqlalchemy as sa
from flask import Flask

from bridge.config import Config
from bridge.extensions import db
from bridge.students.models import Profile
from tests.conftest import Figure, often
from tests.prove.writers import Tab, make_writers, start, written_number
from tests.servers import serving

TABS = 8


def test_the_counter_equals_the_number_of_successes(
    app: Flask, config: Config, tmp_path: Path, figure: Figure
) -> None:
    wanted = often(40, 200)
    (student,) = make_writers(app, 1)
    db.engine.dispose()
    url = config.database_url.render_as_string(hide_password=False)
    with serving(tmp_path, "--preload", WORKERS="2", DATABASE_URL=url) as server:
        tabs = start(server, [student] * TABS, Tab)
        end = time.monotonic() + 300
        while sum(tab.statuses[303] for tab in tabs) < wanted:
            assert time.monotonic() < end, [dict(tab.statuses) for tab in tabs]
            time.sleep(0.05)
        for tab in tabs:
            tab.stop()
        assert server.stop() == 0
    successes = sum(tab.statuses[303] for tab in tabs)
    refused = sum(tab.statuses[409] for tab in tabs)
    summary = db.session.scalar(sa.select(Profile.summary).filter_by(id=student[0]))
    counter = written_number(summary or "")
    name = db.engine.dialect.name
    figure(
        **{
            f"successes of 8 writers ({name})": successes,
            f"counter minus successes of 8 writers ({name})": counter - successes,
            f"writers told that others were faster ({name})": refused,
        }
    )
    assert counter == successes
    assert refused > 0
    assert {status for tab in tabs for status in tab.statuses} == {200, 303, 409}
    assert sum(tab.unanswered for tab in tabs) == 0
