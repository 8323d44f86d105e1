"""Pages of the staff: erasing a person's data on a written request, and what became of all such."""

from __future__ import annotations

from datetime import timedelta

from flask import abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from bridge.accounts.factors.gate import sensitive
from bridge.errors import DomainError
from bridge.extensions import db
from bridge.permissions import Permission, requires
from bridge.rights import queries, retention, service
from bridge.rights.forms import TermsForm, WrittenRequestForm
from bridge.rights.labels import fates
from bridge.rights.models import ErasureOrigin
from bridge.rights.terms import ERASURE, present_terms, set_terms, term
from bridge.rights.views import Page, blueprint
from bridge.web.pagination import paginate


@blueprint.get("/staff/erasures")
@requires(Permission.ERASE_ACCOUNTS)
def erasures() -> str:
    return render_template("rights/erasures.html", page=paginate(queries.erasures()))


@blueprint.route("/staff/people/<id:user_id>/erase", methods=["GET", "POST"])
@requires(Permission.ERASE_ACCOUNTS)
@sensitive
def erase_person(user_id: int) -> Page:
    user = queries.erasable_account(user_id) or abort(404)
    form = WrittenRequestForm()
    days = term(ERASURE).days
    context = {"form": form, "user": user, "fates": fates(user), "days": days}
    if not form.validate_on_submit():
        page = render_template("rights/erase_person.html", **context)
        return page, 422 if form.is_submitted() else 200
    wanted = timedelta(0) if form.at_once.data else term(ERASURE)
    try:
        request = service.ask_for_erasure(
            user,
            actor=current_user,
            term=wanted,
            origin=ErasureOrigin.WRITTEN,
            reference=form.reference.data,
        )
        if not wanted:
            service.erase(request, actor=current_user)
        db.session.commit()
    except DomainError as error:
        db.session.rollback()
        form.refuse(error)
        return render_template("rights/erase_person.html", **context), error.status
    if not wanted:
        service.sweep()
    flash(_("The account is closed and will be erased."), "ok")
    return redirect(url_for("rights.erasures"), 303)


@blueprint.get("/admin/terms")
@requires(Permission.MANAGE_TERMS)
def terms() -> str:
    return _terms_page(TermsForm(formdata=None, data=present_terms()))


@blueprint.post("/admin/terms")
@requires(Permission.MANAGE_TERMS)
def save_terms() -> Page:
    form = TermsForm()
    if not form.validate():
        return _terms_page(form), 422
    set_terms(form.days(), actor=current_user)
    db.session.commit()
    flash(_("Saved. Look below what is due now."), "ok")
    return redirect(url_for("rights.terms"), 303)


def _terms_page(form: TermsForm) -> str:
    return render_template(
        "rights/terms.html", form=form, rules=retention.RULES, due=retention.preview()
    )


@blueprint.post("/admin/terms/apply")
@requires(Permission.MANAGE_TERMS)
def apply_terms() -> Page:
    """What the job does every night, now."""
    handled = sum(retention.apply_terms().values())
    flash(ngettext("%(num)s thing was handled.", "%(num)s things were handled.", handled), "ok")
    return redirect(url_for("rights.terms"), 303)
