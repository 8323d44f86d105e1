"""Production does not start on a demo university: everybody knows its passwords."""

from __future__ import annotations

import click
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import OperationalError

from bridge.accounts.models import User
from bridge.config import ConfigurationError
from bridge.extensions import db


def refuse_demo_accounts(app: Flask) -> None:
    """Raise ConfigurationError where production has a database with demo accounts.

    Commands still run on it: they are how one looks into it and leaves it.
    """
    command = click.get_current_context(silent=True)
    is_server = command is None or command.info_name == "run"
    if app.config["BRIDGE"].mode != "production" or not is_server:
        return
    with app.app_context():
        try:
            count = _count_demo_accounts()
        except OperationalError as error:
            # A worker that starts while the database restarts must not take the server down;
            # demo accounts cannot sign in here anyway.
            app.logger.warning("demo accounts were not looked for: %s", type(error.orig).__name__)
            return
        finally:
            # a server may fork later, and connections do not outlive that
            db.engine.dispose()
    if count:
        raise ConfigurationError(
            f"This database holds {count} accounts of the demo university, whose passwords "
            "everybody knows. Point DATABASE_URL (or DATA_DIR) at a new database and run "
            "`flask --app wsgi db upgrade`, or start with BRIDGE_MODE=demo."
        )


def _count_demo_accounts() -> int:
    with db.engine.connect() as connection:
        if not sa.inspect(connection).has_table(User.__tablename__):
            return 0
        return connection.scalar(sa.select(sa.func.count()).where(User.is_demo)) or 0
