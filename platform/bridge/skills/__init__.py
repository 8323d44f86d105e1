"""The common vocabulary of skills."""

from flask import Flask


def init_app(app: Flask) -> None:
    from bridge.skills import course_views, notices
    from bridge.skills.commands import sync_vocabulary
    from bridge.skills.views import blueprint

    app.register_blueprint(blueprint)
    app.register_blueprint(course_views.blueprint)
    notices.init_app()
    app.cli.add_command(sync_vocabulary)
