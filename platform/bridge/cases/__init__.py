"""Items of the moderation queue."""

from datetime import timedelta

from flask import Flask

from bridge.jobs import register


def init_app(app: Flask) -> None:
    from bridge.cases import notices
    from bridge.cases.labels import case_kind_label, case_kinds_label, case_state_badge
    from bridge.cases.reasons import reason_label
    from bridge.cases.service import run_escalation

    notices.init_app()
    register(app, "overdue-cases", every=timedelta(minutes=10), run=run_escalation)
    app.jinja_env.filters.update(
        case_kind_label=case_kind_label,
        case_kinds_label=case_kinds_label,
        case_state_badge=case_state_badge,
        reason_label=reason_label,
    )
