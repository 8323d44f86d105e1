"""Pages: what is offered to everybody, and an employer's own vacancies."""

from __future__ import annotations

import enum
from typing import TypeVar

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from sqlalchemy.orm import joinedload
from werkzeug.wrappers import Response

from bridge.accounts.models import Role, User
from bridge.blocks.queries import is_blocked
from bridge.employers.models import Employer
from bridge.employers.queries import public_employer, visible_employers
from bridge.extensions import db
from bridge.permissions import Permission, can, check, requires
from bridge.students.documents import with_implied
from bridge.students.queries import held_slugs
from bridge.vacancies import queries, service
from bridge.vacancies.content import SkillsError
from bridge.vacancies.forms import VacancyForm
from bridge.vacancies.labels import KINDS, STATES
from bridge.vacancies.models import Vacancy, VacancyKind, VacancyState
from bridge.vacancies.paper import vacancy_pdf
from bridge.vacancies.reach import reach
from bridge.web.forms import clean_text
from bridge.web.labels import Tab
from bridge.web.pagination import paginate
from bridge.web.paper import pdf_response
from bridge.web.routing import safe_path
from bridge.web.saving import save_form

blueprint = Blueprint("vacancies", __name__)
E = TypeVar("E", bound=enum.StrEnum)
Answer = str | Response | tuple[str, int]


@blueprint.get("/vacancies")
@requires(Permission.VIEW_PUBLIC)
def open_list() -> str:
    text = clean_text(request.args.get("q", ""))[:100]
    city = clean_text(request.args.get("city", ""))[:80]
    kind = _member(VacancyKind, "kind")
    return render_template(
        "vacancies/open_list.html",
        page=paginate(queries.open_vacancies(text, kind, city)),
        kinds=KINDS,
        cities=queries.open_cities(),
        chosen={"q": text, "kind": kind, "city": city},
    )


def _member(kind: type[E], parameter: str) -> E | None:
    """The member of an enum that the address names; None where it names none."""
    try:
        return kind(request.args.get(parameter, ""))
    except ValueError:
        return None


@blueprint.get("/vacancies/<id:vacancy_id>")
@requires(Permission.VIEW_PUBLIC)
def detail(vacancy_id: int) -> str:
    viewer = current_user if current_user.is_authenticated else None
    vacancy = _load(vacancy_id, viewer)
    return render_template(
        "vacancies/detail.html",
        vacancy=vacancy,
        held=_held_skills(viewer),
        is_blocked=_is_blocked(viewer, vacancy),
        own=can(current_user, Permission.VIEW_COMPANY, vacancy),
    )


@blueprint.get("/vacancies/<id:vacancy_id>.pdf")
@requires(Permission.VIEW_PUBLIC)
def pdf(vacancy_id: int) -> Response:
    viewer = current_user if current_user.is_authenticated else None
    vacancy = _load(vacancy_id, viewer)
    url = current_app.config["BRIDGE"].base_url + url_for("vacancies.detail", vacancy_id=vacancy.id)
    return pdf_response(vacancy_pdf(vacancy, url), f"vacancy-{vacancy.id}")


def _load(vacancy_id: int, viewer: User | None) -> Vacancy:
    vacancy = db.session.scalar(
        queries.visible_vacancies(viewer).where(Vacancy.id == vacancy_id).options(*queries.WHOLE)
    )
    if vacancy is None:
        abort(404)
    return vacancy


def _held_skills(viewer: User | None) -> frozenset[str] | None:
    """The slugs of the skills of a student who looks, implied ones too; None for everybody else."""
    if viewer is None or viewer.role is not Role.STUDENT or viewer.profile is None:
        return None
    return frozenset(with_implied(dict.fromkeys(held_slugs(viewer.profile.id), 1.0)))


def _is_blocked(viewer: User | None, vacancy: Vacancy) -> bool:
    """The student who looks has blocked the employer."""
    profile = viewer.profile if viewer is not None else None
    return profile is not None and is_blocked(profile.id, vacancy.employer_id)


