"""Signing in and out, registering, and the links that mail brings."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from bridge.accounts import service
from bridge.accounts.forms import (
    EmailForm,
    InvitationForm,
    RegistrationForm,
    ResetForm,
    SignInForm,
)
from bridge.accounts.listeners import ROLES
from bridge.accounts.models import Role, TokenPurpose, User
from bridge.accounts.sessions import (
    await_second_factor,
    end_session,
    start_session,
    was_left_idle,
)
from bridge.accounts.throttling import (
    LETTER_FROM,
    REGISTER_FROM,
    TooManyAttemptsError,
    network,
    steady_duration,
    take,
)
from bridge.accounts.tokens import LinkExpiredError, owner_of_token
from bridge.consents import service as consents
from bridge.consents.asking import AsksConsent
from bridge.consents.models import ConsentDocument, Purpose
from bridge.consents.queries import current_document
from bridge.extensions import db
from bridge.permissions import Permission, requires
from bridge.web.forms import BaseForm
from bridge.web.i18n import locale_code
from bridge.web.routing import safe_path

blueprint = Blueprint("accounts", __name__)
Page = str | Response | tuple[str, int] | tuple[str, int, dict[str, str]]


@blueprint.route("/sign-in", methods=["GET", "POST"])
@requires(Permission.SIGN_IN)
def sign_in() -> Page:
    if current_user.is_authenticated:
        return redirect(safe_path(request.args.get("next")))
    form = SignInForm(next=request.args.get("next"))
    if was_left_idle():
        flash(_("You were signed out, since you had not been here for a while."), "warning")
    if not form.is_submitted():
        return render_template("accounts/sign_in.html", form=form)
    status, unconfirmed, headers = 422, False, {}
    if form.validate():
        try:
            user = service.authenticate(form.email.data, form.password.data, network=network())
        except TooManyAttemptsError as error:
            form.refuse(error)
            status, headers, user = error.status, error.headers, None
        else:
            if user is not None and user.email_confirmed_at is not None:
                return _enter(user, form.next.data)
            unconfirmed = user is not None
            if user is None:
                form.form_errors.append(_("The e-mail address or the password does not fit."))
            db.session.commit()
    page = render_template("accounts/sign_in.html", form=form, unconfirmed=unconfirmed)
    return page, status, headers


def _enter(user: User, path: str | None = None) -> Response:
    if user.second_factor_since is not None:
        await_second_factor(user, path)
        db.session.commit()
        return redirect(url_for("accounts.second_step"), 303)
    start_session(user)
    db.session.commit()
    return redirect(safe_path(path), 303)


@blueprint.post("/sign-out")
@requires(Permission.VIEW_PUBLIC)
def sign_out() -> Response:
    end_session()
    db.session.commit()
    flash(_("You have signed out."), "ok")
    return redirect(url_for("web.home"), 303)


@blueprint.route("/register", methods=["GET", "POST"])
@requires(Permission.SIGN_IN)
def register() -> Page:
    if current_user.is_authenticated:
        return redirect(url_for("web.home"))
    form = RegistrationForm(locale=locale_code())
    form.ask(current_document(Purpose.ACCOUNT))
    if not form.validate_on_submit():
        return _form_page("accounts/register.html", form)
    try:
        take(REGISTER_FROM, network())
    except TooManyAttemptsError as error:
        return _refused("accounts/register.html", form, error)
    with steady_duration():
        user = service.register(
            form.email.data,
            form.name.data,
            Role.STUDENT,
            password=form.password.data,
            locale=form.locale.data,
        )
        if user is not None and form.document is not None:
            consents.give(user, form.document, act="register")
        db.session.commit()
    return _letter_sent(form.email.data, resend=True)


def _letter_sent(email: str, *, resend: bool = False) -> Response:
    """The page after asking for a letter; the address stays in the session, out of the log."""
    session["letter_to"] = email
    return redirect(url_for("accounts.letter_sent", resend=1 if resend else None), 303)


@blueprint.get("/letter-sent")
@requires(Permission.SIGN_IN)
def letter_sent() -> str:
    return render_template(
        "accounts/letter_sent.html",
        email=session.get("letter_to"),
        resend="resend" in request.args,
    )


@blueprint.post("/confirm/resend")
@requires(Permission.SIGN_IN)
def resend() -> Page:
    form = EmailForm()
    if not form.validate():
        abort(400)
    take(LETTER_FROM, network())
    with steady_duration():
        service.resend_confirmation(form.email.data, locale=locale_code())
        db.session.commit()
    flash(_("A new letter is on its way."), "ok")
    return _letter_sent(form.email.data, resend=True)


@blueprint.route("/confirm/<token>", methods=["GET", "POST"])
@requires(Permission.SIGN_IN)
def confirm(token: str) -> Page:
    # Confirmed by a button: programs that scan letters open every link.
    user = owner_of_token(token, TokenPurpose.CONFIRM)
    if request.method == "GET":
        return render_template("accounts/confirm.html", email=user.email)
    service.confirm_email(token)
    db.session.commit()
    flash(_("The e-mail address is confirmed. Now you can sign in."), "ok")
    return redirect(url_for("accounts.sign_in"), 303)


@blueprint.route("/forgot", methods=["GET", "POST"])
@requires(Permission.SIGN_IN)
def forgot() -> Page:
    form = EmailForm()
    if not form.validate_on_submit():
        return _form_page("accounts/forgot.html", form)
    try:
        take(LETTER_FROM, network())
    except TooManyAttemptsError as error:
        return _refused("accounts/forgot.html", form, error)
    with steady_duration():
        service.request_reset(form.email.data, locale=locale_code())
        db.session.commit()
    return _letter_sent(form.email.data)


@blueprint.route("/reset/<token>", methods=["GET", "POST"])
@requires(Permission.SIGN_IN)
def reset(token: str) -> Page:
    user = owner_of_token(token, TokenPurpose.RESET)
    form = ResetForm()
    form.person = (user.name, user.email)
    # Whoever registered an address that was never confirmed need not be its owner, who has then
    # agreed to nothing yet.
    form.ask(None if user.email_confirmed_at is not None else _document_for(user))
    if not form.validate_on_submit():
        return _form_page("accounts/reset.html", form, email=user.email)
    service.reset_password(token, password=form.password.data)
    _agree(user, form, act="reset")
    db.session.commit()
    flash(_("The new password is set. Sign in with it."), "ok")
    return redirect(url_for("accounts.sign_in"), 303)


@blueprint.route("/invitation/<token>", methods=["GET", "POST"])
@requires(Permission.SIGN_IN)
def invitation(token: str) -> Page:
    user = owner_of_token(token, TokenPurpose.INVITE)
    form = InvitationForm(obj=user)
    form.person = (user.email,)
    form.ask(_document_for(user))
    if not form.validate_on_submit():
        return _form_page("accounts/invitation.html", form, email=user.email)
    service.accept_invitation(token, name=form.name.data, password=form.password.data)
    _agree(user, form, act="invitation")
    return _enter(user)


def _document_for(user: User) -> ConsentDocument | None:
    """What somebody with such an account agrees to when they come."""
    purpose = next((purpose for purpose, role in ROLES.items() if role is user.role), None)
    return None if purpose is None else current_document(purpose)


def _agree(user: User, form: AsksConsent, *, act: str) -> None:
    """The owner's own consent counts, not that of whoever registered the address before."""
    if form.document is not None:
        consents.withdraw_account(user)
        consents.give(user, form.document, act=act)


@blueprint.errorhandler(LinkExpiredError)
def link_expired(error: LinkExpiredError) -> tuple[str, int]:
    db.session.rollback()
    return render_template("accounts/link_expired.html", message=error.message), error.status


def _refused(template: str, form: BaseForm, error: TooManyAttemptsError) -> Page:
    """The form again, with what was typed."""
    form.refuse(error)
    return render_template(template, form=form), error.status, error.headers


def _form_page(template: str, form: BaseForm, **context: object) -> tuple[str, int]:
    status = 422 if form.is_submitted() else 200
    return render_template(template, form=form, **context), status
