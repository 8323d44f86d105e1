"""Notes and tags on the page of a candidate."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from bridge.candidates import notes
from bridge.candidates.forms import NoteForm, TagForm
from bridge.candidates.models import Candidate
from bridge.candidates.views import detail_page, load_candidate, load_vacancy
from bridge.errors import DomainError
from bridge.extensions import db
from bridge.permissions import Permission, requires
from bridge.vacancies.models import Vacancy
from bridge.web.messages import offer_undo

blueprint = Blueprint("notes", __name__, url_prefix="/hr/vacancies")

Answer = str | Response | tuple[str, int]
ONE = "/<id:vacancy_id>/candidates/<pseudonym>"


def _loaded(vacancy_id: int, pseudonym: str) -> tuple[Vacancy, Candidate]:
    vacancy = load_vacancy(vacancy_id)
    return vacancy, load_candidate(vacancy, pseudonym)


def _back(candidate: Candidate) -> Response:
    where = url_for(
        "candidates.detail",
        vacancy_id=candidate.vacancy_id,
        pseudonym=candidate.pseudonym,
        _anchor="notes",
    )
    return redirect(where, 303)


@blueprint.post(f"{ONE}/notes")
@requires(Permission.VIEW_CANDIDATES)
def write(vacancy_id: int, pseudonym: str) -> Answer:
    vacancy, candidate = _loaded(vacancy_id, pseudonym)
    form = NoteForm()
    if not form.validate():
        return detail_page(vacancy, candidate, note_form=form), 422
    notes.write_note(candidate, form.text.data or "", actor=current_user)
    db.session.commit()
    flash(_("The note is kept. Your colleagues see it."), "ok")
    return _back(candidate)


@blueprint.post(f"{ONE}/notes/<id:note_id>/remove")
@requires(Permission.VIEW_CANDIDATES)
def remove(vacancy_id: int, pseudonym: str, note_id: int) -> Response:
    _vacancy, candidate = _loaded(vacancy_id, pseudonym)
    note = notes.note_of(candidate, note_id) or abort(404)
    notes.remove_note(note, actor=current_user)
    db.session.commit()
    undo = url_for("notes.restore", vacancy_id=vacancy_id, pseudonym=pseudonym, note_id=note_id)
    offer_undo(_("The note is removed."), undo)
    return _back(candidate)


@blueprint.post(f"{ONE}/notes/<id:note_id>/restore")
@requires(Permission.VIEW_CANDIDATES)
def restore(vacancy_id: int, pseudonym: str, note_id: int) -> Response:
    _vacancy, candidate = _loaded(vacancy_id, pseudonym)
    note = notes.note_of(candidate, note_id) or abort(404)
    notes.restore_note(note, actor=current_user)
    db.session.commit()
    flash(_("The note is back."), "ok")
    return _back(candidate)


@blueprint.post(f"{ONE}/tags")
@requires(Permission.VIEW_CANDIDATES)
def add_tag(vacancy_id: int, pseudonym: str) -> Answer:
    vacancy, candidate = _loaded(vacancy_id, pseudonym)
    form = TagForm()
    if not form.validate():
        return detail_page(vacancy, candidate, tag_form=form), 422
    try:
        notes.add_tag(candidate, form.name.data or "", actor=current_user)
        db.session.commit()
    except DomainError as error:
        db.session.rollback()
        form.name.errors = [str(error.message)]
        return detail_page(vacancy, candidate, tag_form=form), error.status
    flash(_("Tagged “%(tag)s”.", tag=form.name.data), "ok")
    return _back(candidate)


@blueprint.post(f"{ONE}/tags/<id:tag_id>/remove")
@requires(Permission.VIEW_CANDIDATES)
def remove_tag(vacancy_id: int, pseudonym: str, tag_id: int) -> Response:
    _vacancy, candidate = _loaded(vacancy_id, pseudonym)
    tag = notes.tag_of(candidate, tag_id) or abort(404)
    notes.remove_tag(tag, actor=current_user)
    db.session.commit()
    flash(_("The tag “%(tag)s” is removed.", tag=tag.name), "ok")
    return _back(candidate)
