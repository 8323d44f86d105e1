"""Students seen from one vacancy, ranked and masked."""

from flask import Flask


def init_app(app: Flask) -> None:
    from bridge.candidates import student_views
    from bridge.candidates.source import ProfileSource
    from bridge.candidates.views import blueprint
    from bridge.search.index import attach

    attach(app, ProfileSource())
    app.register_blueprint(blueprint)
    student_views.init_app(app)
