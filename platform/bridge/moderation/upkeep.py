"""Pages: what staff keep for the queue: ready answers, days off, settings."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy.exc import IntegrityError
from werkzeug.wrappers import Response

from bridge.cases import settings
from bridge.cases.models import DayOff
from bridge.extensions import db
from bridge.moderation import queries
from bridge.moderation.answers import delete_template, keep_template
from bridge.moderation.forms import DayOffForm, SettingsForm, TemplateForm
from bridge.moderation.models import AnswerTemplate
from bridge.moderation.views import blueprint
from bridge.permissions import Permission, requires
from bridge.web.saving import save_form

Answer = str | Response | tuple[str, int]


@blueprint.get("/staff/moderation/answers")
@requires(Permission.MODERATE)
def templates() -> str:
    return render_template("moderation/answers.html", templates=queries.answer_templates())


@blueprint.route("/staff/moderation/answers/new", methods=["GET", "POST"])
@requires(Permission.MODERATE)
def new_template() -> Answer:
    return _template_page(None)


@blueprint.route("/staff/moderation/answers/<id:template_id>", methods=["GET", "POST"])
@requires(Permission.MODERATE)
def edit_template(template_id: int) -> Answer:
    return _template_page(db.session.get(AnswerTemplate, template_id) or abort(404))


@blueprint.post("/staff/moderation/answers/<id:template_id>/delete")
@requires(Permission.MODERATE)
def remove_template(template_id: int) -> Response:
    delete_template(db.session.get(AnswerTemplate, template_id) or abort(404), actor=current_user)
    db.session.commit()
    flash(_("The answer is deleted."), "ok")
    return redirect(url_for("moderation.templates"), 303)


def _template_page(template: AnswerTemplate | None) -> Answer:
    form = TemplateForm(obj=template)
    status = 200
    if form.is_submitted():
        status = save_form(form, lambda: template, lambda: _keep(template, form))
        if status == 303:
            flash(_("Saved."), "ok")
            return redirect(url_for("moderation.templates"), 303)
    elif template is not None:
        form.subject.data = f"{template.kind.value}:{template.reason_code}"
    return render_template("moderation/answer.html", form=form, template=template), status


def _keep(template: AnswerTemplate | None, form: TemplateForm) -> None:
    kind, reason_code = form.kind_and_reason
    keep_template(
        template,
        {
            "kind": kind,
            "reason_code": reason_code,
            "title": form.title.data,
            "text_ru": form.text_ru.data,
            "text_en": form.text_en.data,
        },
        actor=current_user,
    )


@blueprint.route("/staff/moderation/settings", methods=["GET", "POST"])
@requires(Permission.MODERATE)
def queue_settings() -> Answer:
    form = SettingsForm(obj=settings.present_settings())
    status = 200
    if form.is_submitted():
        status = save_form(form, settings.present_settings, lambda: _change_settings(form))
        if status == 303:
            flash(_("Saved."), "ok")
            return redirect(url_for("moderation.queue_settings"), 303)
    return _settings_page(form, DayOffForm(formdata=None)), status


def _change_settings(form: SettingsForm) -> None:
    version = int(form.version.data)
    settings.change_settings(form.values(), version=version, actor=current_user)


@blueprint.post("/staff/moderation/days-off")
@requires(Permission.MODERATE)
def add_day_off() -> Answer:
    form = DayOffForm()
    if not form.validate():
        page = _settings_page(SettingsForm(formdata=None, obj=settings.present_settings()), form)
        return page, 422
    try:
        settings.add_day_off(form.day.data, form.name.data or "", actor=current_user)
        db.session.commit()
    except IntegrityError:
        db.session.rollback()  # a double click: the day is there
    flash(_("Saved. Deadlines already set stay as they are."), "ok")
    return redirect(url_for("moderation.queue_settings"), 303)


@blueprint.post("/staff/moderation/days-off/<id:day_off_id>/delete")
@requires(Permission.MODERATE)
def remove_day_off(day_off_id: int) -> Response:
    settings.remove_day_off(db.session.get(DayOff, day_off_id) or abort(404), actor=current_user)
    db.session.commit()
    flash(_("It is a working day again."), "ok")
    return redirect(url_for("moderation.queue_settings"), 303)


def _settings_page(form: SettingsForm, day_form: DayOffForm) -> str:
    return render_template(
        "moderation/settings.html", form=form, day_form=day_form, days=settings.days_off()
    )
