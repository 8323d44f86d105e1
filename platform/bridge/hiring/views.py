"""Pages: the board of a vacancy, and the steps of either side."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from bridge.candidates.models import Mark
from bridge.candidates.queries import marked_profiles, own_vacancy
from bridge.candidates.sections import sections
from bridge.contacts.reading import side_of
from bridge.extensions import db
from bridge.hiring import queries, service
from bridge.hiring.forms import DeclineForm
from bridge.hiring.labels import stage_badge
from bridge.hiring.models import Hiring, Stage
from bridge.hiring.pages import columns_of, undo_address
from bridge.permissions import Permission, check, requires
from bridge.web.messages import offer_undo
from bridge.web.routing import safe_path

blueprint = Blueprint("hiring", __name__)

Answer = str | Response | tuple[str, int]


def load_hiring(request_id: int) -> Hiring:
    found = queries.visible_hiring(current_user, request_id) or abort(404)
    check(Permission.MOVE_STAGE, found.request)
    return found


def _done(hiring: Hiring) -> Response:
    """Back to where the step was made, with its undoing."""
    where = url_for("contacts.detail", request_id=hiring.request_id)
    back = safe_path(request.values.get("next"), where)
    label = stage_badge(hiring.state, hiring.moved_by).label
    text = _("The stage is now “%(stage)s”. The other side gets a letter.", stage=label)
    offer_undo(text, undo_address(hiring, next=back))
    return redirect(back, 303)


@blueprint.get("/hr/vacancies/<id:vacancy_id>/board")
@requires(Permission.VIEW_CANDIDATES)
def board(vacancy_id: int) -> str:
    vacancy = own_vacancy(current_user, vacancy_id) or abort(404)
    check(Permission.VIEW_CANDIDATES, vacancy)
    return render_template(
        "hiring/board.html",
        vacancy=vacancy,
        sections=sections(vacancy, starred=len(marked_profiles(vacancy)[Mark.STAR])),
        columns=columns_of(vacancy, current_user),
    )


@blueprint.post("/requests/<id:request_id>/stage/<any(interview, offer, hired):stage>")
@requires(Permission.MOVE_STAGE)
def advance(request_id: int, stage: str) -> Response:
    hiring = load_hiring(request_id)
    service.advance(hiring, Stage(stage), actor=current_user)
    db.session.commit()
    return _done(hiring)


@blueprint.route("/requests/<id:request_id>/stage/decline", methods=["GET", "POST"])
@requires(Permission.MOVE_STAGE)
def decline(request_id: int) -> Answer:
    hiring = load_hiring(request_id)
    side = side_of(current_user)
    form = DeclineForm.of(side)
    if not form.is_submitted() and hiring.state not in service.OPEN_STAGES:
        return redirect(url_for("contacts.detail", request_id=request_id), 303)
    if not form.validate_on_submit():
        page = render_template("hiring/decline.html", hiring=hiring, form=form)
        return (page, 422) if form.is_submitted() else page
    service.decline(hiring, form.chosen(side), form.note.data or "", actor=current_user)
    db.session.commit()
    return _done(hiring)


@blueprint.post("/requests/<id:request_id>/stage/back")
@requires(Permission.MOVE_STAGE)
def back(request_id: int) -> Response:
    """Takes back the step that made version `version` of the stage."""
    hiring = load_hiring(request_id)
    version = request.args.get("version", "")
    number = int(version) if version.isascii() and version.isdecimal() and len(version) < 10 else 0
    service.go_back(hiring, number, actor=current_user)
    db.session.commit()
    where = url_for("contacts.detail", request_id=request_id)
    flash(_("The step is taken back. The other side gets a letter."), "ok")
    return redirect(safe_path(request.values.get("next"), where), 303)
