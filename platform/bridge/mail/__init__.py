"""Letters: an outbox and what sends it."""

from flask import Flask


def init_app(app: Flask) -> None:
    from bridge.mail.commands import send_mail
    from bridge.mail.views import blueprint

    app.register_blueprint(blueprint)
    app.cli.add_command(send_mail)
