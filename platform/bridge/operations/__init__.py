"""What an administrator does from a terminal, and what the machines around the server ask:
backup, restore, a look whether all is well; metrics."""

from flask import Flask


def init_app(app: Flask) -> None:
    from bridge.operations.commands import backup, doctor, restore
    from bridge.operations.views import blueprint

    app.register_blueprint(blueprint)
    app.cli.add_command(backup)
    app.cli.add_command(restore)
    app.cli.add_command(doctor)
