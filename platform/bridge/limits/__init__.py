"""The terms and limits that the staff set: how much may reach a student, how long things wait."""

from flask import Flask


def init_app(app: Flask) -> None:
    from bridge.limits.views import blueprint

    app.register_blueprint(blueprint)
