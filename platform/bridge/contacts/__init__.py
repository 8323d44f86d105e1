"""Contact requests and the threads they open."""

from flask import Flask


def init_app(app: Flask) -> None:
    from bridge import jobs
    from bridge.candidates.cards import attach_request_notes
    from bridge.candidates.history import attach_history
    from bridge.consents.models import Purpose
    from bridge.consents.subjects import attach_subjects
    from bridge.contacts import labels, listeners, notices, pages, queries, reading, terms
    from bridge.contacts.views import blueprint
    from bridge.web.navigation import COUNTS

    app.register_blueprint(blueprint)
    labels.init_app(app)
    listeners.connect()
    notices.init_app()
    attach_history(app, pages.history_of_candidate)
    jobs.register(app, "terms-of-requests", every=terms.EVERY, run=terms.keep_terms)
    attach_request_notes(app, queries.request_notes)
    attach_subjects(app, Purpose.CONTACT, queries.opened_to)
    app.jinja_env.globals["requests_to_answer"] = queries.requests_to_answer
    COUNTS["contacts.incoming"] = COUNTS["contacts.outgoing"] = reading.count_awaiting_reader
