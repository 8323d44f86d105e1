"""Pages: the documents, one's own consents and their receipts."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from bridge.consents import queries, service
from bridge.consents.labels import CONSEQUENCES
from bridge.consents.models import OF_ACCOUNTS, Consent, ConsentDocument, Purpose
from bridge.consents.subjects import subjects_of
from bridge.extensions import db
from bridge.permissions import Permission, requires
from bridge.web.routing import safe_path

blueprint = Blueprint("consents", __name__)
Page = str | Response | tuple[str, int]
# By role; accounts are built on consents, not the other way round.
ACCOUNT_PURPOSE = {"student": Purpose.ACCOUNT, "member": Purpose.MEMBER}


@blueprint.get("/documents/<id:document_id>")
@requires(Permission.VIEW_PUBLIC)
def document(document_id: int) -> str:
    found = queries.published_document(document_id) or abort(404)
    return render_template("consents/document.html", document=found)


@blueprint.get("/consents")
@requires(Permission.OWN_ACCOUNT)
def mine() -> str:
    """What the reader has agreed to, and what waits for them."""
    consents = queries.own_consents(current_user)
    return render_template(
        "consents/mine.html",
        consents=consents,
        subjects=subjects_of(consents),
        waiting=_waiting(),
        of_accounts=OF_ACCOUNTS,
    )


def _waiting() -> ConsentDocument | None:
    """The document without which the account stays closed or soon will be."""
    purpose = ACCOUNT_PURPOSE.get(current_user.role)
    if purpose is None or current_user.consent_due_at is None:
        return None
    return queries.current_document(purpose)


@blueprint.post("/documents/<id:document_id>/consent")
@requires(Permission.OWN_ACCOUNT)
def give(document_id: int) -> Response:
    """For the documents of accounts; others are agreed to by the act that needs them."""
    found = queries.published_document(document_id) or abort(404)
    if found.purpose is not ACCOUNT_PURPOSE.get(current_user.role):
        abort(404)
    if not request.form.get("consent"):
        flash(str(service.ConsentNeededError.message), "warning")
        return redirect(url_for("consents.mine"), 303)
    service.give(current_user, found, act="consents")
    db.session.commit()
    flash(_("Your consent is recorded."), "ok")
    return redirect(safe_path(request.form.get("next"), url_for("consents.mine")), 303)


@blueprint.route("/consents/<id:consent_id>/withdraw", methods=["GET", "POST"])
@requires(Permission.OWN_ACCOUNT)
def withdraw(consent_id: int) -> Page:
    consent = _own(consent_id)
    purpose = consent.document.purpose
    if consent.withdrawn_at is not None:
        return redirect(url_for("consents.mine"), 303)
    if purpose in OF_ACCOUNTS:
        return redirect(url_for("rights.erase_account"), 303)
    if request.method == "GET":
        return render_template(
            "consents/withdraw.html",
            consent=consent,
            subject=subjects_of([consent]).get(consent.id),
            consequences=CONSEQUENCES[purpose],
        )
    service.withdraw(consent, actor=current_user._get_current_object())
    db.session.commit()
    flash(_("The consent is withdrawn."), "ok")
    return redirect(url_for("consents.mine"), 303)


@blueprint.get("/consents/<id:consent_id>/receipt")
@requires(Permission.OWN_ACCOUNT)
def receipt(consent_id: int) -> Response:
    consent = _own(consent_id)
    subject = subjects_of([consent]).get(consent.id)
    text = render_template("consents/receipt.txt", consent=consent, subject=subject)
    answer = Response(text, mimetype="text/plain")
    answer.headers["Content-Disposition"] = f'attachment; filename="consent-{consent.id}.txt"'
    return answer


def _own(consent_id: int) -> Consent:
    return queries.own_consent(current_user, consent_id) or abort(404)
