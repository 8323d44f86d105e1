"""Filters of a vacancy's candidates that are kept under a name, and letters about who is new."""

from datetime import timedelta

from flask import Flask


def init_app(app: Flask) -> None:
    from bridge.jobs import registry as jobs
    from bridge.saved_searches import service
    from bridge.saved_searches.views import blueprint, saved_searches_of

    app.register_blueprint(blueprint)
    app.jinja_env.globals["saved_searches_of"] = saved_searches_of
    jobs.register(
        app, "saved-searches", every=timedelta(hours=1), run=service.alert_of_new_candidates
    )
