"""Letters: an outbox and what sends it."""

from datetime import time, timedelta

from flask import Flask


def init_app(app: Flask) -> None:
    from bridge.jobs import register
    from bridge.mail.commands import send_mail
    from bridge.mail.service import forget_old
    from bridge.mail.views import blueprint

    app.register_blueprint(blueprint)
    app.cli.add_command(send_mail)
    register(app, "old-letters", every=timedelta(days=1), at=time(3, 40), run=forget_old)
