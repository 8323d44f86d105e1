"""Employers that a student does not want to be seen by."""

from flask import Flask


def init_app(app: Flask) -> None:
    from bridge.blocks.views import blueprint

    app.register_blueprint(blueprint)