@blueprint.get("/employers/<id:employer_id>")
@requires(Permission.VIEW_PUBLIC)
def employer(employer_id: int) -> str:
    """What everybody may know of an enterprise that works with the university."""
    found = public_employer(employer_id) or abort(404)
    viewer = current_user if current_user.is_authenticated else None
    profile = viewer.profile if viewer is not None else None
    offered = queries.open_vacancies().where(Vacancy.employer_id == found.id)
    return render_template(
        "vacancies/employer.html",
        employer=found,
        page=paginate(offered),
        held=_held_skills(viewer),
        is_blocked=profile is not None and is_blocked(profile.id, found.id),
    )


@blueprint.get("/hr/vacancies")
@requires(Permission.VIEW_COMPANY)
def mine() -> str:
    state = _member(VacancyState, "state")
    page = paginate(queries.find_own(current_user, state))
    return render_template(
        "vacancies/mine.html",
        employer=current_user.member.employer,
        page=page,
        tabs=_state_tabs(state),
        requests=queries.request_counts(page.items),
        state=state,
    )


def _state_tabs(current: object) -> list[Tab]:
    counts = queries.own_counts(current_user)
    everything = Tab(_l("All"), url_for("vacancies.mine"), current is None, sum(counts.values()))
    return [everything] + [
        Tab(badge.label, url_for("vacancies.mine", state=state.value), state is current, number)
        for state, badge in STATES.items()
        if (number := counts.get(state, 0)) or state is current
    ]


@blueprint.get("/hr/vacancies/new")
@requires(Permission.EDIT_VACANCY)
def create() -> str:
    employer = current_user.member.employer
    return _form_page(VacancyForm(data={"city": employer.city}))


@blueprint.post("/hr/vacancies/new")
@requires(Permission.EDIT_VACANCY)
def save_new() -> Answer:
    form = VacancyForm()
    if "preview" in request.form:
        return _form_page(form)
    wanted = "submit" in request.form
    form.complete = wanted
    if not form.validate():
        return _form_page(form), 422
    try:
        vacancy = service.create(current_user.member.employer, form.content(), actor=current_user)
        if wanted and vacancy.state is VacancyState.DRAFT:
            service.submit(vacancy, actor=current_user)
        db.session.commit()
    except SkillsError as error:
        db.session.rollback()
        form.refuse(error)
        return _form_page(form), error.status
    flash(_("Submitted for approval.") if wanted else _("The draft is saved."), "ok")
    return redirect(url_for("vacancies.detail", vacancy_id=vacancy.id), 303)


@blueprint.get("/hr/vacancies/<id:vacancy_id>/edit")
@requires(Permission.EDIT_VACANCY)
def edit(vacancy_id: int) -> Answer:
    vacancy = _load_own(vacancy_id)
    if vacancy.state not in service.EDITABLE:
        return redirect(url_for("vacancies.detail", vacancy_id=vacancy.id))
    return _form_page(VacancyForm.of(vacancy), vacancy)


@blueprint.post("/hr/vacancies/<id:vacancy_id>/edit")
@requires(Permission.EDIT_VACANCY)
def save(vacancy_id: int) -> Answer:
    vacancy = _load_own(vacancy_id)
    form = VacancyForm.of(vacancy)
    if "preview" in request.form:
        return _form_page(form, vacancy)
    published = vacancy.state is VacancyState.PUBLISHED
    wanted = "submit" in request.form and not published
    form.complete = wanted or published

    def write() -> None:
        service.edit(vacancy, form.content(), actor=current_user)
        if wanted:
            service.submit(vacancy, actor=current_user)

    status = save_form(form, lambda: vacancy, write)
    if status != 303:
        return _form_page(form, vacancy), status
    submitted = vacancy.state is VacancyState.SUBMITTED
    flash(_("Submitted for approval.") if submitted else _("The changes are saved."), "ok")
    return redirect(url_for("vacancies.detail", vacancy_id=vacancy.id), 303)


