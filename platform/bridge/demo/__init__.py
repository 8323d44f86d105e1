"""The demo university."""

from flask import Flask


def init_app(app: Flask) -> None:
    from bridge.demo.commands import demo
    from bridge.demo.views import blueprint

    app.register_blueprint(blueprint)
    app.cli.add_command(demo)
