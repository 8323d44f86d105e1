"""The commands as a whole: where the database fails one, it says in a sentence what to do."""

from __future__ import annotations

import copy
from collections.abc import Callable
from functools import wraps
from typing import Any

import click
from flask.cli import AppGroup
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from bridge.extensions import db
from bridge.schema import present_revision, schema_trouble


class Commands(AppGroup):
    """The commands of the application; `db` is for the schema and asks for none."""

    def add_command(self, cmd: click.Command, name: str | None = None) -> None:
        super().add_command(_spoken(cmd, needs_schema=(name or cmd.name) != "db"), name)


def _spoken(command: click.Command, *, needs_schema: bool) -> click.Command:
    """A copy, for the original belongs to every application."""
    spoken = copy.copy(command)
    if isinstance(spoken, click.Group):
        spoken.commands = {
            name: _spoken(one, needs_schema=needs_schema) for name, one in spoken.commands.items()
        }
    elif spoken.callback is not None:
        spoken.callback = _in_a_sentence(spoken.callback, needs_schema=needs_schema)
    return spoken


def _in_a_sentence(work: Callable[..., Any], *, needs_schema: bool) -> Callable[..., Any]:
    @wraps(work)
    def spoken(*args: Any, **kwargs: Any) -> Any:
        try:
            return work(*args, **kwargs)
        except DBAPIError as error:
            text = connection_trouble(error) or (_missing_schema() if needs_schema else None)
            if text is None:
                raise
            raise click.ClickException(text) from error

    return spoken


def connection_trouble(error: SQLAlchemyError) -> str | None:
    """Why there is no connection; None where there was one. Only then the text of an error is
    shown, for that of a statement may repeat a row."""
    if not isinstance(error, DBAPIError) or error.statement is not None:
        return None
    lines = " ".join(str(error.orig).split())
    return f"the database does not answer, see DATABASE_URL: {lines}"


def _missing_schema() -> str | None:
    db.session.rollback()
    return schema_trouble(present_revision())
