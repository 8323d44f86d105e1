"""Letters: an outbox and what sends it."""

from flask import Flask


def init_app(app: Flask) -> None:
    pass
