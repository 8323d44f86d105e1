"""Vacancies."""

from flask import Flask


def init_app(app: Flask) -> None:
    from bridge.vacancies import labels, listeners, notices
    from bridge.vacancies.commands import import_vacancies
    from bridge.vacancies.views import blueprint

    app.register_blueprint(blueprint)
    app.cli.add_command(import_vacancies)
    app.jinja_env.filters.update(
        vacancy_kind_label=labels.vacancy_kind_label,
        work_place_label=labels.work_place_label,
        vacancy_state_badge=labels.vacancy_state_badge,
    )
    listeners.connect()
    notices.init_app()
