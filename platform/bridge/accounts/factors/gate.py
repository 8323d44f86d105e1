"""What stands before views: who must have a second factor sets one up first; what matters is done
only by somebody who showed lately that it is they."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import ParamSpec, TypeVar

from flask import Flask, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from werkzeug.wrappers import Response

from bridge.accounts.factors import passkeys, service
from bridge.accounts.factors.forms import IdentityForm
from bridge.accounts.factors.queries import factors_of, is_required
from bridge.accounts.models import User
from bridge.accounts.service import check_password
from bridge.accounts.sessions import is_proved, note_proof
from bridge.database import SAFE_METHODS
from bridge.extensions import db
from bridge.kept import FirstStep, kept_page

P = ParamSpec("P")
R = TypeVar("R")
# What stays open to somebody who has to set up a second factor.
OPEN_BLUEPRINTS = ("consents", "appearance")
OPEN_ENDPOINTS = frozenset(
    {
        "static",
        "web.set_language",
        "web.healthz",
        "web.readyz",
        "accounts.sign_out",
        "accounts.security",
        "accounts.confirm_identity",
        "accounts.begin_authenticator",
        "accounts.authenticator",
        "accounts.confirm_authenticator",
        "accounts.new_passkey",
        "accounts.add_passkey",
        "accounts.end_session_of_mine",
        "accounts.end_other_sessions",
    }
)
SET_UP = FirstStep(
    _l("Set up a second factor first"),
    _l(
        "Your account opens the data of others. Set up a second factor in a new tab, come back to "
        "this one and send it."
    ),
    "accounts.security",
    _l("Set it up in a new tab"),
    "shield-check",
)


def sensitive(view: Callable[P, R]) -> Callable[P, R]:
    """Ask the reader once more who they are where that is a while ago: before a view that does
    something, when it is to be done; before one that hands something out, when it is asked for."""
    view.sensitive = True  # type: ignore[attr-defined]
    return view


def lacks_factor() -> bool:
    return (
        current_user.is_authenticated
        and current_user.second_factor_since is None
        and is_required(current_user)
    )


def is_confirmed(form: IdentityForm, user: User) -> bool:
    """Whether the form shows that it is `user`; then they are not asked again for a while.
    Commits, for wrong answers are counted."""
    proved = form.proves(
        partial(check_password, user),
        partial(service.check_code, user),
        partial(service.check_passkey, user),
    )
    if proved:
        note_proof()
    db.session.commit()
    return proved


def identity_page(form: IdentityForm, **context: object) -> str:
    """The page that asks. Commits: what a passkey is to sign must be known when it comes back."""
    user = current_user._get_current_object()
    options = passkeys.request_options(user)
    db.session.commit()
    return render_template(
        "accounts/confirm_identity.html",
        form=form,
        factors=factors_of(user),
        options=options,
        **context,
    )


def init_app(app: Flask) -> None:
    @app.before_request
    def set_up_first() -> Response | tuple[str, int] | None:
        if request.endpoint is None or request.endpoint in OPEN_ENDPOINTS or not lacks_factor():
            return None
        if request.blueprint in OPEN_BLUEPRINTS:
            return None
        kept = kept_page(403, SET_UP)
        if kept is not None:
            return kept
        flash(_("Your account opens the data of others: set up a second factor first."), "warning")
        return redirect(url_for("accounts.security"), 303)

    @app.before_request
    def ask_who_it_is() -> Response | tuple[str, int] | None:
        view = app.view_functions.get(request.endpoint or "")
        if not getattr(view, "sensitive", False) or not current_user.is_authenticated:
            return None
        safe = request.method in SAFE_METHODS
        only_shows_a_form = safe and "POST" in (request.url_rule.methods or ())  # type: ignore[union-attr]
        if only_shows_a_form or is_proved():
            return None
        address = request.full_path.rstrip("?")
        if safe:
            return redirect(url_for("accounts.confirm_identity", next=address), 303)
        form = IdentityForm()
        if form.was_sent and is_confirmed(form, current_user._get_current_object()):
            return None
        # What was typed goes along, so that nothing has to be typed again.
        own = {field.name for field in form}
        kept = [(name, value) for name, value in request.form.items(multi=True) if name not in own]
        return identity_page(form, action=address, kept=kept), 422
