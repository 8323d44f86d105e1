"""Letters: an outbox and what sends it."""

from flask import Flask


def init_app(app: Flask) -> None:
    from bridge.mail.commands import send_mail
    from bridge.mail.labels import letter_topic
    from bridge.mail.views import blueprint

    app.register_blueprint(blueprint)
    app.cli.add_command(send_mail)
    app.jinja_env.filters["letter_topic"] = letter_topic
