"""Partner enterprises and their members."""

from flask import Flask


def init_app(app: Flask) -> None:
    from bridge.employers import labels, notices
    from bridge.employers.views import blueprint

    app.register_blueprint(blueprint)
    notices.init_app()
    app.jinja_env.filters.update(
        employer_state_badge=labels.employer_state_badge,
        employer_reason_label=labels.employer_reason_label,
        employer_action_label=labels.employer_action_label,
    )
