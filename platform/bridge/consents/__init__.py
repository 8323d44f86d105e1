"""Consents: a separate, versioned document for each purpose, its receipt, its withdrawal."""

from flask import Flask


def init_app(app: Flask) -> None:
    from bridge.consents import gate, labels, staff
    from bridge.consents.views import blueprint

    assert staff
    app.register_blueprint(blueprint)
    labels.init_app(app)
    gate.init_app(app)
