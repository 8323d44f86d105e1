"""Pages of the staff: the roster, from a file to accounts."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from bridge.extensions import db
from bridge.imports import Outcome
from bridge.permissions import Permission, requires
from bridge.students import uploads
from bridge.students.forms import RosterForm
from bridge.students.models import RosterUpload
from bridge.students.queries import roster_uploads
from bridge.students.roster import COLUMNS, REQUIRED
from bridge.tables import FILE_LIMIT, TableError
from bridge.web.pagination import paginate

blueprint = Blueprint("roster", __name__, url_prefix="/staff/students/roster")
Answer = str | Response | tuple[str, int]
# What comes with the file in the form.
REST_OF_FORM = 64 * 1024


@blueprint.url_value_preprocessor
def allow_files(endpoint: str | None, _values: dict[str, object] | None) -> None:
    """A roster may be larger than other forms; before anything of the form is read."""
    if endpoint == "roster.index":
        request.max_content_length = FILE_LIMIT + REST_OF_FORM


@blueprint.route("", methods=["GET", "POST"])
@requires(Permission.MANAGE_STUDENTS)
def index() -> Answer:
    form = RosterForm()
    if not form.is_submitted():
        return _page(form)
    if not form.validate():
        return _page(form), 422
    try:
        made = uploads.upload(form.file.data.read(), invites=form.invites.data, actor=current_user)
    except TableError as error:
        db.session.rollback()
        form.file.errors = [str(error)]
        return _page(form), 422
    return redirect(url_for("roster.detail", upload_id=made.id), 303)


def _page(form: RosterForm) -> str:
    return render_template(
        "students/roster.html",
        form=form,
        page=paginate(roster_uploads()),
        columns={own: names[0] for own, names in COLUMNS.items()},
        required=REQUIRED,
    )


@blueprint.get("/<id:upload_id>")
@requires(Permission.MANAGE_STUDENTS)
def detail(upload_id: int) -> str:
    return render_template(
        "students/roster_upload.html", upload=_load(upload_id), outcomes=list(Outcome)
    )


@blueprint.post("/<id:upload_id>/apply")
@requires(Permission.MANAGE_STUDENTS)
def apply(upload_id: int) -> Response:
    uploads.apply(_load(upload_id), actor=current_user)
    return redirect(url_for("roster.detail", upload_id=upload_id), 303)


@blueprint.post("/<id:upload_id>/drop")
@requires(Permission.MANAGE_STUDENTS)
def drop(upload_id: int) -> Response:
    uploads.drop(_load(upload_id), actor=current_user)
    db.session.commit()
    flash(_("The file is removed; nothing of it was taken over."), "ok")
    return redirect(url_for("roster.index"), 303)


def _load(upload_id: int) -> RosterUpload:
    return db.session.get(RosterUpload, upload_id) or abort(404)
