"""The pages of notices: the list, the choice how to be told, the link that ends letters."""

from __future__ import annotations

from datetime import datetime

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user
from werkzeug.wrappers import Response

from bridge.database import writing_after_all
from bridge.extensions import csrf, db
from bridge.notices import queries, service
from bridge.notices.forms import DeliveryForm, delivery_form
from bridge.notices.labels import GROUPS, group_label
from bridge.notices.models import Notice
from bridge.notices.reading import letter_of, read
from bridge.notices.unsubscribing import read_token
from bridge.permissions import Permission, requires
from bridge.web.labels import Tab
from bridge.web.messages import offer_undo
from bridge.web.pagination import paginate
from bridge.web.routing import safe_path

blueprint = Blueprint("notices", __name__, url_prefix="/notices")


@blueprint.get("/")
@requires(Permission.READ_NOTICES)
def index() -> str:
    only_unread = request.args.get("show") == "unread"
    shown = (queries.UNREAD,) if only_unread else ()
    page = paginate(queries.visible_lines(current_user, *shown))
    return render_template(
        "notices/index.html",
        page=page,
        readings=read(page.items, current_user, queries.lines_of(current_user, page.items, *shown)),
        latest=queries.latest_id(current_user) if queries.unread_count() else 0,
        only_unread=only_unread,
        label=lambda group: group_label(group, current_user.role),
        tabs=[
            Tab(_("All"), url_for("notices.index"), not only_unread),
            Tab(
                _("Unread"),
                url_for("notices.index", show="unread"),
                only_unread,
                queries.unread_count(),
            ),
        ],
    )


@blueprint.get("/<id:notice_id>")
@requires(Permission.READ_NOTICES)
def open_notice(notice_id: int) -> Response:
    """To what it tells of; from then on it is read."""
    notice = _load(notice_id)
    letter = letter_of(notice, current_user)
    with writing_after_all():
        service.mark_read(notice)
    if letter is None:
        flash(_("What this notice told of is no longer there."), "warning")
        return redirect(url_for("notices.index"), 303)
    target = letter.url.removeprefix(current_app.config["BRIDGE"].base_url)
    return redirect(safe_path(target, url_for("notices.index")), 303)


@blueprint.post("/<id:notice_id>/read")
@requires(Permission.READ_NOTICES)
def mark_read(notice_id: int) -> Response:
    service.mark_read(_load(notice_id))
    return _back()


@blueprint.post("/<id:notice_id>/unread")
@requires(Permission.READ_NOTICES)
def mark_unread(notice_id: int) -> Response:
    service.mark_unread(_load(notice_id))
    return _back()


@blueprint.post("/read")
@requires(Permission.READ_NOTICES)
def mark_all_read() -> Response:
    up_to = request.form.get("up_to", "")
    number = int(up_to) if up_to.isascii() and up_to.isdecimal() and len(up_to) < 10 else 0
    count, moment = service.mark_all_read(current_user, number)
    text = ngettext(
        "%(num)s notice is marked as read.", "%(num)s notices are marked as read.", count
    )
    undo = url_for("notices.mark_all_unread", moment=moment.isoformat())
    offer_undo(text, undo)
    return _back()


@blueprint.post("/unread")
@requires(Permission.READ_NOTICES)
def mark_all_unread() -> Response:
    """Takes `mark_all_read` back: the moment of it stands in the address."""
    try:
        moment = datetime.fromisoformat(request.args.get("moment", ""))
    except ValueError:
        abort(404)
    if moment.tzinfo is None:
        abort(404)
    service.mark_unread_again(current_user, moment)
    return _back()


def _back() -> Response:
    db.session.commit()
    return redirect(safe_path(request.form.get("next"), url_for("notices.index")), 303)


def _load(notice_id: int) -> Notice:
    notice = queries.visible_notice(current_user, notice_id)
    if notice is None:
        abort(404)
    return notice


@blueprint.get("/settings")
@requires(Permission.READ_NOTICES)
def settings() -> str:
    return _settings_page(_form())


@blueprint.post("/settings")
@requires(Permission.READ_NOTICES)
def save_settings() -> str | Response | tuple[str, int]:
    form = _form()
    if not form.validate():
        return _settings_page(form), 422
    for group, delivery in form.chosen.items():
        service.choose(current_user, group, delivery, actor=current_user)
    service.schedule(current_user, hour=form.hour.data, time_zone=form.time_zone.data)
    db.session.commit()
    flash(_("Saved."), "ok")
    return redirect(url_for("notices.settings"), 303)


def _form() -> DeliveryForm:
    return delivery_form(
        GROUPS[current_user.role],
        queries.deliveries(current_user),
        queries.schedule_of(current_user),
        current_app.config["BRIDGE"].time_zone,
    )


def _settings_page(form: DeliveryForm) -> str:
    return render_template("notices/settings.html", form=form, groups=GROUPS[current_user.role])


@blueprint.get("/unsubscribe/<token>")
@requires(Permission.VIEW_PUBLIC)
def unsubscribe(token: str) -> str | tuple[str, int]:
    """Asks by a button: programs that follow links for their readers must change nothing."""
    return _unsubscribe_page(token, done=False)


@blueprint.post("/unsubscribe/<token>")
@requires(Permission.VIEW_PUBLIC)
@csrf.exempt
def unsubscribe_now(token: str) -> str | tuple[str, int]:
    """From the button of our page or from a mail program, which knows neither session nor token
    of a form: the signed address is the proof, and no answer may redirect (RFC 8058)."""
    found = read_token(token)
    if found is not None:
        service.unsubscribe(*found)
        db.session.commit()
    return _unsubscribe_page(token, done=True)


def _unsubscribe_page(token: str, *, done: bool) -> str | tuple[str, int]:
    found = read_token(token)
    if found is None:
        return render_template("notices/unsubscribe.html", known=False), 404
    reader, group = found
    label = None if group is None else group_label(group, reader.role)
    return render_template("notices/unsubscribe.html", known=True, label=label, done=done)
