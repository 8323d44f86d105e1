"""Letters: an outbox and what sends it."""

from flask import Flask


def init_app(app: Flask) -> None:
    from bridge.mail.commands import send_mail

    app.cli.add_command(send_mail)
