"""The second step of signing in, after the password."""

from __future__ import annotations

from flask import redirect, render_template
from flask_babel import gettext as _
from flask_login import current_user

from bridge.accounts.factors import passkeys, service
from bridge.accounts.factors.forms import SecondFactorForm
from bridge.accounts.factors.queries import factors_of
from bridge.accounts.models import User
from bridge.accounts.sessions import awaited_user, start_session
from bridge.accounts.throttling import TooManyAttemptsError
from bridge.accounts.views import Page, blueprint
from bridge.extensions import db
from bridge.permissions import Permission, requires
from bridge.web.routing import safe_path


@blueprint.route("/sign-in/second", methods=["GET", "POST"])
@requires(Permission.SIGN_IN)
def second_step() -> Page:
    if current_user.is_authenticated:
        return redirect("/", 303)
    user, path = awaited_user()
    if user is None:
        # The password was typed too long ago, or not in this browser.
        return render_template("accounts/second_step_over.html"), 410
    form = SecondFactorForm()
    if not form.is_submitted():
        return _page(form, user)
    status = 422
    if form.validate():
        try:
            _check(form, user)
        except (service.WrongCodeError, service.WrongPasskeyError, TooManyAttemptsError) as error:
            form.code.errors = [str(error.message)]
            status = error.status
            db.session.commit()
        else:
            start_session(user)
            db.session.commit()
            return redirect(safe_path(path), 303)
    return _page(form, user, status)


def _check(form: SecondFactorForm, user: User) -> None:
    if form.credential.data:
        service.check_passkey(user, form.credential.data)
    elif form.code.data:
        service.check_code(user, form.code.data)
    else:
        raise service.WrongCodeError(_("Enter a code."))


def _page(form: SecondFactorForm, user: User, status: int = 200) -> Page:
    form.code.data = ""
    page = render_template(
        "accounts/second_step.html",
        form=form,
        factors=factors_of(user),
        options=passkeys.request_options(user),
    )
    db.session.commit()
    return page, status
