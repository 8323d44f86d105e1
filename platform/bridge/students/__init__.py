"""Students and their profiles."""

from flask import Flask


def init_app(app: Flask) -> None:
    from bridge.students import labels, listeners
    from bridge.students.views import blueprint

    app.register_blueprint(blueprint)
    labels.init_app(app)
    listeners.connect()
