"""Pages of a student: the employers that they have blocked."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from bridge.blocks import queries, service
from bridge.employers.models import Employer
from bridge.extensions import db
from bridge.permissions import Permission, requires
from bridge.students.models import Profile
from bridge.students.queries import own_profile
from bridge.web.messages import offer_undo
from bridge.web.pagination import paginate
from bridge.web.routing import safe_path

blueprint = Blueprint("blocks", __name__)


@blueprint.get("/profile/blocked")
@requires(Permission.BLOCK_EMPLOYER)
def index() -> str:
    return render_template("blocks/index.html", page=paginate(queries.blocks_of(_own())))


@blueprint.post("/profile/blocked/<id:employer_id>")
@requires(Permission.BLOCK_EMPLOYER)
def block(employer_id: int) -> Response:
    employer = _employer(employer_id)
    service.block(_own(), employer, actor=current_user)
    db.session.commit()
    undo = url_for("blocks.unblock", employer_id=employer.id, next=_back())
    text = _("%(employer)s no longer sees you and is not told.", employer=employer.name)
    offer_undo(text, undo)
    return redirect(_back(), 303)


@blueprint.post("/profile/blocked/<id:employer_id>/lift")
@requires(Permission.BLOCK_EMPLOYER)
def unblock(employer_id: int) -> Response:
    employer = _employer(employer_id)
    service.unblock(_own(), employer, actor=current_user)
    db.session.commit()
    flash(_("%(employer)s can see your profile again.", employer=employer.name), "ok")
    return redirect(_back(), 303)


def _own() -> Profile:
    return own_profile(current_user) or abort(404)


def _employer(employer_id: int) -> Employer:
    return queries.known_employer(employer_id) or abort(404)


def _back() -> str:
    return safe_path(request.values.get("next"), url_for("blocks.index"))
