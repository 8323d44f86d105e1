"""Interviews: times that the enterprise offers, the one that the student picks, calendars."""

from datetime import timedelta

from flask import Flask


def init_app(app: Flask) -> None:
    from bridge.hiring.pages import attach_card_notes
    from bridge.interviews import letters, listeners, pages, reminders, zones
    from bridge.interviews.calendar_views import blueprint as calendar
    from bridge.interviews.views import blueprint
    from bridge.jobs import registry as jobs

    app.register_blueprint(blueprint)
    app.register_blueprint(calendar)
    listeners.connect()
    letters.init_app()
    pages.init_app(app)
    zones.init_app(app)
    attach_card_notes(app, pages.card_notes)
    jobs.register(
        app, "interview-reminders", every=timedelta(minutes=15), run=reminders.send_reminders
    )
