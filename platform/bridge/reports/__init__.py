"""Reports of abuse: what a student or a member of an enterprise brings to the university."""

from flask import Flask


def init_app(app: Flask) -> None:
    from bridge.reports import labels, notices, queries
    from bridge.reports.views import blueprint

    notices.init_app()
    app.register_blueprint(blueprint)
    app.jinja_env.filters.update(report_state=labels.report_state_badge)
    app.jinja_env.globals["own_reports"] = queries.own_reports
