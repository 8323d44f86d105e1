"""Students and their profiles."""

from datetime import timedelta

from flask import Flask


def init_app(app: Flask) -> None:
    # Importing the staff's pages adds them to the blueprint.
    from bridge import jobs
    from bridge.students import (
        commands,
        freshness,
        labels,
        listeners,
        notices,
        roster_views,
        service,
        staff,
        uploads,
    )
    from bridge.students.views import blueprint

    assert staff
    app.register_blueprint(blueprint)
    app.register_blueprint(roster_views.blueprint)
    app.cli.add_command(commands.import_students)
    app.cli.add_command(commands.add_direction)
    labels.init_app(app)
    listeners.connect()
    notices.init_app()
    jobs.register(app, "fresh-profiles", every=freshness.EVERY, run=freshness.keep_fresh)
    jobs.register(
        app,
        "consents-to-be-found",
        every=timedelta(hours=1),
        run=service.hide_without_consent,
    )
    jobs.register(app, "rosters", every=timedelta(seconds=20), run=uploads.work)
