"""Applications that tests share: to make one takes longer than most tests do, and its engine keeps
the statements that it has compiled."""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import Flask
from jinja2 import BytecodeCache

from bridge import create_app
from bridge.candidates.source import ProfileSource
from bridge.config import Config
from bridge.extensions import db
from bridge.search.index import attach
from tests.client import Browser


@dataclass
class Shared:
    """An application as it was made; `file` is where its SQLite database lies at present."""

    app: Flask
    settings: dict[str, Any]
    extensions: dict[str, Any]
    file: str = ""

    def __post_init__(self) -> None:
        with self.app.app_context():
            engine = db.engine
        if engine.dialect.name == "sqlite":
            sa.event.listen(engine, "do_connect", self._connect)

    def _connect(self, _dialect: object, _record: object, place: list[str], _given: object) -> None:
        place[0] = self.file

    def turn_to(self, config: Config) -> Flask:
        """Let the application be as new, on these data."""
        app = self.app
        self.file = config.database_url.database or ""
        app.config.clear()
        app.config.update(self.settings | config.to_flask())
        app.extensions.clear()
        app.extensions.update(own(self.extensions))
        app.instance_path = str(config.data_dir)
        app.test_client_class = Browser
        attach(app, ProfileSource())
        return app


def own(extensions: dict[str, Any]) -> dict[str, Any]:
    """A copy whose registers a test may change."""
    registers = (dict, list)
    return {
        name: copy(one) if isinstance(one, registers) else one for name, one in extensions.items()
    }


@dataclass
class Applications:
    """One application for each kind of settings; `templates` are read once for all."""

    templates: BytecodeCache
    made: dict[str, Shared] = field(default_factory=dict)

    def lend(self, config: Config) -> Flask:
        """Return an application with these settings that no other test uses meanwhile."""
        url = config.database_url
        place = url if url.get_backend_name() != "sqlite" else url.set(database="")
        kind = repr(replace(config, data_dir=Path(), database_url=place))
        if kind not in self.made:
            app = create_app(config)
            app.jinja_env.bytecode_cache = self.templates
            self.made[kind] = Shared(app, dict(app.config), own(app.extensions))
        return self.made[kind].turn_to(config)
