"""Candidates: students seen from one vacancy, ranked and masked."""

from flask import Flask


def init_app(app: Flask) -> None:
    from bridge.candidates.views import blueprint

    app.register_blueprint(blueprint)
