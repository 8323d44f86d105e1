"""Applications of the students' own, and the answers that employers owe to them."""

from flask import Flask


def init_app(app: Flask) -> None:
    from functools import partial

    from bridge import jobs
    from bridge.applications import figures, labels, listeners, notices, queries, terms
    from bridge.applications.models import Application
    from bridge.applications.views import blueprint
    from bridge.candidates.cards import attach_request_notes
    from bridge.consents.models import Purpose
    from bridge.consents.subjects import attach_subjects
    from bridge.contacts.queries import opened_to
    from bridge.web.navigation import COUNTS

    app.register_blueprint(blueprint)
    labels.init_app(app)
    figures.init_app(app)
    listeners.connect()
    notices.init_app()
    attach_request_notes(app, queries.notes)
    attach_subjects(app, Purpose.APPLICATION, partial(opened_to, table=Application))
    jobs.register(app, "terms-of-applications", every=terms.EVERY, run=terms.keep_terms)
    COUNTS["vacancies.mine"] = queries.count_awaiting_member
