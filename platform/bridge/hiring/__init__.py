"""What follows an accepted contact: interview, offer, hired, or a refusal by either side."""

from flask import Flask


def init_app(app: Flask) -> None:
    from bridge.hiring import labels, listeners, notices, pages
    from bridge.hiring.views import blueprint

    app.register_blueprint(blueprint)
    labels.init_app(app)
    listeners.connect()
    notices.init_app()
    pages.init_app(app)
