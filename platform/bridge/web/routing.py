"""Addresses: converters, and where a reader may be sent back to."""

from __future__ import annotations

from urllib.parse import SplitResult, urlencode, urlsplit

from flask import Flask, request
from werkzeug.routing import BaseConverter


class IdConverter(BaseConverter):
    """A row's number. At most nine digits: larger ones overflow PostgreSQL's integer, and an
    address with one should be «no such page», not an error of the database."""

    regex = r"[1-9]\d{0,8}"

    def to_python(self, value: str) -> int:
        return int(value)


def parts_of(address: str) -> SplitResult:
    """The parts of an address that anybody may have written; all empty where it is none."""
    try:
        return urlsplit(address)
    except ValueError:
        return SplitResult("", "", "", "", "")


def safe_path(value: str | None, default: str = "/") -> str:
    """`value` if it is a path of this site, else `default`: nobody is sent elsewhere by a link."""
    if not value or not value.startswith("/") or value.startswith(("//", "/\\")):
        return default
    # Browsers leave out what is invisible, and slashes that were apart come together.
    if any(ord(char) < 32 for char in value):
        return default
    parts = parts_of(value)
    return default if parts.scheme or parts.netloc else value


def this_page(**changes: str | None) -> str:
    """The present address with some values of its query changed, or left out (None). Unlike
    `url_for` it takes whatever else people have written into the query."""
    query = request.args.to_dict(flat=False)
    for name, value in changes.items():
        query.pop(name, None)
        if value is not None:
            query[name] = [value]
    path = request.script_root + request.path
    return f"{path}?{urlencode(query, doseq=True)}" if query else path


def init_app(app: Flask) -> None:
    app.url_map.converters["id"] = IdConverter
    app.jinja_env.globals["this_page"] = this_page
