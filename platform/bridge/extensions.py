"""The extensions: created here, bound to the application in the factory."""

from __future__ import annotations

from contextvars import ContextVar
from typing import Any

from flask_alembic import Alembic
from flask_babel import Babel
from flask_login import LoginManager
from flask_sqlalchemy_lite import SQLAlchemy
from flask_wtf.csrf import CSRFProtect

# Whether tables are being made anew: see `Migrations` and `database.prepare_engine`.
rebuilding_tables: ContextVar[bool] = ContextVar("rebuilding_tables", default=False)


class Migrations(Alembic):
    """To change a table SQLite makes it anew and drops the old one. Foreign keys must not notice:
    they would delete, with the old table's rows, all that refers to them."""

    def run_migrations(self, fn: Any, **kwargs: Any) -> None:
        # The keys can be switched only between transactions, and reading the present revision has
        # begun one.
        for context in self.migration_contexts.values():
            if context.connection is not None:
                context.connection.rollback()
        token = rebuilding_tables.set(True)
        try:
            super().run_migrations(fn, **kwargs)
        finally:
            rebuilding_tables.reset(token)


db = SQLAlchemy(session_options={"autoflush": True, "expire_on_commit": False})
alembic = Migrations(run_mkdir=False)
babel = Babel()
csrf = CSRFProtect()
login_manager = LoginManager()
