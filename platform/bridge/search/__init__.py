"""The index of published profiles that each process keeps."""

from flask import Flask


def init_app(app: Flask) -> None:
    pass
