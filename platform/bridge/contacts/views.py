"""Pages: contact requests and the threads they open."""

from __future__ import annotations

import io
from datetime import timedelta

from flask import Blueprint, abort, flash, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.wrappers import Response

from bridge.accounts.models import Role
from bridge.accounts.throttling import Rate, take
from bridge.blocks.queries import is_blocked
from bridge.candidates.cards import card_in_full
from bridge.candidates.models import Candidate, Sight
from bridge.candidates.queries import candidate_of, own_vacancy
from bridge.candidates.ranking import Ranking
from bridge.candidates.service import note_opening, note_resume
from bridge.consents import service as consents
from bridge.consents.models import Purpose
from bridge.consents.queries import needed_document
from bridge.contacts import files, queries, reading, service
from bridge.contacts.attention import present_attention, set_attention
from bridge.contacts.forms import (
    AcceptForm,
    AttentionForm,
    DeclineForm,
    MessageForm,
    RequestForm,
)
from bridge.contacts.models import ContactRequest, RequestState
from bridge.contacts.pages import candidate_name, request_page
from bridge.contacts.queries import Group
from bridge.errors import DomainError, StaleStateError
from bridge.extensions import db
from bridge.limits.service import REQUESTS_A_DAY, REQUESTS_A_WEEK, limit
from bridge.permissions import Permission, check, requires
from bridge.students.queries import own_profile
from bridge.students.resume import open_resume
from bridge.vacancies.models import Vacancy
from bridge.web.labels import Tab
from bridge.web.pagination import Page, paginate
from bridge.web.paper import pdf_response

blueprint = Blueprint("contacts", __name__)


@blueprint.url_value_preprocessor
def allow_files(endpoint: str | None, _values: dict[str, object] | None) -> None:
    """Messages may be larger than other forms; before anything of the form is read."""
    if endpoint == "contacts.write":
        request.max_content_length = files.SUBMISSION_BYTES


Answer = str | Response | tuple[str, int] | tuple[str, int, dict[str, str]]
REQUESTS_SPENT = _l("Your enterprise has sent as many requests as it may in a day.")


def load_request(request_id: int, permission: Permission) -> ContactRequest:
    found = queries.visible_request(current_user, request_id) or abort(404)
    check(permission, found)
    return found


def to_request(request_id: int) -> Response:
    return redirect(url_for("contacts.detail", request_id=request_id), 303)


# The employer's side


@blueprint.route(
    "/hr/vacancies/<id:vacancy_id>/candidates/<pseudonym>/request", methods=["GET", "POST"]
)
@requires(Permission.REQUEST_CONTACT)
def create(vacancy_id: int, pseudonym: str) -> Answer:
    vacancy = own_vacancy(current_user, vacancy_id) or abort(404)
    check(Permission.REQUEST_CONTACT, vacancy)
    candidate = candidate_of(vacancy, pseudonym) or abort(404)
    form = RequestForm()
    if not form.is_submitted():
        earlier = queries.request_notes([candidate.id]).get(candidate.id)
        if earlier is not None and earlier.blocks:
            return redirect(earlier.url, 303)
        if not vacancy.is_open:
            flash(_("This vacancy takes no more requests."), "warning")
            return redirect(url_for("candidates.ranked", vacancy_id=vacancy_id), 303)
        return _create_page(vacancy, candidate, form)
    if not form.validate():
        return _create_page(vacancy, candidate, form), 422
    try:
        daily = Rate("contact-requests", limit(REQUESTS_A_DAY), timedelta(days=1))
        take(daily, vacancy.employer_id, REQUESTS_SPENT)
        made = service.request_contact(candidate, form.message.data, actor=current_user)
        db.session.commit()
    except DomainError as error:
        db.session.rollback()
        form.refuse(error)
        return _create_page(vacancy, candidate, form), error.status, error.headers
    flash(_("The request was sent to the university. You will get a letter when it decides."), "ok")
    return to_request(made.id)


def _create_page(vacancy: Vacancy, candidate: Candidate, form: RequestForm) -> str:
    card = card_in_full(Ranking(vacancy), candidate)
    return render_template("contacts/create.html", vacancy=vacancy, card=card, form=form)


@blueprint.get("/hr/requests")
@requires(Permission.VIEW_COMPANY)
def outgoing() -> str:
    vacancy = _asked_vacancy()
    vacancy_id = None if vacancy is None else vacancy.id
    group = _asked_group()
    page = paginate(queries.find_requests(current_user, group, vacancy_id))
    return render_template(
        "contacts/outgoing.html",
        page=page,
        vacancy=vacancy,
        tabs=_group_tabs("contacts.outgoing", group, vacancy_id),
        group=group,
        candidate_name=candidate_name,
        unread=_unread_of(page),
    )


