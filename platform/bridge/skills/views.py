"""Completion of skill names; the staff's list of what the vocabulary lacks."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa
from flask import Blueprint, abort, flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from bridge.accounts.throttling import Rate, take
from bridge.cases.models import Case, CaseKind
from bridge.errors import DomainError
from bridge.extensions import db
from bridge.permissions import Permission, requires
from bridge.skills import queries, unknown
from bridge.skills.models import UnknownTerm
from bridge.skills.service import NAME_MAX
from bridge.skills.vocabulary import vocabulary
from bridge.web.i18n import locale_code
from bridge.web.messages import offer_undo
from bridge.web.pagination import paginate

blueprint = Blueprint("skills", __name__)

SUGGESTIONS = 8
# Nobody types as fast.
SUGGESTING = Rate("suggesting", 240, timedelta(minutes=1))
# What was met less often may be a slip of one person.
TIMES_LEAST = 2


@blueprint.get("/skills")
@requires(Permission.PROPOSE_SKILL)
def suggest() -> Response:
    """Skills one of whose names, in either language, begins with `q`: a JSON list of objects with
    the name in the reader's language, the other name, and the slug."""
    take(SUGGESTING, current_user.id)
    prefix = request.args.get("q", "")[:NAME_MAX]
    russian = locale_code() == "ru"
    found = vocabulary().suggest(prefix, SUGGESTIONS)
    return jsonify(
        [
            {
                "slug": concept.slug,
                "name": concept.ru if russian else concept.en,
                "other": concept.en if russian else concept.ru,
            }
            for concept in found
        ]
    )


@blueprint.get("/staff/terms")
@requires(Permission.MANAGE_VOCABULARY)
def terms() -> str:
    """What employers look for and the vocabulary does not know."""
    return render_template("skills/terms.html", page=paginate(queries.unknown_terms(TIMES_LEAST)))


@blueprint.post("/staff/terms/<id:term_id>/take")
@requires(Permission.MANAGE_VOCABULARY)
def take_term(term_id: int) -> Response:
    term = _load_term(term_id)
    try:
        skill = unknown.take_up(term, actor=current_user)
        db.session.commit()
    except DomainError as error:
        db.session.rollback()
        flash(str(error.message), "warning")
        return redirect(url_for("skills.terms"), 303)
    return redirect(_case_url(skill.id) or url_for("skills.terms"), 303)


@blueprint.post("/staff/terms/<id:term_id>/dismiss")
@requires(Permission.MANAGE_VOCABULARY)
def dismiss_term(term_id: int) -> Response:
    term = _load_term(term_id)
    unknown.dismiss(term, actor=current_user)
    db.session.commit()
    undo = url_for("skills.reopen_term", term_id=term_id)
    offer_undo(_("“%(name)s” is not shown any more.", name=term.name), undo)
    return redirect(url_for("skills.terms"), 303)


@blueprint.post("/staff/terms/<id:term_id>/reopen")
@requires(Permission.MANAGE_VOCABULARY)
def reopen_term(term_id: int) -> Response:
    unknown.reopen(_load_term(term_id), actor=current_user)
    db.session.commit()
    return redirect(url_for("skills.terms"), 303)


def _load_term(term_id: int) -> UnknownTerm:
    return db.session.get(UnknownTerm, term_id) or abort(404)


def _case_url(skill_id: int) -> str | None:
    """Where the proposal is decided: under which names, or into which skill it is merged."""
    waiting = sa.select(Case.id).where(Case.kind == CaseKind.SKILL, Case.subject_id == skill_id)
    case_id = db.session.scalar(waiting.order_by(Case.id.desc()))
    return None if case_id is None else url_for("moderation.case", case_id=case_id)
