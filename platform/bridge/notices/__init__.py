"""Notices: what happened, told in the platform and by mail as each reader chose."""

from datetime import timedelta

from flask import Flask


def init_app(app: Flask) -> None:
    from bridge.jobs import register
    from bridge.notices.commands import unsubscribe
    from bridge.notices.digest import send_digests
    from bridge.notices.queries import unread_count
    from bridge.notices.views import blueprint

    app.register_blueprint(blueprint)
    app.cli.add_command(unsubscribe)
    app.jinja_env.globals["unread_notices"] = unread_count
    # Often, since everybody's hour is another one, and so that one missed is made up soon.
    register(app, "daily-letters", every=timedelta(minutes=5), run=send_digests)
