"""The administrator's pages: accounts and the audit log."""

from __future__ import annotations

import json
from zoneinfo import ZoneInfo

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from werkzeug.wrappers import Response

from bridge.accounts import service
from bridge.accounts.factors.gate import sensitive
from bridge.accounts.factors.service import reset_factors as reset
from bridge.accounts.models import Role, User
from bridge.accounts.queries import open_sessions
from bridge.admin import queries
from bridge.admin.acts import act_label
from bridge.admin.forms import AuditForm, NewAccountForm
from bridge.admin.labels import particulars, subject_of
from bridge.admin.references import names_in
from bridge.audit import entry as audit_entry
from bridge.database import writing
from bridge.errors import DomainError
from bridge.extensions import db
from bridge.permissions import Permission, requires
from bridge.web.i18n import locale_code
from bridge.web.labels import Tab
from bridge.web.pagination import paginate
from bridge.web.spreadsheets import csv_response

blueprint = Blueprint("admin", __name__, url_prefix="/admin")
SEARCH_MAX_LENGTH = 100
# More is for the database's own tools.
CSV_ENTRIES = 50_000
GROUPS = {
    Role.STUDENT: _l("Students"),
    Role.MEMBER: _l("Enterprise representatives"),
    Role.STAFF: _l("Staff"),
    Role.ADMIN: _l("Administrators"),
}


@blueprint.get("/accounts")
@requires(Permission.MANAGE_ACCOUNTS)
def accounts() -> str:
    text = request.args.get("q", "").replace("\x00", "").strip()[:SEARCH_MAX_LENGTH]
    wanted = request.args.get("role", "")
    role = Role(wanted) if wanted in tuple(Role) else None
    return render_template(
        "admin/accounts.html",
        page=paginate(queries.find_accounts(text, role)),
        tabs=_role_tabs(text, role),
        text=text,
        role=role,
    )


def _role_tabs(text: str, present: Role | None) -> list[Tab]:
    counts = queries.counts_by_role()

    def tab(label: object, role: Role | None, count: int) -> Tab:
        url = url_for("admin.accounts", q=text or None, role=role and role.value)
        return Tab(label, url, role is present, count)

    every = tab(_l("All"), None, sum(counts.values()))
    return [every, *(tab(label, role, counts.get(role, 0)) for role, label in GROUPS.items())]


@blueprint.route("/accounts/new", methods=["GET", "POST"])
@requires(Permission.MANAGE_ACCOUNTS)
@sensitive
def new_account() -> str | Response | tuple[str, int]:
    form = NewAccountForm(locale=locale_code())
    if not form.validate_on_submit():
        page = render_template("admin/new_account.html", form=form)
        return page, 422 if form.is_submitted() else 200
    try:
        user = service.create_user(
            form.email.data,
            form.name.data,
            Role(form.role.data),
            actor=current_user,
            locale=form.locale.data,
        )
    except service.EmailTakenError as error:
        form.email.errors = [str(error.message)]
        return render_template("admin/new_account.html", form=form), 422
    service.invite(user, actor=current_user)
    db.session.commit()
    flash(_("The account is made, the invitation is on its way."), "ok")
    return redirect(url_for("admin.account", user_id=user.id), 303)


@blueprint.get("/accounts/<id:user_id>")
@requires(Permission.MANAGE_ACCOUNTS)
def account(user_id: int) -> str:
    user = _load(user_id)
    entries = queries.history(user)
    return render_template(
        "admin/account.html",
        user=user,
        entries=entries,
        names=names_in(entries),
        sessions=len(open_sessions(user)),
    )


@blueprint.post("/accounts/<id:user_id>/deactivate")
@requires(Permission.MANAGE_ACCOUNTS)
@sensitive
def deactivate(user_id: int) -> Response:
    user = _load(user_id)
    try:
        service.deactivate(user, actor=current_user)
    except DomainError as error:
        db.session.rollback()
        flash(str(error.message), "bad")
    else:
        db.session.commit()
        flash(_("The account is deactivated, its sessions have ended."), "ok")
    return redirect(url_for("admin.account", user_id=user_id), 303)


@blueprint.post("/accounts/<id:user_id>/reactivate")
@requires(Permission.MANAGE_ACCOUNTS)
@sensitive
def reactivate(user_id: int) -> Response:
    service.reactivate(_load(user_id), actor=current_user)
    db.session.commit()
    flash(_("The account is active again."), "ok")
    return redirect(url_for("admin.account", user_id=user_id), 303)


@blueprint.post("/accounts/<id:user_id>/invite")
@requires(Permission.MANAGE_ACCOUNTS)
@sensitive
def invite(user_id: int) -> Response:
    user = _load(user_id)
    if user.password_hash or not user.is_active:
        flash(_("This person has already joined or is deactivated."), "warning")
    else:
        service.invite(user, actor=current_user)
        db.session.commit()
        flash(_("The invitation is on its way."), "ok")
    return redirect(url_for("admin.account", user_id=user_id), 303)


@blueprint.post("/accounts/<id:user_id>/factors/reset")
@requires(Permission.MANAGE_ACCOUNTS)
@sensitive
def reset_factors(user_id: int) -> Response:
    """For whoever has lost all of theirs and has shown who they are."""
    reset(_load(user_id), actor=current_user)
    db.session.commit()
    flash(_("The second factors are removed, a letter tells the owner."), "ok")
    return redirect(url_for("admin.account", user_id=user_id), 303)


def _load(user_id: int) -> User:
    user = db.session.get(User, user_id)
    if user is None:
        abort(404)
    return user


@blueprint.get("/audit")
@requires(Permission.VIEW_AUDIT)
def audit() -> str:
    form = AuditForm(
        request.args,
        actions=queries.known_actions(),
        subject_types=queries.known_subject_types(),
    )
    page = paginate(queries.find_entries(form.wanted(), _zone()), per_page=50)
    return render_template("admin/audit.html", form=form, page=page, names=names_in(page.items))


@blueprint.get("/audit.csv")
@requires(Permission.VIEW_AUDIT)
@sensitive
def audit_csv() -> Response:
    """The same entries as the page with these filters, the latest first; who takes the log away is
    in the log too."""
    form = AuditForm(
        request.args,
        actions=queries.known_actions(),
        subject_types=queries.known_subject_types(),
    )
    entries = db.session.scalars(
        queries.find_entries(form.wanted(), _zone()).limit(CSV_ENTRIES)
    ).all()
    rows = [
        (
            entry.id,
            entry.at.isoformat(),
            "" if entry.actor is None else entry.actor.name,
            str(act_label(entry.action)),
            subject_of(entry),
            "; ".join(f"{name}: {text}" for name, text, _row in particulars(entry)),
            entry.action,
            entry.subject_type,
            entry.subject_id,
            json.dumps(entry.details, ensure_ascii=False) if entry.details else "",
        )
        for entry in entries
    ]
    with writing() as session:
        session.add(
            audit_entry("audit_entry.exported", current_user, actor=current_user, entries=len(rows))
        )
    header = (
        _("Number"),
        _("When"),
        _("Who"),
        _("Act"),
        _("Object"),
        _("Details"),
        _("Code of the act"),
        _("Code of the object"),
        _("Number of the object"),
        _("Details as recorded"),
    )
    return csv_response("audit", header, rows)


def _zone() -> ZoneInfo:
    return ZoneInfo(current_app.config["BRIDGE"].time_zone)
