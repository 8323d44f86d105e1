"""Items of the moderation queue."""

from flask import Flask


def init_app(app: Flask) -> None:
    pass
