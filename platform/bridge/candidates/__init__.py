"""Students seen from one vacancy, ranked and masked."""

from datetime import timedelta

from flask import Flask


def init_app(app: Flask) -> None:
    from bridge.candidates import notes, student_views
    from bridge.candidates.note_views import blueprint as note_pages
    from bridge.candidates.source import ProfileSource
    from bridge.candidates.views import blueprint
    from bridge.jobs import registry as jobs
    from bridge.search.index import attach

    attach(app, ProfileSource())
    app.register_blueprint(blueprint)
    app.register_blueprint(note_pages)
    student_views.init_app(app)
    jobs.register(app, "removed-notes", every=timedelta(days=1), run=notes.purge_removed)