def _unread_of(page: Page[ContactRequest]) -> dict[int, int]:
    return reading.unread_counts(current_user, [one.id for one in page.items])


def _asked_vacancy() -> Vacancy | None:
    """The vacancy of the filter; an address with somebody else's shows nothing of it."""
    value = request.args.get("vacancy", "")
    if not value:
        return None
    number = int(value) if value.isascii() and value.isdecimal() and len(value) < 10 else 0
    return own_vacancy(current_user, number) or abort(404)


def _asked_group() -> Group | None:
    value = request.args.get("state")
    return next((group for group in Group if group.value == value), None)


def _group_tabs(endpoint: str, chosen: Group | None, vacancy_id: int | None = None) -> list[Tab]:
    counts = queries.group_counts(current_user, vacancy_id)
    is_student = current_user.role is Role.STUDENT
    labels = {
        Group.WAITING: _("Awaiting your answer") if is_student else _("Awaiting an answer"),
        Group.CHANGE: _("To be changed"),
        Group.OPEN: _("Contacts are open"),
        Group.FINISHED: _("Finished"),
    }
    if is_student:
        del labels[Group.CHANGE]
    tabs = [
        Tab(
            label,
            url_for(endpoint, state=group.value, vacancy=vacancy_id),
            group is chosen,
            counts[group],
        )
        for group, label in labels.items()
    ]
    everything = Tab(
        _("All"), url_for(endpoint, vacancy=vacancy_id), chosen is None, sum(counts.values())
    )
    return [everything, *tabs]


@blueprint.route("/hr/requests/<id:request_id>/edit", methods=["GET", "POST"])
@requires(Permission.REQUEST_CONTACT)
def edit(request_id: int) -> Answer:
    found = load_request(request_id, Permission.REQUEST_CONTACT)
    form = RequestForm(obj=found)
    if not form.is_submitted():
        if found.state is not RequestState.RETURNED:
            return to_request(found.id)
        return render_template("contacts/edit.html", request_=found, form=form)
    if not form.validate():
        return render_template("contacts/edit.html", request_=found, form=form), 422
    if found.state is RequestState.RETURNED and not form.is_current(found):
        form.take_over(found)
        return render_template("contacts/edit.html", request_=found, form=form), 409
    try:
        service.resubmit(found, form.message.data, actor=current_user)
        db.session.commit()
    except (DomainError, StaleDataError) as error:
        db.session.rollback()
        stale = error if isinstance(error, DomainError) else StaleStateError()
        form.refuse(stale)
        return render_template("contacts/edit.html", request_=found, form=form), stale.status
    flash(_("The changed request was sent to the university."), "ok")
    return to_request(found.id)


@blueprint.post("/hr/requests/<id:request_id>/withdraw")
@requires(Permission.VIEW_COMPANY)
def withdraw(request_id: int) -> Response:
    found = load_request(request_id, Permission.VIEW_COMPANY)
    service.withdraw(found, actor=current_user)
    db.session.commit()
    flash(_("The request is withdrawn."), "ok")
    return to_request(request_id)


# The student's side


@blueprint.get("/requests")
@requires(Permission.VIEW_STUDENT_REQUESTS)
def incoming() -> str:
    group = _asked_group()
    page = paginate(queries.find_requests(current_user, group))
    return render_template(
        "contacts/incoming.html",
        page=page,
        unread=_unread_of(page),
        tabs=_group_tabs("contacts.incoming", group),
        group=group,
        attention=present_attention(current_user.profile.id),
    )


@blueprint.route("/requests/attention", methods=["GET", "POST"])
@requires(Permission.VIEW_STUDENT_REQUESTS)
def attention() -> Answer:
    """How many requests a week the student lets through."""
    own = own_profile(current_user) or abort(404)
    most = limit(REQUESTS_A_WEEK)
    form = AttentionForm(most, obj=present_attention(own.id))
    if not form.is_submitted():
        return render_template("contacts/attention.html", form=form, most=most)
    if not form.validate():
        return render_template("contacts/attention.html", form=form, most=most), 422
    set_attention(
        own,
        requests_a_week=form.requests_a_week.data,
        is_paused=form.is_paused.data,
        actor=current_user,
    )
    db.session.commit()
    flash(_("Saved."), "ok")
    return redirect(url_for("contacts.incoming"), 303)


