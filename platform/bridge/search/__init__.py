"""The index of published profiles that each process keeps."""

from flask import Flask


def init_app(app: Flask) -> None:
    from bridge.search import listeners
    from bridge.search.commands import reindex

    listeners.connect()
    app.cli.add_command(reindex)
