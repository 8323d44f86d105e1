"""Loading the index takes long: whoever writes meanwhile does not wait for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pysqlite3.dbapi2 as sqlite3
import pytest
from flask import Flask, current_app
from sqlalchemy.orm import Session

from bridge.candidates import nightly
from bridge.extensions import db
from bridge.saved_searches import service as saved_searches
from bridge.search.index import attach, live_index
from matching import Document
from tests.contacts.scene import Scene, make_scene


@pytest.fixture
def scene(app: Flask) -> Scene:
    scene = make_scene()
    saved_searches.save(scene.vacancy, "Все", "marks=all", actor=scene.member.user)
    db.session.commit()
    return scene


def write_beside() -> None:
    """As another process would. OperationalError where the file is locked; the other database
    locks rows alone.

    By the same library as the platform: two of them in one process do not see each other's locks.
    """
    if db.engine.dialect.name == "sqlite":
        # The engine, which tests share, names the file of the first of them.
        file = str(current_app.config["BRIDGE"].database_url.database)
        beside = sqlite3.connect(file, timeout=0, isolation_level=None)
        beside.execute("BEGIN IMMEDIATE")
        beside.execute("ROLLBACK")
        beside.close()


@pytest.mark.parametrize("job", [saved_searches.alert_of_new_candidates, nightly.renew])
def test_jobs_load_the_index_while_others_write(
    app: Flask, scene: Scene, job: Callable[[], object]
) -> None:
    source = live_index()._source
    everybody, read = source.all, []

    def slowly(session: Session) -> Iterator[Document]:
        write_beside()
        read.append(1)
        return iter(everybody(session))

    source.all = slowly  # type: ignore[method-assign]
    try:
        # As a worker that starts now has it.
        attach(app, source)
        job()
    finally:
        del source.all  # type: ignore[method-assign]
        attach(app, source)
    assert read == [1]
