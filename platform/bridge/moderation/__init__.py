"""The staff's one queue."""

from datetime import timedelta

from flask import Flask

from bridge.jobs import register


def init_app(app: Flask) -> None:
    from bridge.moderation import badges, batches, listeners, upkeep  # noqa: F401  its pages
    from bridge.moderation.views import blueprint

    app.register_blueprint(blueprint)
    badges.init_app(app)
    listeners.connect()
    # As often as jobs run at all: a decision on several cases is to take effect soon.
    register(app, "decisions-in-bulk", every=timedelta(seconds=5), run=batches.carry_out_due)
