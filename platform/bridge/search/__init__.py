"""The index of published profiles that each process keeps."""

from flask import Flask


def init_app(app: Flask) -> None:
    from bridge.search.commands import reindex

    app.cli.add_command(reindex)
