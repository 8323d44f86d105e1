"""Students and their profiles."""

from datetime import timedelta

from flask import Flask


def init_app(app: Flask) -> None:
    # Importing the staff's pages adds them to the blueprint.
    from bridge import jobs
    from bridge.permissions import Permission
    from bridge.students import (
        commands,
        freshness,
        labels,
        listeners,
        notices,
        roster,
        service,
        staff,
    )
    from bridge.students.forms import RosterForm
    from bridge.students.views import blueprint
    from bridge.uploads import kinds
    from bridge.uploads.pages import UploadPages

    assert staff
    app.register_blueprint(blueprint)
    kinds.register(app, roster.KIND)
    pages = UploadPages(
        roster.KIND, RosterForm, "students/roster.html", "students/roster_upload.html"
    )
    app.register_blueprint(
        pages.blueprint("roster", "/staff/students/roster", Permission.MANAGE_STUDENTS)
    )
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
