"""Security of one's account: second factors, recovery codes, where one is signed in."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from bridge.accounts.factors import passkeys, service, totp
from bridge.accounts.factors.forms import AuthenticatorForm, IdentityForm, PasskeyForm
from bridge.accounts.factors.gate import identity_page, is_confirmed, sensitive
from bridge.accounts.factors.models import Passkey
from bridge.accounts.factors.queries import authenticator_of, factors_of, is_required
from bridge.accounts.factors.recovery import COUNT
from bridge.accounts.models import User
from bridge.accounts.queries import open_sessions
from bridge.accounts.sessions import end_all_sessions, end_one_session, present_token_hash
from bridge.accounts.throttling import TooManyAttemptsError
from bridge.accounts.views import Page, blueprint
from bridge.extensions import db
from bridge.permissions import Permission, requires
from bridge.web.routing import safe_path


def reader() -> User:
    """The signed-in user itself, not Flask-Login's stand-in for it."""
    user: User = current_user._get_current_object()
    return user


@blueprint.get("/account/security")
@requires(Permission.OWN_ACCOUNT)
def security() -> str:
    present = present_token_hash()
    return render_template(
        "accounts/security.html",
        factors=factors_of(reader()),
        codes_made=COUNT,
        required=is_required(reader()),
        sessions=[(row, row.token_hash == present) for row in open_sessions(reader())],
    )


@blueprint.route("/account/confirm", methods=["GET", "POST"])
@requires(Permission.OWN_ACCOUNT)
def confirm_identity() -> Page:
    """Before something is handed out; where something is to be done, the gate asks on the way."""
    target = safe_path(request.args.get("next"))
    form = IdentityForm()
    if form.is_submitted() and is_confirmed(form, reader()):
        return redirect(target, 303)
    address = url_for("accounts.confirm_identity", next=target)
    return identity_page(form, action=address, kept=()), 422 if form.is_submitted() else 200


@blueprint.post("/account/authenticator")
@requires(Permission.OWN_ACCOUNT)
@sensitive
def begin_authenticator() -> Page:
    service.begin_authenticator(reader())
    db.session.commit()
    return redirect(url_for("accounts.authenticator"), 303)


@blueprint.get("/account/authenticator")
@requires(Permission.OWN_ACCOUNT)
def authenticator() -> Page:
    return _authenticator_page(AuthenticatorForm(formdata=None))


@blueprint.post("/account/authenticator/confirm")
@requires(Permission.OWN_ACCOUNT)
@sensitive
def confirm_authenticator() -> Page:
    form = AuthenticatorForm()
    if not form.validate():
        return _authenticator_page(form, 422)
    try:
        codes = service.confirm_authenticator(reader(), form.code.data, actor=current_user)
    except (service.WrongCodeError, TooManyAttemptsError) as error:
        form.code.errors = [str(error.message)]
        db.session.commit()
        return _authenticator_page(form, error.status)
    db.session.commit()
    return _set_up(codes)


def _authenticator_page(form: AuthenticatorForm, status: int = 200) -> Page:
    waiting = authenticator_of(reader(), confirmed=False)
    secret = None if waiting is None else totp.unseal(waiting.sealed_secret)
    if secret is None:
        return redirect(url_for("accounts.security"), 303)
    page = render_template(
        "accounts/authenticator.html",
        form=form,
        qr_code=totp.qr_code(totp.provisioning_uri(reader(), secret)),
        secret=" ".join(secret[start : start + 4] for start in range(0, len(secret), 4)),
    )
    return page, status


@blueprint.post("/account/authenticator/remove")
@requires(Permission.OWN_ACCOUNT)
@sensitive
def remove_authenticator() -> Page:
    service.remove_authenticator(reader(), actor=current_user)
    db.session.commit()
    flash(_("The application is removed, its codes no longer count."), "ok")
    return redirect(url_for("accounts.security"), 303)


@blueprint.get("/account/passkeys/new")
@requires(Permission.OWN_ACCOUNT)
@sensitive
def new_passkey() -> Page:
    return _passkey_page(PasskeyForm(formdata=None))


@blueprint.post("/account/passkeys")
@requires(Permission.OWN_ACCOUNT)
@sensitive
def add_passkey() -> Page:
    form = PasskeyForm()
    if not form.validate():
        return _passkey_page(form, 422)
    try:
        codes = service.add_passkey(
            reader(), form.credential.data or "", form.name.data, actor=current_user
        )
    except service.WrongPasskeyError as error:
        form.refuse(error)
        db.session.commit()
        return _passkey_page(form, error.status)
    db.session.commit()
    return _set_up(codes)


def _passkey_page(form: PasskeyForm, status: int = 200) -> Page:
    options = passkeys.creation_options(reader())
    db.session.commit()
    return render_template("accounts/passkey.html", form=form, options=options), status


@blueprint.post("/account/passkeys/<id:passkey_id>/remove")
@requires(Permission.OWN_ACCOUNT)
@sensitive
def remove_passkey(passkey_id: int) -> Page:
    found = db.session.get(Passkey, passkey_id)
    if found is None or found.user_id != current_user.id:
        abort(404)
    service.remove_passkey(reader(), found, actor=current_user)
    db.session.commit()
    flash(_("The passkey is removed."), "ok")
    return redirect(url_for("accounts.security"), 303)


@blueprint.post("/account/recovery-codes")
@requires(Permission.OWN_ACCOUNT)
@sensitive
def renew_codes() -> Page:
    codes = service.renew_codes(reader(), actor=current_user)
    db.session.commit()
    return _set_up(codes)


def _set_up(codes: list[str]) -> Page:
    """New recovery codes stand on the answer itself and nowhere else."""
    if codes:
        return render_template("accounts/recovery_codes.html", codes=codes)
    flash(_("Saved."), "ok")
    return redirect(url_for("accounts.security"), 303)


@blueprint.post("/account/sessions/<id:session_id>/end")
@requires(Permission.OWN_ACCOUNT)
def end_session_of_mine(session_id: int) -> Page:
    if not end_one_session(reader(), session_id):
        abort(404)
    db.session.commit()
    flash(_("That device is signed out."), "ok")
    return redirect(url_for("accounts.security", _anchor="sessions"), 303)


@blueprint.post("/account/sessions/end")
@requires(Permission.OWN_ACCOUNT)
def end_other_sessions() -> Page:
    end_all_sessions(reader(), except_present=True)
    db.session.commit()
    flash(_("You are signed out on all other devices."), "ok")
    return redirect(url_for("accounts.security", _anchor="sessions"), 303)
