"""The common vocabulary of skills."""

from flask import Flask


def init_app(app: Flask) -> None:
    from bridge.permissions import Permission
    from bridge.skills import course_views, importing, notices
    from bridge.skills.commands import import_courses, sync_vocabulary
    from bridge.skills.views import blueprint
    from bridge.uploads import kinds
    from bridge.uploads.pages import UploadPages
    from bridge.web.forms import TableForm

    app.register_blueprint(blueprint)
    app.register_blueprint(course_views.blueprint)
    kinds.register(app, importing.KIND)
    pages = UploadPages(
        importing.KIND, TableForm, "skills/course_files.html", "skills/course_file.html"
    )
    app.register_blueprint(
        pages.blueprint("course_files", "/staff/courses/files", Permission.MANAGE_VOCABULARY)
    )
    notices.init_app()
    app.cli.add_command(sync_vocabulary)
    app.cli.add_command(import_courses)
