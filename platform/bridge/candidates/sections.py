"""The tabs over the pages of one vacancy."""

from __future__ import annotations

from flask import request, url_for
from flask_babel import gettext as _

from bridge.vacancies.models import Vacancy
from bridge.vacancies.queries import request_counts, waiting_applications
from bridge.web.labels import Tab


def sections(vacancy: Vacancy, *, starred: int) -> list[Tab]:
    def own(endpoint: str, label: str, count: int | None = None) -> Tab:
        url = url_for(endpoint, vacancy_id=vacancy.id)
        return Tab(label, url, request.endpoint == endpoint, count)

    applied = waiting_applications([vacancy]).get(vacancy.id, 0)
    requests = request_counts([vacancy]).get(vacancy.id, 0)
    return [
        own("candidates.ranked", _("Suitable")),
        own("candidates.shortlist", _("Shortlist"), starred),
        own("applications.for_vacancy", _("Applied"), applied),
        Tab(_("Requests"), url_for("contacts.outgoing", vacancy=vacancy.id), False, requests),
        own("hiring.board", _("Stages")),
        own("interviews.plan", _("Interviews")),
        own("vacancies.detail", _("Vacancy")),
    ]
