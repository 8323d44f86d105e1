"""The list of candidates as a file."""

from __future__ import annotations

from flask import Blueprint, request
from flask_login import current_user
from werkzeug.wrappers import Response

from bridge.candidates.exports import TYPES, Format, export, file_name
from bridge.candidates.filters import FilterForm, MarkFilter, active_filters
from bridge.candidates.ranking import Ranking
from bridge.candidates.views import load_vacancy
from bridge.permissions import Permission, requires

blueprint = Blueprint("exports", __name__)


@blueprint.get("/hr/vacancies/<id:vacancy_id>/candidates.<any(csv, xlsx, pdf):ending>")
@requires(Permission.VIEW_CANDIDATES)
def candidates(vacancy_id: int, ending: str) -> Response:
    """The same filters and order as the list; `only=star`: the shortlist."""
    ranking = Ranking(load_vacancy(vacancy_id), learns=request.args.get("learn") != "off")
    form = FilterForm.read(ranking.vacancy.employer_id, ranking.tagged)
    if request.args.get("only") == MarkFilter.STARRED.value:
        form.marks.data = MarkFilter.STARRED.value
    filters = active_filters(form, ranking.query, ranking.marked, ranking.tagged)
    chosen = Format(ending)
    content = export(ranking, filters, form.order, chosen, actor=current_user)
    answer = Response(content, content_type=TYPES[chosen])
    name = file_name(ranking.vacancy, chosen)
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    return answer
