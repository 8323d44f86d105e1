"""Pages: the enterprise offers times, the student picks one, either side cancels."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from bridge.candidates.models import Mark
from bridge.candidates.queries import marked_profiles, own_vacancy
from bridge.candidates.sections import sections
from bridge.contacts.models import ContactRequest
from bridge.contacts.pages import candidate_name
from bridge.contacts.queries import visible_request
from bridge.errors import DomainError
from bridge.extensions import db
from bridge.interviews import queries, service
from bridge.interviews.calendars import calendar_of, file_name
from bridge.interviews.forms import CancelForm, ChangeForm, OfferForm
from bridge.interviews.models import Interview
from bridge.interviews.pages import interview_view
from bridge.interviews.zones import zone_of
from bridge.permissions import Permission, check, requires
from bridge.vacancies.models import Vacancy
from bridge.web.saving import save_form

blueprint = Blueprint("interviews", __name__)

Answer = str | Response | tuple[str, int]


def load_vacancy(vacancy_id: int) -> Vacancy:
    vacancy = own_vacancy(current_user, vacancy_id) or abort(404)
    check(Permission.PLAN_INTERVIEW, vacancy)
    return vacancy


def load_interview(interview_id: int, permission: Permission) -> Interview:
    found = queries.visible_interview(current_user, interview_id) or abort(404)
    check(permission, found.request)
    return found


def to_request(request_id: int) -> Response:
    return redirect(url_for("contacts.detail", request_id=request_id, _anchor="interviews"), 303)


@blueprint.route("/hr/vacancies/<id:vacancy_id>/interviews", methods=["GET", "POST"])
@requires(Permission.PLAN_INTERVIEW)
def plan(vacancy_id: int) -> Answer:
    vacancy = load_vacancy(vacancy_id)
    requests = queries.invitable(vacancy)
    form = OfferForm()
    form.prepare_for(zone_of(current_user.id), requests, _asked_request(requests))
    if not form.is_submitted():
        return _plan_page(vacancy, form, requests)
    if not form.validate():
        return _plan_page(vacancy, form, requests), 422
    chosen = [one for one in requests if one.id in form.invited.data]
    try:
        made = service.offer(vacancy, chosen, form.moments(), form.meeting, actor=current_user)
        db.session.commit()
    except DomainError as error:
        db.session.rollback()
        form.refuse(error)
        return _plan_page(vacancy, form, requests), error.status
    if made:
        flash(_("Times are offered: %(num)s. The students get a letter.", num=len(made)), "ok")
    else:
        flash(_("These candidates have been offered these times already."), "warning")
    return redirect(url_for("interviews.plan", vacancy_id=vacancy_id), 303)


def _asked_request(requests: list[ContactRequest]) -> int:
    """The request of the address, where it is one of these; 0: all."""
    asked = request.args.get("request", "")
    return next((one.id for one in requests if str(one.id) == asked), 0)


def _plan_page(vacancy: Vacancy, form: OfferForm, requests: list[ContactRequest]) -> str:
    return render_template(
        "interviews/plan.html",
        vacancy=vacancy,
        sections=sections(vacancy, starred=len(marked_profiles(vacancy)[Mark.STAR])),
        form=form,
        requests=requests,
        slots=queries.slots_of(vacancy),
        zone=zone_of(current_user.id),
        candidate_name=candidate_name,
    )


@blueprint.post("/hr/vacancies/<id:vacancy_id>/interviews/<id:slot_id>/withdraw")
@requires(Permission.PLAN_INTERVIEW)
def withdraw(vacancy_id: int, slot_id: int) -> Response:
    slot = queries.slot_of(load_vacancy(vacancy_id), slot_id) or abort(404)
    service.withdraw(slot, actor=current_user)
    db.session.commit()
    flash(_("The time is no longer offered."), "ok")
    return redirect(url_for("interviews.plan", vacancy_id=vacancy_id), 303)


@blueprint.post("/requests/<id:request_id>/interviews/<id:slot_id>")
@requires(Permission.CHOOSE_INTERVIEW)
def pick(request_id: int, slot_id: int) -> Response:
    found = visible_request(current_user, request_id) or abort(404)
    check(Permission.CHOOSE_INTERVIEW, found)
    slot = queries.offered_slot(request_id, slot_id) or abort(404)
    try:
        service.pick(slot, found, actor=current_user)
        db.session.commit()
    except service.SlotTakenError as error:
        db.session.rollback()
        flash(str(error.message), "warning")
        return to_request(request_id)
    flash(_("The interview is agreed. Both sides get a letter with a calendar entry."), "ok")
    return to_request(request_id)


@blueprint.route("/interviews/<id:interview_id>/change", methods=["GET", "POST"])
@requires(Permission.PLAN_INTERVIEW)
def change(interview_id: int) -> Answer:
    interview = load_interview(interview_id, Permission.PLAN_INTERVIEW)
    form = ChangeForm.of(interview)
    if not form.is_submitted():
        return _change_page(interview, form)
    status = save_form(
        form,
        lambda: interview,
        lambda: service.change(interview, form.moment(), form.meeting, actor=current_user),
    )
    if status != 303:
        return _change_page(interview, form), status
    flash(_("The interview is changed. Both sides get a letter."), "ok")
    return to_request(interview.request_id)


def _change_page(interview: Interview, form: ChangeForm) -> str:
    shown = interview_view(interview, current_user, zone_of(current_user.id))
    return render_template("interviews/change.html", interview=interview, shown=shown, form=form)


@blueprint.route("/interviews/<id:interview_id>/cancel", methods=["GET", "POST"])
@requires(Permission.VIEW_INTERVIEWS)
def cancel(interview_id: int) -> Answer:
    interview = load_interview(interview_id, Permission.VIEW_INTERVIEWS)
    shown = interview_view(interview, current_user, zone_of(current_user.id))
    form = CancelForm()
    if not form.is_submitted() and shown.cancel_url is None:
        return to_request(interview.request_id)
    if not form.validate_on_submit():
        page = render_template("interviews/cancel.html", shown=shown, form=form)
        return (page, 422) if form.is_submitted() else page
    service.cancel(interview, form.note.data or "", actor=current_user)
    db.session.commit()
    flash(_("The interview is cancelled. Both sides get a letter."), "ok")
    return to_request(interview.request_id)


@blueprint.get("/interviews/<id:interview_id>.ics")
@requires(Permission.VIEW_INTERVIEWS)
def download(interview_id: int) -> Response:
    interview = load_interview(interview_id, Permission.VIEW_INTERVIEWS)
    return calendar_answer(calendar_of([interview], current_user, "PUBLISH"), file_name(interview))


def calendar_answer(content: bytes, name: str) -> Response:
    return Response(
        content,
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
        content_type="text/calendar; charset=utf-8",
    )
