"""The administrator's pages."""

from flask import Flask


def init_app(app: Flask) -> None:
    from bridge.admin import labels
    from bridge.admin.views import blueprint

    labels.init_app(app)
    app.register_blueprint(blueprint)