def _load_own(vacancy_id: int) -> Vacancy:
    vacancy = db.session.scalar(
        queries.own_vacancies(current_user).where(Vacancy.id == vacancy_id).options(*queries.WHOLE)
    )
    if vacancy is None:
        abort(404)
    check(Permission.EDIT_VACANCY, vacancy)
    return vacancy


def _form_page(form: VacancyForm, vacancy: Vacancy | None = None) -> str:
    content = form.content_so_far()
    return render_template(
        "vacancies/edit.html",
        form=form,
        vacancy=vacancy,
        reach=None if content is None else reach(content, current_user.member.employer_id),
    )


@blueprint.post("/hr/vacancies/<id:vacancy_id>/submit")
@requires(Permission.EDIT_VACANCY)
def submit(vacancy_id: int) -> Response:
    vacancy = _load_own(vacancy_id)
    form = VacancyForm(formdata=None, obj=vacancy)
    if not form.check_complete() or vacancy.is_overdue:
        flash(_("Something is still missing: fill it in and submit from here."), "warning")
        return redirect(url_for("vacancies.edit", vacancy_id=vacancy.id), 303)
    service.submit(vacancy, actor=current_user)
    return _done(vacancy, _("Submitted for approval."))


@blueprint.post("/hr/vacancies/<id:vacancy_id>/withdraw")
@requires(Permission.EDIT_VACANCY)
def withdraw(vacancy_id: int) -> Response:
    vacancy = _load_own(vacancy_id)
    service.withdraw(vacancy, actor=current_user)
    return _done(vacancy, _("Taken back from approval: it is a draft again."))


@blueprint.post("/hr/vacancies/<id:vacancy_id>/close")
@requires(Permission.EDIT_VACANCY)
def close(vacancy_id: int) -> Response:
    vacancy = _load_own(vacancy_id)
    service.close(vacancy, actor=current_user)
    return _done(vacancy, _("The vacancy is closed."))


@blueprint.post("/hr/vacancies/<id:vacancy_id>/reopen")
@requires(Permission.EDIT_VACANCY)
def reopen(vacancy_id: int) -> Response:
    vacancy = _load_own(vacancy_id)
    service.reopen(vacancy, actor=current_user)
    return _done(vacancy, _("The vacancy is a draft again. Change it and submit it for approval."))


def _done(vacancy: Vacancy, message: str) -> Response:
    db.session.commit()
    flash(message, "ok")
    return redirect(url_for("vacancies.detail", vacancy_id=vacancy.id), 303)


@blueprint.post("/staff/vacancies/<id:vacancy_id>/selection/<any(blind, open):selection>")
@requires(Permission.MANAGE_EMPLOYERS)
def set_selection(vacancy_id: int, selection: str) -> Response:
    vacancy = _load(vacancy_id, current_user)
    service.set_blind(vacancy, selection == "blind", actor=current_user)
    db.session.commit()
    if vacancy.blind:
        flash(_("The selection is blind: the enterprise sees pseudonyms."), "ok")
    else:
        flash(_("The selection is open: names of students who allow it are seen."), "ok")
    back = url_for("vacancies.detail", vacancy_id=vacancy.id)
    return redirect(safe_path(request.form.get("next"), back), 303)


@blueprint.get("/staff/employers/<id:employer_id>/vacancies")
@requires(Permission.MANAGE_EMPLOYERS)
def of_employer(employer_id: int) -> str:
    employer = db.session.scalar(visible_employers(current_user).where(Employer.id == employer_id))
    if employer is None:
        abort(404)
    found = (
        queries.visible_vacancies(current_user)
        .where(Vacancy.employer_id == employer_id)
        .options(joinedload(Vacancy.employer))
        .order_by(Vacancy.id.desc())
    )
    return render_template("vacancies/of_employer.html", employer=employer, page=paginate(found))
