"""The front door, the language switch, the health check."""

from __future__ import annotations

from flask import Blueprint, current_app, redirect, render_template, request, session, url_for
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from sqlalchemy.exc import OperationalError
from werkzeug.wrappers import Response

from bridge.accounts.models import Role
from bridge.accounts.service import choose_locale
from bridge.cases.models import CaseKind
from bridge.cases.queries import DecisionTime, decision_times
from bridge.extensions import db
from bridge.limits.service import (
    APPLICATION_ANSWER_DAYS,
    FRESH_DAYS,
    REQUESTS_A_WEEK,
    UNANSWERED_MOST,
    limit,
)
from bridge.permissions import Permission, requires
from bridge.schema import needed_revision, present_revision
from bridge.vacancies.queries import open_vacancies
from bridge.web import navigation
from bridge.web.i18n import LOCALES
from bridge.web.labels import Tab
from bridge.web.places import places
from bridge.web.routing import safe_path

blueprint = Blueprint("web", __name__)

LANDING_VACANCIES = 6
# Of the last three months; an average of fewer cases would say nothing.
TIMES_DAYS, TIMES_LEAST = 90, 10
PLAIN = {"Content-Type": "text/plain; charset=utf-8"}
HELP = {
    "student": _l("For students"),
    "employer": _l("For employers"),
    "university": _l("For the university"),
}
AUDIENCES = {
    Role.STUDENT: "student",
    Role.MEMBER: "employer",
    Role.STAFF: "university",
    Role.ADMIN: "university",
}
HOMES = {
    Role.STUDENT: "students.profile",
    Role.MEMBER: "vacancies.mine",
    Role.STAFF: "moderation.queue",
    Role.ADMIN: "moderation.queue",
}


def public_times() -> dict[CaseKind, DecisionTime]:
    """How long people of the university took, where there were enough cases to say it."""
    found = decision_times(TIMES_DAYS)
    return {
        kind: found[kind]
        for kind in (CaseKind.CONTACT, CaseKind.VACANCY, CaseKind.EMPLOYER)
        if kind in found and found[kind].count >= TIMES_LEAST
    }


@blueprint.get("/")
@requires(Permission.VIEW_PUBLIC)
def home() -> str | Response:
    if current_user.is_authenticated:
        return redirect(url_for(HOMES[current_user.role]))
    return render_template(
        "web/landing.html",
        demo=current_app.config["BRIDGE"].is_demo,
        times=public_times(),
        times_days=TIMES_DAYS,
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


@blueprint.get("/staff/settings")
@requires(Permission.MODERATE)
def office() -> str:
    return render_template("web/office.html", items=navigation.settings())


@blueprint.get("/pages")
@requires(Permission.OWN_ACCOUNT)
def all_pages() -> str:
    return render_template("web/places.html", groups=places())


@blueprint.get("/help")
@requires(Permission.VIEW_PUBLIC)
def help_page() -> str:
    """For whoever is reading; the others' is in the tabs, since nothing in it is a secret."""
    role = current_user.role if current_user.is_authenticated else Role.STUDENT
    return help_for(AUDIENCES[role])


@blueprint.get(f"/help/<any({', '.join(HELP)}):audience>")
@requires(Permission.VIEW_PUBLIC)
def help_for(audience: str) -> str:
    tabs = [
        Tab(label, url_for("web.help_for", audience=name), name == audience)
        for name, label in HELP.items()
    ]
    return render_template(
        f"help/{audience}.html",
        tabs=tabs,
        requests_a_week=limit(REQUESTS_A_WEEK),
        answer_days=limit(APPLICATION_ANSWER_DAYS),
        unanswered_most=limit(UNANSWERED_MOST),
        fresh_days=limit(FRESH_DAYS),
        group_least=current_app.config["BRIDGE"].group_least,
    )


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
