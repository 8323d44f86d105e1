"""Pages of a student: their own profile, section by section."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from werkzeug.wrappers import Response

from bridge.consents import service as consents
from bridge.consents.models import Purpose
from bridge.consents.queries import needed_document
from bridge.extensions import db
from bridge.permissions import Permission, check, requires
from bridge.skills.service import parse_names
from bridge.students import freshness, notices, queries, service
from bridge.students.completeness import (
    BASIC,
    completeness,
    is_new,
    missing_for_publication,
    unfilled,
)
from bridge.students.forms import (
    ENTRY_FORMS,
    AboutForm,
    EntryForm,
    LanguagesForm,
    PublishForm,
    ReadinessForm,
    SkillsForm,
    StudiesForm,
    section_data,
)
from bridge.students.labels import SECTIONS
from bridge.students.masked import masked_profile
from bridge.students.models import EntryKind, Profile, ProfileEntry
from bridge.students.resume import open_resume
from bridge.web.forms import VersionedForm
from bridge.web.messages import offer_undo
from bridge.web.paper import pdf_response
from bridge.web.saving import save_form

blueprint = Blueprint("students", __name__)
Page = str | Response | tuple[str, int]

FORMS: dict[str, type[VersionedForm]] = {
    "about": AboutForm,
    "studies": StudiesForm,
    "readiness": ReadinessForm,
    "skills": SkillsForm,
    "languages": LanguagesForm,
}
NEW_ENTRY = {
    EntryKind.COURSE: _l("New course"),
    EntryKind.PROJECT: _l("New project"),
    EntryKind.THESIS: _l("New thesis"),
    EntryKind.EXPERIENCE: _l("New experience"),
    EntryKind.LINK: _l("New link"),
}


def own_profile() -> Profile:
    """The signed-in student's profile."""
    profile = queries.own_profile(current_user)
    if profile is None:
        abort(404)
    return profile


# The page asks for two consents, each in a form of its own.
NAMING = "naming"


@blueprint.get("/profile")
@requires(Permission.EDIT_PROFILE)
def profile() -> str:
    return _profile_page(own_profile(), PublishForm(formdata=None))


def _profile_page(own: Profile, publishing: PublishForm, naming: PublishForm | None = None) -> str:
    publishing.ask(needed_document(current_user, Purpose.FOUND))
    if naming is None:
        naming = PublishForm(prefix=NAMING, formdata=None)
        naming.ask(needed_document(current_user, Purpose.NAMED))
    leaves_at = notices.leaves_search_at(own)
    return render_template(
        "students/profile.html",
        # Then there is nothing to do about it, and on a phone it comes after the profile.
        is_settled=own.is_published and not (own.stale_at or leaves_at or publishing.document),
        publishing=publishing,
        naming=naming,
        profile=own,
        completeness=completeness(own),
        missing=missing_for_publication(own),
        unfilled=unfilled(own),
        basic=BASIC,
        is_new=is_new(own),
        kinds=list(EntryKind),
        sections=SECTIONS,
        new_entry=NEW_ENTRY,
        leaves_at=leaves_at,
    )


@blueprint.get("/profile/preview")
@requires(Permission.EDIT_PROFILE)
def preview() -> str:
    own = own_profile()
    return render_template("students/preview.html", profile=own, masked=masked_profile(own))


@blueprint.get("/profile/resume-<any(ru, en):language>.pdf")
@requires(Permission.EDIT_PROFILE)
def resume(language: str) -> Response:
    return pdf_response(open_resume(own_profile(), language), f"resume-{language}")


@blueprint.post("/profile/publish")
@requires(Permission.EDIT_PROFILE)
def publish() -> Page:
    own, form = own_profile(), PublishForm()
    form.ask(needed_document(current_user, Purpose.FOUND))
    if not form.validate():
        return _profile_page(own, form), 422
    try:
        if form.document is not None:
            consents.give(current_user, form.document, act="publish")
        service.publish(own, actor=current_user)
        db.session.commit()
    except service.IncompleteProfileError as error:
        db.session.rollback()
        flash(str(error.message), "warning")
    else:
        flash(_("The profile is published: approved employers can find it."), "ok")
    return redirect(url_for("students.profile"), 303)


@blueprint.post("/profile/name")
@requires(Permission.EDIT_PROFILE)
def show_name() -> Page:
    own, form = own_profile(), PublishForm(prefix=NAMING)
    form.ask(needed_document(current_user, Purpose.NAMED))
    if not form.validate():
        return _profile_page(own, PublishForm(formdata=None), form), 422
    if form.document is not None:
        consents.give(current_user, form.document, act="named")
    service.show_name(own, actor=current_user)
    db.session.commit()
    flash(_("Your name is seen where the university has opened the selection."), "ok")
    return redirect(url_for("students.profile", _anchor="name"), 303)


