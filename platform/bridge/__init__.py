"""Bridge (Мост): the university stands between its students and the enterprises that want them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from bridge.config import Config

__version__ = "0.1.0"

__all__ = ["__version__", "create_app"]


def create_app(config: Config | None = None) -> Flask:
    """The application; its settings come from the environment where none are given."""
    # Not at the top: gunicorn's first process reads its settings from this package and must load
    # no more of it, or the workers that it forks at a reload would go on with the old program.
    from bridge.app import create_app

    return create_app(config)
