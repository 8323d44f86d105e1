"""Students seen from one vacancy, ranked and masked."""

from datetime import time, timedelta

from flask import Flask

# Before anybody comes, and after the backups of the evening.
NIGHTLY_AT = time(4, 0)


def init_app(app: Flask) -> None:
    from bridge.candidates import budget, nightly, notes, student_views
    from bridge.candidates.export_views import blueprint as exports
    from bridge.candidates.note_views import blueprint as note_pages
    from bridge.candidates.source import ProfileSource
    from bridge.candidates.views import blueprint
    from bridge.jobs import registry as jobs
    from bridge.search.index import attach

    attach(app, ProfileSource())
    app.register_blueprint(blueprint)
    app.register_blueprint(note_pages)
    app.register_blueprint(exports)
    student_views.init_app(app)
    budget.init_app()
    jobs.register(app, "removed-notes", every=timedelta(days=1), run=notes.purge_removed)
    jobs.register(app, "best-matches", every=timedelta(days=1), run=nightly.renew, at=NIGHTLY_AT)
    app.jinja_env.globals["new_candidates"] = nightly.new_candidates
