"""Pages of the staff: writing the documents and publishing new versions."""

from __future__ import annotations

from datetime import timedelta

from flask import abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user

from bridge.consents import queries, service
from bridge.consents.forms import DocumentForm, PublishForm
from bridge.consents.labels import suggestions
from bridge.consents.models import ConsentDocument, Purpose
from bridge.consents.views import Page, blueprint
from bridge.extensions import db
from bridge.permissions import Permission, requires
from bridge.web.saving import save_form


@blueprint.get("/staff/consents")
@requires(Permission.MANAGE_CONSENTS)
def documents() -> str:
    rows = queries.documents_with_counts()
    by_purpose = {
        purpose: [row for row in rows if row[0].purpose is purpose] for purpose in Purpose
    }
    return render_template("consents/documents.html", by_purpose=by_purpose)


@blueprint.route(
    f"/staff/consents/<any({', '.join(Purpose)}):purpose>/new", methods=["GET", "POST"]
)
@requires(Permission.MANAGE_CONSENTS)
def new_version(purpose: str) -> Page:
    """Starts from the version in force, or from the text that comes with the platform."""
    kind = Purpose(purpose)
    form = DocumentForm(obj=queries.current_document(kind), data=suggestions()[purpose])
    made: list[ConsentDocument] = []
    status = 200
    if form.is_submitted():
        status = save_form(
            form,
            lambda: None,
            lambda: made.append(service.draft(kind, form.texts(), actor=current_user)),
        )
        if status == 303:
            return redirect(url_for("consents.edit", document_id=made[0].id), 303)
    return render_template("consents/edit.html", form=form, purpose=kind, document=None), status


@blueprint.route("/staff/consents/<id:document_id>", methods=["GET", "POST"])
@requires(Permission.MANAGE_CONSENTS)
def edit(document_id: int) -> Page:
    found = _load(document_id)
    if found.published_at is not None:
        return redirect(url_for("consents.document", document_id=found.id), 303)
    form = DocumentForm(obj=found)
    status = 200
    if form.is_submitted():
        status = save_form(
            form,
            lambda: found,
            lambda: service.edit(found, form.texts(), actor=current_user),
        )
        if status == 303:
            flash(_("Saved."), "ok")
            return redirect(url_for("consents.edit", document_id=found.id), 303)
    page = render_template(
        "consents/edit.html",
        form=form,
        purpose=found.purpose,
        document=found,
        publishing=PublishForm(formdata=None),
    )
    return page, status


@blueprint.post("/staff/consents/<id:document_id>/publish")
@requires(Permission.MANAGE_CONSENTS)
def publish(document_id: int) -> Page:
    found = _load(document_id)
    form = PublishForm()
    if not form.validate():
        page = render_template(
            "consents/edit.html",
            form=DocumentForm(formdata=None, obj=found),
            purpose=found.purpose,
            document=found,
            publishing=form,
        )
        return page, 422
    service.publish(found, actor=current_user, grace=timedelta(days=form.days.data))
    db.session.commit()
    flash(_("The version is published; whoever agreed to an earlier one is asked anew."), "ok")
    return redirect(url_for("consents.documents"), 303)


def _load(document_id: int) -> ConsentDocument:
    return db.session.get(ConsentDocument, document_id) or abort(404)
