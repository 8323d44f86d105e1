"""Partner enterprises and their members."""

from flask import Flask


def init_app(app: Flask) -> None:
    from bridge.employers.views import blueprint

    app.register_blueprint(blueprint)
