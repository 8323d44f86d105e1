"""Contact requests and the threads they open."""

from flask import Flask


def init_app(app: Flask) -> None:
    from bridge.contacts import labels, listeners
    from bridge.contacts.views import blueprint

    app.register_blueprint(blueprint)
    labels.init_app(app)
    listeners.connect()
