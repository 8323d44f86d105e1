"""A command that the database fails says in one sentence why and what to do; what runs beside the
requests does not fill the log."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import CliRunner, Result
from flask import Flask
from flask.cli import FlaskGroup, with_appcontext
from sqlalchemy.exc import DBAPIError

from bridge import create_app
from bridge.background import Repeater
from bridge.extensions import db
from tests.conftest import make_config
from tests.ports import free_port

CREATE = ["create-user", "anna@example.ru", "--name", "Анна", "--role", "admin"]


def flask(app: Flask, *words: str) -> Result:
    """As `flask --app wsgi` runs a command."""
    return CliRunner().invoke(FlaskGroup(create_app=lambda: app), words)


def test_without_a_database_the_driver_s_reason_is_told(tmp_path: Path) -> None:
    port = free_port()
    url = f"postgresql://bridge:geheim@127.0.0.1:{port}/bridge"
    app = create_app(make_config(tmp_path, DATABASE_URL=url))
    for command in (CREATE, ["db", "upgrade"], ["db", "current"], ["send-mail"]):
        found = flask(app, *command)
        assert found.exit_code == 1
        assert len(found.output.splitlines()) == 1
        assert found.output.startswith("Error: the database does not answer, see DATABASE_URL: ")
        assert str(port) in found.output
        assert "geheim" not in found.output
    told = flask(app, "doctor")
    assert told.exit_code == 1
    assert "the database does not answer, see DATABASE_URL: " in told.output
    assert "geheim" not in told.output


def test_without_the_schema_the_command_that_brings_it_is_named(tmp_path: Path) -> None:
    app = create_app(make_config(tmp_path))
    for command in (CREATE, ["send-mail"], ["reset-factors", "anna@example.ru"]):
        found = flask(app, *command)
        assert found.exit_code == 1
        assert found.output.startswith("Error: the schema is missing, this program needs ")
        assert found.output.endswith(": run `flask --app wsgi db upgrade`\n")
    assert flask(app, "db", "upgrade").exit_code == 0
    assert flask(app, *CREATE).exit_code == 0
    with app.app_context():
        db.engine.dispose()


def test_a_fault_of_ours_is_not_hidden(own_app: Flask) -> None:
    @own_app.cli.command("broken")
    @with_appcontext
    def broken() -> None:
        db.session.execute(sa.text("SELECT nothing FROM nowhere"))

    db.session.rollback()
    assert isinstance(flask(own_app, "broken").exception, DBAPIError)


def test_what_fails_again_and_again_is_logged_once(
    app: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    outcomes: Iterator[type[Exception] | None] = iter(
        [None, OSError, OSError, OSError, KeyError, None, None, OSError]
    )

    def work() -> None:
        outcome = next(outcomes, "end")
        if outcome == "end":
            repeater.stop()
        elif outcome is not None:
            raise outcome

    repeater = Repeater(app, "sender", work, 0)
    db.session.rollback()
    with caplog.at_level(logging.WARNING, "bridge.background"):
        repeater.run()
    assert [record.getMessage() for record in caplog.records] == [
        "sender failed: OSError",
        "sender failed: KeyError",
        "sender works again",
        "sender failed: OSError",
        "sender works again",
    ]
