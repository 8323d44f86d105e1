"""Address converters."""

from __future__ import annotations

from flask import Flask
from werkzeug.routing import BaseConverter


class IdConverter(BaseConverter):
    """A row's number. At most nine digits: larger ones overflow PostgreSQL's integer, and an
    address with one should be «no such page», not an error of the database."""

    regex = r"[1-9]\d{0,8}"

    def to_python(self, value: str) -> int:
        return int(value)


def init_app(app: Flask) -> None:
    app.url_map.converters["id"] = IdConverter
