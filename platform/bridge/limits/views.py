"""Page of the staff: terms and limits."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from bridge.limits import service
from bridge.limits.forms import limits_form
from bridge.permissions import Permission, requires
from bridge.web.forms import VersionedForm
from bridge.web.saving import save_form

blueprint = Blueprint("limits", __name__)


@blueprint.route("/staff/limits", methods=["GET", "POST"])
@requires(Permission.MANAGE_LIMITS)
def edit() -> str | Response | tuple[str, int]:
    settings = service.present_settings()
    present = {one.name: service.limit(one) for one in service.LIMITS}
    form = limits_form({**present, "version": settings.version})
    status = 200
    if form.is_submitted():
        status = save_form(form, service.present_settings, lambda: _set_limits(form))
        if status == 303:
            flash(_("Saved."), "ok")
            return redirect(url_for("limits.edit"), 303)
    return render_template("limits/edit.html", form=form, limits=service.LIMITS), status


def _set_limits(form: VersionedForm) -> None:
    values = {one.name: form[one.name].data for one in service.LIMITS}
    service.set_limits(values, version=int(form.version.data), actor=current_user)
