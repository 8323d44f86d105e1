"""Pages: a student applies and follows it, an employer reads and answers."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from bridge.accounts.models import Role
from bridge.applications import queries, service
from bridge.applications.forms import ApplicationForm, InvitationForm, RefusalForm
from bridge.applications.models import Application, ApplicationState
from bridge.applications.pages import applicant, open_name, ranked
from bridge.candidates.cards import card_in_full
from bridge.candidates.models import Mark, Sight
from bridge.candidates.queries import own_vacancy
from bridge.candidates.ranking import Ranking
from bridge.candidates.sections import sections
from bridge.candidates.service import candidate_for, note_opening
from bridge.consents.models import Purpose
from bridge.consents.queries import current_document
from bridge.errors import DomainError
from bridge.extensions import db
from bridge.limits.service import APPLICATION_ANSWER_DAYS, UNANSWERED_MOST, limit
from bridge.permissions import Permission, check, requires
from bridge.students.queries import own_profile
from bridge.vacancies.models import Vacancy
from bridge.vacancies.queries import WHOLE, visible_vacancies
from bridge.web.forms import BaseForm
from bridge.web.pagination import paginate

blueprint = Blueprint("applications", __name__)
Answer = str | Response | tuple[str, int]


def load(application_id: int, permission: Permission) -> Application:
    found = queries.visible_application(current_user, application_id) or abort(404)
    check(permission, found)
    return found


def to_application(application_id: int) -> Response:
    return redirect(url_for("applications.detail", application_id=application_id), 303)


# The student's side


@blueprint.route("/vacancies/<id:vacancy_id>/apply", methods=["GET", "POST"])
@requires(Permission.APPLY)
def apply(vacancy_id: int) -> Answer:
    profile = own_profile(current_user) or abort(404)
    vacancy = db.session.scalar(
        visible_vacancies(current_user).where(Vacancy.id == vacancy_id).options(*WHOLE)
    ) or abort(404)
    form = ApplicationForm()
    form.ask(current_document(Purpose.APPLICATION))
    if not form.is_submitted():
        earlier = queries.latest_of(profile, vacancy)
        if earlier is not None and earlier.state is ApplicationState.SENT:
            return to_application(earlier.id)
        return _apply_page(vacancy, form)
    if not form.validate():
        return _apply_page(vacancy, form), 422
    try:
        candidate = candidate_for(vacancy.id, profile.id)
        made = service.apply(candidate, form.message.data, actor=current_user, agreed=form.document)
        db.session.commit()
    except DomainError as error:
        db.session.rollback()
        form.refuse(error)
        return _apply_page(vacancy, form), error.status
    flash(_("Your application is with the enterprise. It owes you an answer."), "ok")
    return to_application(made.id)


def _apply_page(vacancy: Vacancy, form: ApplicationForm) -> str:
    days = limit(APPLICATION_ANSWER_DAYS)
    return render_template(
        "applications/apply.html",
        vacancy=vacancy,
        form=form,
        days=days,
        profile=current_user.profile,
    )


@blueprint.get("/applications")
@requires(Permission.OWN_APPLICATION)
def mine() -> str:
    return render_template(
        "applications/mine.html", page=paginate(queries.own_applications(current_user))
    )


@blueprint.post("/applications/<id:application_id>/withdraw")
@requires(Permission.OWN_APPLICATION)
def withdraw(application_id: int) -> Response:
    found = load(application_id, Permission.OWN_APPLICATION)
    service.withdraw(found, actor=current_user)
    db.session.commit()
    flash(_("The application is withdrawn. Your name and contacts are hidden again."), "ok")
    return to_application(application_id)


# The employer's side


@blueprint.get("/hr/vacancies/<id:vacancy_id>/applications")
@requires(Permission.VIEW_CANDIDATES)
def for_vacancy(vacancy_id: int) -> str:
    vacancy = own_vacancy(current_user, vacancy_id) or abort(404)
    check(Permission.VIEW_CANDIDATES, vacancy)
    ranking = Ranking(vacancy)
    waiting = db.session.scalars(queries.applications_for(vacancy, waiting=True)).unique().all()
    return render_template(
        "applications/for_vacancy.html",
        vacancy=vacancy,
        sections=sections(vacancy, starred=len(ranking.marked[Mark.STAR])),
        waiting=ranked(ranking, waiting),
        done=paginate(queries.applications_for(vacancy, waiting=False)),
        open_name=open_name,
        overdue=queries.overdue_of(vacancy.id),
        most=limit(UNANSWERED_MOST),
    )


@blueprint.post("/hr/applications/<id:application_id>/invite")
@requires(Permission.ANSWER_APPLICATION)
def invite(application_id: int) -> Answer:
    found = load(application_id, Permission.ANSWER_APPLICATION)
    form = InvitationForm(prefix="invitation")
    if not form.validate():
        return _detail_page(found, invitation=form), 422
    try:
        opened = service.invite(found, form.message.data, actor=current_user)
        db.session.commit()
    except DomainError as error:
        db.session.rollback()
        form.refuse(error)
        return _detail_page(load(application_id, Permission.ANSWER_APPLICATION), form), error.status
    flash(_("The student is invited: write to each other here."), "ok")
    return redirect(url_for("contacts.detail", request_id=opened.id), 303)


@blueprint.post("/hr/applications/<id:application_id>/decline")
@requires(Permission.ANSWER_APPLICATION)
def decline(application_id: int) -> Answer:
    found = load(application_id, Permission.ANSWER_APPLICATION)
    form = RefusalForm(prefix="refusal")
    if not form.validate():
        return _detail_page(found, refusal=form), 422
    service.decline(
        found, actor=current_user, reason_code=form.reason.data, note=form.note.data or ""
    )
    db.session.commit()
    flash(_("The student has got a kind letter with your reason."), "ok")
    return redirect(url_for("applications.for_vacancy", vacancy_id=found.vacancy_id), 303)


# Both sides


@blueprint.get("/applications/<id:application_id>")
@requires(Permission.VIEW_APPLICATION)
def detail(application_id: int) -> str:
    found = load(application_id, Permission.VIEW_APPLICATION)
    if current_user.role is Role.MEMBER and applicant(found) is not None:
        note_opening(found.candidate, Sight.OPEN, actor=current_user)
    return _detail_page(found)


def _detail_page(
    found: Application,
    invitation: BaseForm | None = None,
    refusal: BaseForm | None = None,
) -> str:
    if current_user.role is Role.STUDENT:
        return render_template("applications/own.html", application=found)
    return render_template(
        "applications/detail.html",
        application=found,
        person=applicant(found),
        card=card_in_full(Ranking(found.vacancy), found.candidate),
        invitation=invitation or InvitationForm(formdata=None, prefix="invitation"),
        refusal=refusal or RefusalForm(formdata=None, prefix="refusal"),
    )
