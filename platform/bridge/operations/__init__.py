"""What an administrator does from a terminal: backup, restore, a look whether all is well."""

from flask import Flask


def init_app(app: Flask) -> None:
    from bridge.operations.commands import backup, doctor, restore

    app.cli.add_command(backup)
    app.cli.add_command(restore)
    app.cli.add_command(doctor)
