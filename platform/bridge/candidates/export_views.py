"""The list of candidates as a file, and one of them as a résumé without a name."""

from __future__ import annotations

from flask import Blueprint, request
from flask_login import current_user
from werkzeug.wrappers import Response

from bridge.accounts.factors.gate import sensitive
from bridge.candidates import service
from bridge.candidates.budget import spend_opening
from bridge.candidates.cards import card_in_full
from bridge.candidates.exports import TYPES, Format, export, file_name
from bridge.candidates.filters import FilterForm, MarkFilter, active_filters
from bridge.candidates.models import Sight
from bridge.candidates.ranking import Ranking
from bridge.candidates.views import gone, load_candidate, load_vacancy
from bridge.permissions import Permission, requires
from bridge.students.resume import blind_resume
from bridge.web.paper import pdf_response

blueprint = Blueprint("exports", __name__)


@blueprint.get("/hr/vacancies/<id:vacancy_id>/candidates.<any(csv, xlsx, pdf):ending>")
@requires(Permission.VIEW_CANDIDATES)
@sensitive
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


@blueprint.get(
    "/hr/vacancies/<id:vacancy_id>/candidates/<pseudonym>/resume-<any(ru, en):language>.pdf"
)
@requires(Permission.VIEW_CANDIDATES)
def resume(vacancy_id: int, pseudonym: str, language: str) -> Response | tuple[str, int]:
    """Blind also after the acceptance, as the candidate's page is: the open one belongs to the
    contact request."""
    vacancy = load_vacancy(vacancy_id)
    candidate = load_candidate(vacancy, pseudonym)
    card = card_in_full(Ranking(vacancy), candidate)
    if card is None:
        return gone()
    spend_opening(candidate, actor=current_user)
    service.note_resume(candidate, Sight.MASKED, actor=current_user)
    content = blind_resume(card.profile, pseudonym, language)
    return pdf_response(content, f"resume-{pseudonym}-{language}")
