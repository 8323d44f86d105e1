"""Tables that staff bring in the browser: rosters, lists of courses."""

from datetime import timedelta

from flask import Flask


def init_app(app: Flask) -> None:
    from bridge import jobs
    from bridge.uploads import labels, service

    labels.init_app(app)
    jobs.register(app, "uploads", every=timedelta(seconds=20), run=service.work)
