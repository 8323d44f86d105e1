"""Pages: students seen from one vacancy, ranked and masked."""

from __future__ import annotations

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from bridge.candidates import notes, service
from bridge.candidates.blindness import blindness
from bridge.candidates.budget import spend_opening
from bridge.candidates.cards import CandidateCard, card_in_full, cards
from bridge.candidates.filters import FilterForm, MarkFilter, active_filters
from bridge.candidates.forms import NoteForm, TagForm
from bridge.candidates.history import history_of
from bridge.candidates.models import Candidate, Mark
from bridge.candidates.nightly import note_employer_saw
from bridge.candidates.queries import (
    candidate_of,
    candidates_of,
    frequent_cities,
    own_vacancy,
)
from bridge.candidates.ranking import PER_PAGE, Ranking
from bridge.candidates.sections import sections
from bridge.errors import error_page
from bridge.extensions import db
from bridge.permissions import Permission, check, requires
from bridge.skills import unknown
from bridge.vacancies.models import SkillNeed, Vacancy, VacancyState
from bridge.web.messages import offer_undo
from bridge.web.routing import safe_path

COMPARED_AT_MOST = 4

blueprint = Blueprint("candidates", __name__)


def load_vacancy(vacancy_id: int) -> Vacancy:
    """The member's own vacancy, else «no such page»."""
    vacancy = own_vacancy(current_user, vacancy_id) or abort(404)
    check(Permission.VIEW_CANDIDATES, vacancy)
    return vacancy


def load_candidate(vacancy: Vacancy, pseudonym: str) -> Candidate:
    return candidate_of(vacancy, pseudonym) or abort(404)


def gone() -> tuple[str, int]:
    return error_page(404, _("This candidate is no longer available."))


@blueprint.get("/hr/vacancies/<id:vacancy_id>/candidates")
@requires(Permission.VIEW_CANDIDATES)
def ranked(vacancy_id: int) -> str:
    vacancy = load_vacancy(vacancy_id)
    note_employer_saw(vacancy)
    return _list(vacancy, "candidates/ranked.html")


@blueprint.get("/hr/vacancies/<id:vacancy_id>/shortlist")
@requires(Permission.VIEW_CANDIDATES)
def shortlist(vacancy_id: int) -> str:
    return _list(load_vacancy(vacancy_id), "candidates/shortlist.html", only=MarkFilter.STARRED)


def _list(vacancy: Vacancy, template: str, only: MarkFilter | None = None) -> str:
    if vacancy.state is not VacancyState.PUBLISHED:
        return render_template("candidates/not_published.html", vacancy=vacancy)
    ranking = Ranking(vacancy, learns=request.args.get("learn") != "off")
    form = FilterForm.read(vacancy.employer_id, ranking.tagged)
    if only is not None:
        form.marks.data = only.value
    filters = active_filters(form, ranking.query, ranking.marked, ranking.tagged)
    if form.q.data and not form.q.errors and "page" not in request.args:
        unknown.note_search(form.q.data)
    page = ranking.page(filters, form.order)
    return render_template(
        template,
        vacancy=vacancy,
        sections=sections(vacancy, starred=len(ranking.marked[Mark.STAR])),
        form=form,
        filters=filters,
        relaxed=[] if page.total else ranking.relaxed(filters),
        page=page,
        cards=cards(ranking, page.items, first=(page.number - 1) * PER_PAGE + 1),
        cities=frequent_cities(ranking.hidden),
        ranking=ranking,
        blindness=blindness(ranking),
        chosen=[candidate.pseudonym for candidate in _chosen(vacancy)],
    )


def _chosen(vacancy: Vacancy) -> list[Candidate]:
    """The vacancy's candidates that the address names for a comparison, each once and in its
    order."""
    asked = list(dict.fromkeys(request.args.getlist("c")))
    found = candidates_of(vacancy, asked) if asked else []
    return sorted(found, key=lambda candidate: asked.index(candidate.pseudonym))


