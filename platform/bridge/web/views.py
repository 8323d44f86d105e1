"""The front door, the language switch, the health check."""

from __future__ import annotations

from flask import Blueprint, current_app, redirect, render_template, request, session, url_for
from flask_login import current_user
from sqlalchemy.exc import OperationalError
from werkzeug.wrappers import Response

from bridge.accounts.models import Role
from bridge.accounts.service import choose_locale
from bridge.extensions import db
from bridge.operations.schema import needed_revision, present_revision
from bridge.permissions import Permission, requires
from bridge.vacancies.queries import open_vacancies
from bridge.web.i18n import LOCALES
from bridge.web.routing import safe_path

blueprint = Blueprint("web", __name__)

LANDING_VACANCIES = 6
PLAIN = {"Content-Type": "text/plain; charset=utf-8"}
HOMES = {
    Role.STUDENT: "students.profile",
    Role.MEMBER: "vacancies.mine",
    Role.STAFF: "moderation.queue",
    Role.ADMIN: "moderation.queue",
}


@blueprint.get("/")
@requires(Permission.VIEW_PUBLIC)
def home() -> str | Response:
    if current_user.is_authenticated:
        return redirect(url_for(HOMES[current_user.role]))
    return render_template(
        "web/landing.html",
        demo=current_app.config["BRIDGE"].is_demo,
        vacancies=db.session.scalars(open_vacancies().limit(LANDING_VACANCIES)).all(),
    )


@blueprint.post("/language")
@requires(Permission.VIEW_PUBLIC)
def set_language() -> Response:
    locale = request.form.get("locale")
    if locale in LOCALES:
        session["locale"] = locale
        if current_user.is_authenticated:
            choose_locale(current_user, locale)
            db.session.commit()
    return redirect(safe_path(request.form.get("next")), 303)


@blueprint.get("/healthz")
@requires(Permission.VIEW_PUBLIC)
def healthz() -> tuple[str, int, dict[str, str]]:
    """The process lives."""
    return "ok\n", 200, PLAIN


@blueprint.get("/readyz")
@requires(Permission.VIEW_PUBLIC)
def readyz() -> tuple[str, int, dict[str, str]]:
    """The process can answer: its database is there and has the schema that it needs."""
    try:
        ready = present_revision() == needed_revision()
    except OperationalError:
        ready = False
    return ("ready\n", 200, PLAIN) if ready else ("not ready\n", 503, PLAIN)
