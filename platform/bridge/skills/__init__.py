"""The common vocabulary of skills."""

from flask import Flask


def init_app(app: Flask) -> None:
    from bridge.skills.commands import sync_vocabulary
    from bridge.skills.views import blueprint

    app.register_blueprint(blueprint)
    app.cli.add_command(sync_vocabulary)
