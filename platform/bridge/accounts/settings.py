"""One's own account: name, language, password."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask_babel import force_locale
from flask_babel import gettext as _
from flask_login import current_user

from bridge.accounts import service
from bridge.accounts.forms import AccountForm, PasswordChangeForm
from bridge.accounts.throttling import TooManyAttemptsError
from bridge.accounts.views import Page, blueprint
from bridge.extensions import db
from bridge.permissions import Permission, requires
from bridge.web.saving import save_form


@blueprint.get("/account")
@requires(Permission.OWN_ACCOUNT)
def settings() -> Page:
    return _page(AccountForm(obj=current_user), PasswordChangeForm())


@blueprint.post("/account")
@requires(Permission.OWN_ACCOUNT)
def save_settings() -> Page:
    form = AccountForm()
    status = save_form(
        form,
        lambda: current_user,
        lambda: service.change_account(
            current_user, name=form.name.data, locale=form.locale.data, actor=current_user
        ),
    )
    if status != 303:
        return _page(form, PasswordChangeForm(formdata=None), status)
    with force_locale(form.locale.data):
        flash(_("Saved."), "ok")
    return redirect(url_for("accounts.settings"), 303)


@blueprint.post("/account/password")
@requires(Permission.OWN_ACCOUNT)
def change_password() -> Page:
    form = PasswordChangeForm()
    form.person = (current_user.name, current_user.email)
    account = AccountForm(formdata=None, obj=current_user)
    if not form.validate():
        return _page(account, form, 422)
    try:
        service.change_password(
            current_user, present=form.present.data, new=form.new.data, actor=current_user
        )
    except (service.WrongPasswordError, TooManyAttemptsError) as error:
        form.present.errors = [str(error.message)]
        db.session.commit()
        return _page(account, form, 422)
    db.session.commit()
    flash(_("The password is changed; other devices are signed out."), "ok")
    return redirect(url_for("accounts.settings"), 303)


def _page(account: AccountForm, password: PasswordChangeForm, status: int = 200) -> Page:
    page = render_template("accounts/settings.html", account=account, password=password)
    return page, status
