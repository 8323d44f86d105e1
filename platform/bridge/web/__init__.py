"""What pages share."""

from flask import Flask


def init_app(app: Flask) -> None:
    from bridge.web.views import blueprint

    app.register_blueprint(blueprint)
