"""Attributes of HTML, written by one function for all components: a long list has some hundreds."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Flask
from markupsafe import Markup, escape


def attributes(values: Mapping[str, object]) -> Markup:
    """` data-swap="list" name="c"`, with a space before each. Underscores of the names become
    dashes, as keyword arguments need; None and False are left out."""
    parts = (
        f' {escape(name.replace("_", "-"))}="{escape(value)}"'
        for name, value in values.items()
        if value is not None and value is not False
    )
    return Markup("".join(parts))  # noqa: S704  each part is escaped


def init_app(app: Flask) -> None:
    app.jinja_env.globals["html_attributes"] = attributes
