"""What came of it all: from the list to the contract, and what is wanted against what is there."""

from flask import Flask


def init_app(app: Flask) -> None:
    from bridge.analytics import fairness_views, views

    app.register_blueprint(views.blueprint)
    app.register_blueprint(fairness_views.blueprint)
