"""What pages share."""

from flask import Flask


def init_app(app: Flask) -> None:
    from bridge.web import appearance, icons, markup, views

    app.register_blueprint(views.blueprint)
    app.register_blueprint(appearance.blueprint)
    icons.init_app(app)
    markup.init_app(app)
