"""Applications of the students' own, and the answers that employers owe to them."""

from flask import Flask


def init_app(app: Flask) -> None:
    from bridge import jobs
    from bridge.applications import figures, labels, listeners, notices, queries, terms
    from bridge.applications.views import blueprint
    from bridge.candidates.cards import attach_request_notes
    from bridge.web.navigation import COUNTS

    app.register_blueprint(blueprint)
    labels.init_app(app)
    figures.init_app(app)
    listeners.connect()
    notices.init_app()
    attach_request_notes(app, queries.notes)
    jobs.register(app, "terms-of-applications", every=terms.EVERY, run=terms.keep_terms)
    COUNTS["vacancies.mine"] = queries.count_awaiting_member
