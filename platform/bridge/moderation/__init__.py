"""The staff's one queue."""

from flask import Flask


def init_app(app: Flask) -> None:
    from bridge.moderation.views import blueprint

    app.register_blueprint(blueprint)