@blueprint.get("/hr/vacancies/<id:vacancy_id>/candidates/<pseudonym>")
@requires(Permission.VIEW_CANDIDATES)
def detail(vacancy_id: int, pseudonym: str) -> str | tuple[str, int]:
    vacancy = load_vacancy(vacancy_id)
    candidate = load_candidate(vacancy, pseudonym)
    ranking = Ranking(vacancy, learns=request.args.get("learn") != "off")
    card = card_in_full(ranking, candidate)
    if card is None:
        return gone()
    # Whoever is no longer to be seen costs nothing.
    spend_opening(candidate, actor=current_user)
    service.note_opening(candidate, actor=current_user)
    return _detail(ranking, candidate, card, NoteForm(formdata=None), TagForm(formdata=None))


def detail_page(
    vacancy: Vacancy,
    candidate: Candidate,
    note_form: NoteForm | None = None,
    tag_form: TagForm | None = None,
) -> str:
    """The page again, with a form that was not in order."""
    ranking = Ranking(vacancy)
    card = card_in_full(ranking, candidate) or abort(404)
    return _detail(
        ranking,
        candidate,
        card,
        note_form or NoteForm(formdata=None),
        tag_form or TagForm(formdata=None),
    )


def _detail(
    ranking: Ranking,
    candidate: Candidate,
    card: CandidateCard,
    note_form: NoteForm,
    tag_form: TagForm,
) -> str:
    return render_template(
        "candidates/detail.html",
        vacancy=ranking.vacancy,
        card=card,
        is_eligible=ranking.is_eligible(candidate.profile_id),
        notes=notes.notes_of(candidate),
        note_form=note_form,
        tag_form=tag_form,
        used_tags=notes.used_tags(ranking.vacancy),
        history=history_of(candidate, current_user),
    )


@blueprint.post(
    "/hr/vacancies/<id:vacancy_id>/candidates/<pseudonym>/mark/<any(none, star, unfit):mark>"
)
@requires(Permission.VIEW_CANDIDATES)
def mark(vacancy_id: int, pseudonym: str, mark: str) -> Response:
    candidate = load_candidate(load_vacancy(vacancy_id), pseudonym)
    before, judgement = candidate.mark, Mark(mark)
    service.mark(candidate, judgement, actor=current_user)
    db.session.commit()
    back = safe_path(
        request.values.get("next"), url_for("candidates.ranked", vacancy_id=vacancy_id)
    )
    if before is not judgement:
        undo = url_for(
            "candidates.mark",
            vacancy_id=vacancy_id,
            pseudonym=pseudonym,
            mark=before.value,
            next=back,
        )
        offer_undo(_marked_text(judgement, pseudonym), undo)
    return redirect(back, 303)


def _marked_text(judgement: Mark, pseudonym: str) -> object:
    if judgement is Mark.STAR:
        return _("Candidate %(pseudonym)s is in the shortlist.", pseudonym=pseudonym)
    if judgement is Mark.UNFIT:
        return _("Candidate %(pseudonym)s is marked as not a fit.", pseudonym=pseudonym)
    return _("The mark of candidate %(pseudonym)s is taken back.", pseudonym=pseudonym)


@blueprint.get("/hr/vacancies/<id:vacancy_id>/compare")
@requires(Permission.VIEW_CANDIDATES)
def compare(vacancy_id: int) -> str:
    vacancy = load_vacancy(vacancy_id)
    chosen = _chosen(vacancy)
    return render_template(
        "candidates/compare.html",
        vacancy=vacancy,
        cards=_compared(vacancy, chosen[:COMPARED_AT_MOST]),
        needs=SkillNeed,
        compared_at_most=COMPARED_AT_MOST,
        too_many=len(chosen) > COMPARED_AT_MOST,
    )


def _compared(vacancy: Vacancy, candidates: list[Candidate]) -> list[CandidateCard]:
    """In the order of the list that they were chosen from."""
    ranking = Ranking(vacancy)
    found = ranking.of_profiles([candidate.profile_id for candidate in candidates])
    return cards(ranking, found)
