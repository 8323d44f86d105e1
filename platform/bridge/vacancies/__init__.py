"""Vacancies."""

from flask import Flask


def init_app(app: Flask) -> None:
    from bridge.vacancies.views import blueprint

    app.register_blueprint(blueprint)
