"""Pages of the staff: the students, and what the university vouches for."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from bridge.errors import DomainError
from bridge.extensions import db
from bridge.permissions import Permission, requires
from bridge.students import queries, service
from bridge.students.completeness import completeness
from bridge.students.evidence import present_weights, set_weights
from bridge.students.evidence_forms import EvidenceForm, VouchingForm, vouching_form
from bridge.students.forms import FilterForm
from bridge.students.models import EntryKind, Profile
from bridge.students.views import blueprint
from bridge.web.pagination import paginate
from bridge.web.saving import save_form


@blueprint.get("/staff/students")
@requires(Permission.MANAGE_STUDENTS)
def index() -> str:
    form = FilterForm(request.args)
    form.validate()
    page = paginate(queries.search(**form.chosen()))
    return render_template("students/index.html", form=form, page=page)


@blueprint.get("/staff/students/<id:profile_id>")
@requires(Permission.MANAGE_STUDENTS)
def detail(profile_id: int) -> str:
    found = _visible(profile_id)
    return _detail(found, vouching_form(found))


def _detail(profile: Profile, form: VouchingForm) -> str:
    return render_template(
        "students/detail.html",
        profile=profile,
        form=form,
        completeness=completeness(profile),
        kinds=list(EntryKind),
    )


@blueprint.post("/staff/students/<id:profile_id>/invite")
@requires(Permission.MANAGE_STUDENTS)
def invite(profile_id: int) -> Response:
    found = _visible(profile_id)
    try:
        service.invite(found, actor=current_user)
        db.session.commit()
    except DomainError as error:
        db.session.rollback()
        flash(str(error.message), "warning")
    else:
        flash(_("The invitation is on its way."), "ok")
    return redirect(url_for("students.detail", profile_id=profile_id), 303)


@blueprint.post("/staff/students/<id:profile_id>/skills")
@requires(Permission.MANAGE_STUDENTS)
def set_evidence(profile_id: int) -> Response | tuple[str, int]:
    found = _visible(profile_id)
    form = vouching_form(found)
    status = save_form(form, lambda: found, lambda: _set_evidence(found, form))
    if status != 303:
        return _detail(found, form), status
    flash(_("Saved."), "ok")
    return redirect(url_for("students.detail", profile_id=profile_id), 303)


def _set_evidence(profile: Profile, form: VouchingForm) -> None:
    held = {one.id: one for one in profile.skills}
    for held_id, evidence in form.chosen.items():
        service.set_evidence(held[held_id], evidence, actor=current_user)


@blueprint.route("/staff/matching", methods=["GET", "POST"])
@requires(Permission.MANAGE_MATCHING)
def evidence() -> str | Response | tuple[str, int]:
    """What each kind of evidence counts for."""
    weights = present_weights()
    form = EvidenceForm(obj=weights)
    status = 200
    if form.is_submitted():
        status = save_form(form, present_weights, lambda: _set_weights(form))
        if status == 303:
            flash(_("Saved. The lists of candidates follow at their next opening."), "ok")
            return redirect(url_for("students.evidence"), 303)
    return render_template("students/evidence.html", form=form), status


def _set_weights(form: EvidenceForm) -> None:
    set_weights(
        stated=form.stated.data,
        course=form.course.data,
        mentor=form.mentor.data,
        version=int(form.version.data),
        actor=current_user,
    )


def _visible(profile_id: int) -> Profile:
    found = queries.visible_profile(profile_id)
    if found is None:
        abort(404)
    return found
