"""The administrator's pages."""

from flask import Flask


def init_app(app: Flask) -> None:
    from bridge.admin.views import blueprint

    app.register_blueprint(blueprint)
