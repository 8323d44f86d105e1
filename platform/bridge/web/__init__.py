"""What pages share."""

from flask import Flask


def init_app(app: Flask) -> None:
    from bridge.web import appearance, icons, views

    app.register_blueprint(views.blueprint)
    app.register_blueprint(appearance.blueprint)
    icons.init_app(app)
