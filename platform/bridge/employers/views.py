"""Pages: an enterprise applies, looks after its data and colleagues; staff look after it."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from werkzeug.wrappers import Response

from bridge.accounts.throttling import (
    REGISTER_FROM,
    TooManyAttemptsError,
    network,
    steady_duration,
    take,
)
from bridge.consents import service as consents
from bridge.consents.models import Purpose
from bridge.consents.queries import current_document
from bridge.employers import queries, service
from bridge.employers.forms import (
    ApplicationForm,
    CompanyForm,
    InvitationForm,
    SuspensionForm,
)
from bridge.employers.labels import STATES
from bridge.employers.models import Employer, EmployerState
from bridge.errors import DomainError
from bridge.extensions import db
from bridge.permissions import Permission, check, requires
from bridge.web.forms import clean_text
from bridge.web.i18n import locale_code
from bridge.web.labels import Tab
from bridge.web.pagination import paginate
from bridge.web.saving import save_form

blueprint = Blueprint("employers", __name__)
Answer = str | Response | tuple[str, int] | tuple[str, int, dict[str, str]]


@blueprint.get("/employers/apply")
@requires(Permission.VIEW_PUBLIC)
def apply() -> Answer:
    if current_user.is_authenticated:
        return redirect(url_for("web.home"))
    form = ApplicationForm()
    form.ask(current_document(Purpose.MEMBER))
    return render_template("employers/apply.html", form=form)


@blueprint.post("/employers/apply")
@requires(Permission.VIEW_PUBLIC)
def send_application() -> Answer:
    if current_user.is_authenticated:
        return redirect(url_for("web.home"), 303)
    form = ApplicationForm()
    form.ask(current_document(Purpose.MEMBER))
    if not form.validate():
        return render_template("employers/apply.html", form=form), 422
    refused = _apply(form)
    if refused is not None:
        form.refuse(refused)
        return render_template("employers/apply.html", form=form), refused.status, refused.headers
    return redirect(url_for("employers.applied"), 303)


def _apply(form: ApplicationForm) -> DomainError | None:
    try:
        take(REGISTER_FROM, network())
    except TooManyAttemptsError as error:
        return error
    # Neither the page nor its time tells whether the e-mail is known.
    with steady_duration():
        return _write_application(form)


def _write_application(form: ApplicationForm) -> service.InnTakenError | None:
    try:
        employer = service.apply(
            form.details(),
            email=form.email.data,
            password=form.password.data,
            position=form.position.data,
            locale=locale_code(),
        )
        if employer is not None and form.document is not None:
            consents.give(employer.members[0].user, form.document, act="apply")
        db.session.commit()
    except service.InnTakenError as error:
        db.session.rollback()
        return error
    return None


@blueprint.get("/employers/applied")
@requires(Permission.VIEW_PUBLIC)
def applied() -> str:
    return render_template("employers/applied.html")


def _own_employer() -> Employer:
    employer = queries.own_employer(current_user)
    if employer is None:
        abort(404)
    return employer


@blueprint.get("/company")
@requires(Permission.VIEW_COMPANY)
def company() -> str:
    return render_template("employers/company.html", employer=_own_employer())


@blueprint.get("/company/edit")
@requires(Permission.EDIT_COMPANY)
def edit() -> str:
    employer = _own_employer()
    return render_template("employers/edit.html", form=CompanyForm(obj=employer), employer=employer)


@blueprint.post("/company/edit")
@requires(Permission.EDIT_COMPANY)
def save() -> Answer:
    employer = _own_employer()
    check(Permission.EDIT_COMPANY, employer)
    form = CompanyForm(obj=employer)
    if service.has_fixed_details(employer):
        # The page shows these without a control; whatever is sent for them does not count.
        for name in service.VOUCHED:
            form[name].data = getattr(employer, name)

    def write() -> None:
        service.edit(employer, form.details(), actor=current_user)
        if "resubmit" in request.form and employer.state is EmployerState.RETURNED:
            service.resubmit(employer, actor=current_user)

    status = save_form(form, lambda: employer, write)
    if status != 303:
        return render_template("employers/edit.html", form=form, employer=employer), status
    flash(_("The details are saved."), "ok")
    return redirect(url_for("employers.company"), 303)


@blueprint.post("/company/resubmit")
@requires(Permission.EDIT_COMPANY)
def resubmit() -> Response:
    employer = _own_employer()
    check(Permission.EDIT_COMPANY, employer)
    service.resubmit(employer, actor=current_user)
    db.session.commit()
    flash(_("The application is with the university again."), "ok")
    return redirect(url_for("employers.company"), 303)


@blueprint.get("/company/invite")
@requires(Permission.EDIT_COMPANY)
def invite() -> str:
    return render_template("employers/invite.html", form=InvitationForm(), employer=_own_employer())


@blueprint.post("/company/invite")
@requires(Permission.EDIT_COMPANY)
def send_invitation() -> Answer:
    employer = _own_employer()
    check(Permission.EDIT_COMPANY, employer)
    form = InvitationForm()
    if not form.validate():
        return render_template("employers/invite.html", form=form, employer=employer), 422
    service.invite(
        employer,
        email=form.email.data,
        name=form.name.data,
        position=form.position.data,
        actor=current_user,
    )
    db.session.commit()
    flash(
        _("A letter is on its way to %(email)s. The colleague will appear here after accepting "
          "the invitation.", email=form.email.data),
        "ok",
    )  # fmt: skip
    return redirect(url_for("employers.company"), 303)


@blueprint.get("/staff/employers")
@requires(Permission.MANAGE_EMPLOYERS)
def index() -> str:
    text = clean_text(request.args.get("q", ""))[:100]
    state = _asked_state()
    return render_template(
        "employers/index.html",
        page=paginate(queries.find_employers(text, state)),
        tabs=_state_tabs(text, state),
        text=text,
        state=state,
    )


def _asked_state() -> EmployerState | None:
    try:
        return EmployerState(request.args.get("state", ""))
    except ValueError:
        return None


def _state_tabs(text: str, current: EmployerState | None) -> list[Tab]:
    counts = queries.counts_by_state()
    # None leaves the parameter out of the address.
    text_or_none = text or None
    everything = Tab(
        _l("All"),
        url_for("employers.index", q=text_or_none),
        current is None,
        sum(counts.values()),
    )
    return [everything] + [
        Tab(
            badge.label,
            url_for("employers.index", state=state.value, q=text_or_none),
            state is current,
            counts.get(state, 0),
        )
        for state, badge in STATES.items()
    ]


@blueprint.get("/staff/employers/<id:employer_id>")
@requires(Permission.MANAGE_EMPLOYERS)
def detail(employer_id: int) -> str:
    return _detail_page(_visible(employer_id), SuspensionForm())


@blueprint.post("/staff/employers/<id:employer_id>/suspend")
@requires(Permission.MANAGE_EMPLOYERS)
def suspend(employer_id: int) -> Answer:
    employer = _visible(employer_id)
    form = SuspensionForm()
    if not form.validate():
        return _detail_page(employer, form), 422
    service.suspend(
        employer,
        actor=current_user,
        reason_code=form.reason_code.data,
        note=form.note.data,
    )
    db.session.commit()
    flash(_("The work of the enterprise is suspended."), "ok")
    return redirect(url_for("employers.detail", employer_id=employer.id), 303)


@blueprint.post("/staff/employers/<id:employer_id>/reinstate")
@requires(Permission.MANAGE_EMPLOYERS)
def reinstate(employer_id: int) -> Response:
    employer = _visible(employer_id)
    service.reinstate(employer, actor=current_user)
    db.session.commit()
    flash(_("The enterprise works again."), "ok")
    return redirect(url_for("employers.detail", employer_id=employer.id), 303)


@blueprint.post("/staff/employers/<id:employer_id>/trust")
@requires(Permission.MANAGE_EMPLOYERS)
def trust(employer_id: int) -> Response:
    employer = _visible(employer_id)
    trusted = request.form.get("trusted") == "1"
    service.set_trusted(employer, trusted, actor=current_user)
    db.session.commit()
    if trusted:
        flash(_("Its contact requests and further vacancies are now approved automatically."), "ok")
    else:
        flash(_("Everything of this enterprise is looked at again."), "ok")
    return redirect(url_for("employers.detail", employer_id=employer.id), 303)


def _visible(employer_id: int) -> Employer:
    employer = db.session.scalar(
        queries.visible_employers(current_user)
        .where(Employer.id == employer_id)
        .options(queries.WITH_MEMBERS)
    )
    if employer is None:
        abort(404)
    return employer


def _detail_page(employer: Employer, form: SuspensionForm) -> str:
    return render_template(
        "employers/detail.html", employer=employer, form=form, history=queries.history(employer)
    )
