"""The index of published profiles: each process's own, or that of a server."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Flask, current_app

from bridge.search.changes import Source
from bridge.search.live import LiveIndex
from matching import Index

if TYPE_CHECKING:
    from bridge.search.served import ServedIndex
    from matching.remote.index import RemoteIndex

_EXTENSION = "bridge-index"


def attach(app: Flask, source: Source) -> None:
    """Tell the application where its documents come from."""
    config = app.config["BRIDGE"]
    if config.search_url:
        from bridge.search.served import ServedIndex

        app.extensions[_EXTENSION] = ServedIndex(source, config.search_url)
    else:
        app.extensions[_EXTENSION] = LiveIndex(source, config.data_dir / "index")


def live_index() -> LiveIndex | ServedIndex:
    live: LiveIndex | ServedIndex = current_app.extensions[_EXTENSION]
    return live


def current_index() -> Index | RemoteIndex:
    """The index, as new as the last commit. What the present transaction has written itself is not
    in it yet."""
    return live_index().current()
