"""Pages of one's own data: what there is, and how to have it erased."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, abort, flash, redirect, render_template, session, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from bridge import audit
from bridge.accounts.factors.gate import sensitive
from bridge.accounts.service import WrongPasswordError, check_password
from bridge.accounts.sessions import end_session
from bridge.accounts.throttling import TooManyAttemptsError
from bridge.database import writing
from bridge.extensions import db
from bridge.permissions import Permission, requires
from bridge.rights import queries, service
from bridge.rights.exporting import ask_for_export
from bridge.rights.forms import EraseForm, PasswordForm
from bridge.rights.labels import fates
from bridge.rights.models import ExportState
from bridge.rights.terms import ERASURE, term
from bridge.web.i18n import short_datetime

blueprint = Blueprint("rights", __name__)
Page = str | Response | tuple[str, int]


def is_the_owner(form: PasswordForm) -> bool:
    """Whether the form's password is the reader's; the attempt is counted, the error said."""
    if not form.validate():
        return False
    try:
        check_password(current_user, form.password.data)
    except (WrongPasswordError, TooManyAttemptsError) as error:
        form.password.errors = [str(error.message)]
        db.session.commit()
        return False
    return True


@blueprint.get("/account/data")
@requires(Permission.OWN_ACCOUNT)
def overview() -> str:
    return _overview(PasswordForm(formdata=None))


def _overview(form: PasswordForm) -> str:
    exports = queries.own_exports(current_user)
    return render_template("rights/overview.html", form=form, exports=exports)


@blueprint.post("/account/data")
@requires(Permission.OWN_ACCOUNT)
def ask_for_data() -> Page:
    form = PasswordForm()
    if not is_the_owner(form):
        return _overview(form), 422
    export = ask_for_export(current_user._get_current_object())
    db.session.commit()
    if export.state is ExportState.READY:
        flash(_("The file is ready."), "ok")
    else:
        flash(_("The file is being made. You can leave: you will find it here."), "ok")
    return redirect(url_for("rights.overview", _anchor="download"), 303)


@blueprint.get("/account/data/<id:export_id>.zip")
@requires(Permission.OWN_ACCOUNT)
@sensitive
def download(export_id: int) -> Response:
    export = queries.own_export(current_user, export_id) or abort(404)
    with writing() as rows:
        rows.add(audit.entry("data_export.downloaded", export, actor=current_user))
    answer = Response(export.content or b"", mimetype="application/zip")
    answer.headers["Content-Disposition"] = f'attachment; filename="bridge-{export.id}.zip"'
    return answer


@blueprint.route("/account/erase", methods=["GET", "POST"])
@requires(Permission.ERASE_OWN)
def erase_account() -> Page:
    form = EraseForm()
    days = term(ERASURE).days
    if not form.is_submitted() or not is_the_owner(form):
        page = render_template("rights/erase.html", form=form, fates=fates(current_user), days=days)
        return page, 422 if form.is_submitted() else 200
    wanted = timedelta(0) if form.at_once.data else term(ERASURE)
    # The reader is signed out below, and with the name the language would go.
    user, locale = current_user._get_current_object(), current_user.locale
    request = service.ask_for_erasure(user, actor=user, term=wanted)
    if not wanted:
        service.erase(request, actor=user)
    due = short_datetime(request.due_at) if wanted else ""
    end_session()
    db.session.commit()
    if not wanted:
        service.sweep()
    session["locale"], session["erasure_due"] = locale, due
    return redirect(url_for("rights.closed"), 303)


@blueprint.get("/account/closed")
@requires(Permission.SIGN_IN)
def closed() -> str:
    return render_template("rights/closed.html", due=session.get("erasure_due"))


@blueprint.route("/erasure/<token>", methods=["GET", "POST"])
@requires(Permission.SIGN_IN)
def keep_account(token: str) -> Page:
    found = service.request_of_token(token)
    # By a button: programs that scan letters open every link.
    form = PasswordForm()
    if not form.is_submitted():
        return render_template("rights/keep.html", erasure=found)
    service.cancel(found, actor=found.user)
    db.session.commit()
    session.pop("erasure_due", None)
    flash(_("The account is open again. Sign in."), "ok")
    return redirect(url_for("accounts.sign_in"), 303)
