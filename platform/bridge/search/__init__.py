"""The index of published profiles that each process keeps."""

from flask import Flask


def init_app(app: Flask) -> None:
    from bridge.search import listeners
    from bridge.search.commands import reindex
    from bridge.search.views import search_is_silent
    from matching.remote import SearchUnavailableError

    listeners.connect()
    app.cli.add_command(reindex)
    app.register_error_handler(SearchUnavailableError, search_is_silent)