@blueprint.post("/profile/name/hide")
@requires(Permission.EDIT_PROFILE)
def hide_name() -> Response:
    service.hide_name(own_profile(), actor=current_user._get_current_object())
    db.session.commit()
    flash(_("Your name is hidden: everybody sees a pseudonym."), "ok")
    return redirect(url_for("students.profile", _anchor="name"), 303)


@blueprint.post("/profile/withdraw")
@requires(Permission.EDIT_PROFILE)
def withdraw() -> Response:
    service.withdraw(own_profile(), actor=current_user)
    db.session.commit()
    flash(_("The profile is hidden: employers no longer see it."), "ok")
    return redirect(url_for("students.profile"), 303)


@blueprint.get("/profile/confirm")
@requires(Permission.EDIT_PROFILE)
def confirm_page() -> str:
    """Where the letter leads; looking changes nothing."""
    own = own_profile()
    return render_template(
        "students/confirm.html", profile=own, leaves_at=notices.leaves_search_at(own)
    )


@blueprint.post("/profile/confirm")
@requires(Permission.EDIT_PROFILE)
def confirm() -> Response:
    freshness.confirm(own_profile(), actor=current_user)
    db.session.commit()
    flash(_("Thank you: the profile is confirmed."), "ok")
    return redirect(url_for("students.profile"), 303)


@blueprint.route(f"/profile/<any({', '.join(FORMS)}):section>", methods=["GET", "POST"])
@requires(Permission.EDIT_PROFILE)
def edit(section: str) -> Page:
    own = own_profile()
    form = FORMS[section](obj=own, data=section_data(own, section))
    status = 200
    if form.is_submitted():
        status = save_form(form, lambda: own, lambda: _save(own, section, form))
        if status == 303:
            flash(_("Saved."), "ok")
            return redirect(url_for("students.profile"), 303)
    page = render_template(
        f"students/{section}.html", form=form, profile=own, title=SECTIONS[section]
    )
    return page, status


def _save(own: Profile, section: str, form: Any) -> None:
    if section == "skills":
        service.set_skills(own, parse_names(form.names.data), actor=current_user)
    elif section == "languages":
        service.set_languages(own, form.levels(), actor=current_user)
    else:
        values = {name: value for name, value in form.data.items() if hasattr(Profile, name)}
        values.pop("version")
        service.change(own, section, values, actor=current_user)


@blueprint.route("/profile/<any(course, project, thesis, experience, link):kind>/new",
                 methods=["GET", "POST"])  # fmt: skip
@requires(Permission.EDIT_PROFILE)
def entry_new(kind: str) -> Page:
    own, entry_kind = own_profile(), EntryKind(kind)
    form = ENTRY_FORMS[entry_kind](version=own.version)
    return _entry_page(
        form,
        own,
        NEW_ENTRY[entry_kind],
        lambda: service.add_entry(own, entry_kind, form.values(), actor=current_user),
    )


@blueprint.route("/profile/entries/<id:entry_id>", methods=["GET", "POST"])
@requires(Permission.EDIT_PROFILE)
def entry_edit(entry_id: int) -> Page:
    entry = _own_entry(entry_id)
    form = ENTRY_FORMS[entry.kind](obj=entry, data={"version": entry.profile.version})
    return _entry_page(
        form,
        entry.profile,
        entry.title,
        lambda: service.change_entry(entry, form.values(), actor=current_user),
        entry,
    )


def _entry_page(
    form: EntryForm,
    own: Profile,
    title: object,
    act: Callable[[], object],
    entry: ProfileEntry | None = None,
) -> Page:
    status = 200
    if form.is_submitted():
        status = save_form(form, lambda: own, act)
        if status == 303:
            flash(_("Saved."), "ok")
            return redirect(url_for("students.profile"), 303)
    return render_template("students/entry.html", form=form, title=title, entry=entry), status


@blueprint.post("/profile/entries/<id:entry_id>/delete")
@requires(Permission.EDIT_PROFILE)
def entry_delete(entry_id: int) -> Response:
    entry = _own_entry(entry_id, or_deleted=True)
    service.delete_entry(entry, actor=current_user)
    db.session.commit()
    undo = url_for("students.entry_restore", entry_id=entry.id)
    offer_undo(_("“%(title)s” is deleted.", title=entry.title), undo)
    return redirect(url_for("students.profile"), 303)


@blueprint.post("/profile/entries/<id:entry_id>/restore")
@requires(Permission.EDIT_PROFILE)
def entry_restore(entry_id: int) -> Response:
    entry = _own_entry(entry_id, or_deleted=True)
    service.restore_entry(entry, actor=current_user)
    db.session.commit()
    return redirect(url_for("students.profile"), 303)


def _own_entry(entry_id: int, *, or_deleted: bool = False) -> ProfileEntry:
    entry = queries.own_entry(current_user, entry_id, or_deleted=or_deleted)
    if entry is None:
        abort(404)
    check(Permission.EDIT_PROFILE, entry.profile)
    return entry
