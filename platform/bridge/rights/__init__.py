"""What the law gives people over the data that the platform holds of them."""

from __future__ import annotations

from datetime import time, timedelta

from flask import Flask


def init_app(app: Flask) -> None:
    from bridge.jobs import register
    from bridge.rights import exporting, labels, listeners, retention, service, staff
    from bridge.rights.views import blueprint

    assert staff
    app.register_blueprint(blueprint)
    labels.init_app(app)
    listeners.connect()
    register(app, "data-exports", every=timedelta(minutes=1), run=exporting.make_waiting)
    register(app, "expired-exports", every=timedelta(hours=1), run=exporting.expire)
    register(
        app,
        "retention",
        every=timedelta(days=1),
        at=time(3, 30),
        run=retention.apply_terms,
        lease=timedelta(hours=4),
    )
    register(app, "erasure", every=timedelta(minutes=5), run=service.erase_due)