@blueprint.post("/requests/<id:request_id>/accept")
@requires(Permission.ANSWER_REQUEST)
def accept(request_id: int) -> Answer:
    found = load_request(request_id, Permission.ANSWER_REQUEST)
    document = needed_document(current_user, Purpose.CONTACT, found.id)
    if document is not None:
        form = AcceptForm()
        form.ask(document)
        if not form.validate():
            return _detail_page(found, MessageForm(formdata=None), form), 422
        consents.give(current_user, document, act="accept", subject_id=found.id)
    service.accept(found, actor=current_user)
    db.session.commit()
    flash(
        _("You agreed. The enterprise now sees your name and contacts, and you see theirs."), "ok"
    )
    return to_request(request_id)


@blueprint.route("/requests/<id:request_id>/decline", methods=["GET", "POST"])
@requires(Permission.ANSWER_REQUEST)
def decline(request_id: int) -> Answer:
    found = load_request(request_id, Permission.ANSWER_REQUEST)
    form = DeclineForm()
    if not form.is_submitted():
        if found.state is not RequestState.APPROVED:
            return to_request(found.id)
        return render_template("contacts/decline.html", request_=found, form=form)
    if not form.validate():
        return render_template("contacts/decline.html", request_=found, form=form), 422
    service.decline(
        found,
        actor=current_user,
        reason_code=form.reason.data,
        student_note=form.note.data or "",
    )
    db.session.commit()
    flash(_("You declined. The enterprise sees only the reason that you chose."), "ok")
    return to_request(request_id)


# Both sides


@blueprint.get("/requests/<id:request_id>")
@requires(Permission.VIEW_THREAD)
def detail(request_id: int) -> str:
    found = load_request(request_id, Permission.VIEW_THREAD)
    if found.is_open and current_user.role is Role.MEMBER:
        note_opening(found.candidate, Sight.OPEN, actor=current_user)
    page = _detail_page(found, MessageForm())
    reading.note_reading(found, current_user)
    return page


def _detail_page(found: ContactRequest, form: MessageForm, answer: AcceptForm | None = None) -> str:
    if answer is None:
        answer = AcceptForm(formdata=None)
        asked = current_user.role is Role.STUDENT and found.state is RequestState.APPROVED
        answer.ask(needed_document(current_user, Purpose.CONTACT, found.id) if asked else None)
    return render_template(
        "contacts/detail.html",
        request_=found,
        shown=request_page(found, current_user),
        answer=answer,
        form=form,
        accepted_files=files.ACCEPTED,
        is_blocked=is_blocked(found.profile_id, found.employer_id),
    )


@blueprint.post("/requests/<id:request_id>/messages")
@requires(Permission.WRITE_MESSAGE)
def write(request_id: int) -> Answer:
    found = load_request(request_id, Permission.WRITE_MESSAGE)
    form = MessageForm()
    if not form.validate():
        return _detail_page(found, form), 422
    try:
        checked = files.inspect(form.uploads)
        service.write_message(found, form.text.data or "", checked, actor=current_user)
        db.session.commit()
    except DomainError as error:
        db.session.rollback()
        form.refuse(error)
        return _detail_page(found, form), error.status
    return redirect(url_for("contacts.detail", request_id=request_id, _anchor="thread"), 303)


@blueprint.get("/requests/<id:request_id>/files/<id:file_id>")
@requires(Permission.VIEW_THREAD)
def download(request_id: int, file_id: int) -> Response:
    """To the two sides only, to be saved and never shown inside a page of ours."""
    file = files.visible_file(current_user, request_id, file_id) or abort(404)
    # Knows how to write names that are not plain ASCII, which servers refuse in a header.
    answer = send_file(
        io.BytesIO(file.content),
        mimetype=files.TYPES[file.kind][0],
        as_attachment=True,
        download_name=file.name,
    )
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return answer


@blueprint.get("/requests/<id:request_id>/resume-<any(ru, en):language>.pdf")
@requires(Permission.VIEW_COMPANY)
def resume(request_id: int, language: str) -> Response:
    """The student's résumé with name and contacts, once they have agreed."""
    found = load_request(request_id, Permission.VIEW_COMPANY)
    if not found.is_open:
        abort(404)
    note_resume(found.candidate, Sight.OPEN, actor=current_user)
    name = f"resume-{found.candidate.pseudonym}-{language}"
    return pdf_response(open_resume(found.profile, language), name)


@blueprint.post("/requests/<id:request_id>/close")
@requires(Permission.WRITE_MESSAGE)
def close(request_id: int) -> Response:
    found = load_request(request_id, Permission.WRITE_MESSAGE)
    service.close(found, actor=current_user)
    db.session.commit()
    flash(_("The conversation is finished. It stays readable for both sides."), "ok")
    return to_request(request_id)
