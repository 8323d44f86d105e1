"""Items of the moderation queue."""

from flask import Flask


def init_app(app: Flask) -> None:
    from bridge.cases.labels import case_kind_label, case_state_badge
    from bridge.cases.reasons import reason_label

    app.jinja_env.filters.update(
        case_kind_label=case_kind_label,
        case_state_badge=case_state_badge,
        reason_label=reason_label,
    )
