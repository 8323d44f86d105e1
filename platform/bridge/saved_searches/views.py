"""Keeping a search, its letters on and off."""

from __future__ import annotations

import sqlalchemy as sa
from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from bridge.candidates.queries import own_vacancy
from bridge.errors import DomainError
from bridge.extensions import csrf, db
from bridge.permissions import Permission, check, requires
from bridge.saved_searches import service
from bridge.saved_searches.forms import SaveForm
from bridge.saved_searches.models import SavedSearch
from bridge.vacancies.models import Vacancy
from bridge.web.messages import offer_undo

blueprint = Blueprint("saved_searches", __name__)


def saved_searches_of(vacancy: Vacancy) -> list[SavedSearch]:
    """The reader's own for the vacancy, for the page of its candidates."""
    return list(
        db.session.scalars(
            sa.select(SavedSearch)
            .where(SavedSearch.vacancy_id == vacancy.id, SavedSearch.user_id == current_user.id)
            .order_by(SavedSearch.name)
        )
    )


def load_vacancy(vacancy_id: int) -> Vacancy:
    vacancy = own_vacancy(current_user, vacancy_id) or abort(404)
    check(Permission.VIEW_CANDIDATES, vacancy)
    return vacancy


def load_search(vacancy_id: int, search_id: int) -> SavedSearch:
    """The reader's own of this vacancy."""
    vacancy = load_vacancy(vacancy_id)
    own = sa.select(SavedSearch).where(
        SavedSearch.id == search_id,
        SavedSearch.vacancy_id == vacancy.id,
        SavedSearch.user_id == current_user.id,
    )
    return db.session.scalar(own) or abort(404)


def list_address(vacancy_id: int, query: str) -> str:
    address = url_for("candidates.ranked", vacancy_id=vacancy_id)
    return f"{address}?{query}" if query else address


@blueprint.post("/hr/vacancies/<id:vacancy_id>/searches")
@requires(Permission.VIEW_CANDIDATES)
def save(vacancy_id: int) -> Response:
    vacancy = load_vacancy(vacancy_id)
    form = SaveForm(formdata=request.values)
    query = service.kept_query(form.query.data or "")
    if not form.validate():
        flash(" ".join(str(error) for errors in form.errors.values() for error in errors), "bad")
        return redirect(list_address(vacancy_id, query), 303)
    try:
        service.save(vacancy, form.name.data or "", query, actor=current_user)
        db.session.commit()
        flash(_("The search is kept. A letter tells of new candidates, once a day at most."), "ok")
    except DomainError as error:
        db.session.rollback()
        flash(str(error.message), "bad")
    return redirect(list_address(vacancy_id, query), 303)


@blueprint.post("/hr/vacancies/<id:vacancy_id>/searches/<id:search_id>/<any(on, off):way>")
@requires(Permission.VIEW_CANDIDATES)
def alerts(vacancy_id: int, search_id: int, way: str) -> Response:
    search = load_search(vacancy_id, search_id)
    service.switch_alerts(search, way == "on")
    db.session.commit()
    flash(
        _("Letters about new candidates are switched on.")
        if way == "on"
        else _("Letters about new candidates are switched off."),
        "ok",
    )
    return redirect(list_address(vacancy_id, search.query), 303)


@blueprint.post("/hr/vacancies/<id:vacancy_id>/searches/<id:search_id>/delete")
@requires(Permission.VIEW_CANDIDATES)
def delete(vacancy_id: int, search_id: int) -> Response:
    search = load_search(vacancy_id, search_id)
    name, query = search.name, search.query
    service.delete(search)
    db.session.commit()
    undo = url_for("saved_searches.save", vacancy_id=vacancy_id, name=name, query=query)
    offer_undo(_("The search “%(name)s” is deleted.", name=name), undo)
    return redirect(list_address(vacancy_id, query), 303)


# Mail programs post here by themselves, with no page before it (RFC 8058).
@blueprint.route("/searches/off/<token>", methods=["GET", "POST"])
@csrf.exempt
@requires(Permission.VIEW_PUBLIC)
def off(token: str) -> str:
    """From a letter, without signing in. A look changes nothing: programs open links by
    themselves to check them."""
    search = service.search_of_token(token) or abort(404)
    if request.method == "POST":
        service.switch_alerts(search, False)
        db.session.commit()
    return render_template("saved_searches/off.html", search=search)
