"""Pages of the staff: what the university teaches."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from bridge.extensions import db
from bridge.permissions import Permission, requires
from bridge.skills import courses
from bridge.skills.forms import CourseForm
from bridge.skills.models import Course
from bridge.web.forms import clean_text
from bridge.web.i18n import local_name
from bridge.web.messages import offer_undo
from bridge.web.pagination import paginate
from bridge.web.saving import save_form

blueprint = Blueprint("courses", __name__, url_prefix="/staff/courses")
Answer = str | Response | tuple[str, int]


@blueprint.get("")
@requires(Permission.MANAGE_VOCABULARY)
def index() -> str:
    text = clean_text(request.args.get("q", ""))[:100]
    page = paginate(courses.find_courses(text))
    return render_template("skills/courses.html", page=page, text=text)


@blueprint.route("/new", methods=["GET", "POST"])
@requires(Permission.MANAGE_VOCABULARY)
def create() -> Answer:
    form = CourseForm()
    if not form.is_submitted():
        return _form_page(form)
    if not form.validate():
        return _form_page(form), 422
    courses.add(form.content(), actor=current_user)
    db.session.commit()
    return _saved()


@blueprint.route("/<id:course_id>", methods=["GET", "POST"])
@requires(Permission.MANAGE_VOCABULARY)
def edit(course_id: int) -> Answer:
    course = _load(course_id)
    form = CourseForm.of(course)
    if not form.is_submitted():
        return _form_page(form, course)
    status = save_form(
        form,
        lambda: course,
        lambda: courses.change(course, form.content(), actor=current_user),
    )
    return _saved() if status == 303 else (_form_page(form, course), status)


@blueprint.post("/<id:course_id>/remove")
@requires(Permission.MANAGE_VOCABULARY)
def remove(course_id: int) -> Response:
    course = _load(course_id)
    courses.remove(course, actor=current_user)
    db.session.commit()
    undo = url_for("courses.restore", course_id=course_id)
    offer_undo(_("“%(title)s” is deleted.", title=local_name(course)), undo)
    return redirect(url_for("courses.index"), 303)


@blueprint.post("/<id:course_id>/restore")
@requires(Permission.MANAGE_VOCABULARY)
def restore(course_id: int) -> Response:
    courses.restore(_load(course_id), actor=current_user)
    db.session.commit()
    return redirect(url_for("courses.index"), 303)


def _load(course_id: int) -> Course:
    return db.session.get(Course, course_id) or abort(404)


def _saved() -> Response:
    flash(_("Saved."), "ok")
    return redirect(url_for("courses.index"), 303)


def _form_page(form: CourseForm, course: Course | None = None) -> str:
    return render_template("skills/course.html", form=form, course=course)
