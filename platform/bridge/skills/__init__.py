"""The common vocabulary of skills."""

from flask import Flask


def init_app(app: Flask) -> None:
    from bridge.skills.views import blueprint

    app.register_blueprint(blueprint)
