"""Letters that did not arrive: whom they were for, what the server said, what to do with them."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from werkzeug.wrappers import Response

from bridge.extensions import db
from bridge.mail import queries, service
from bridge.mail.models import OutboxMail
from bridge.mail.queries import Trouble
from bridge.permissions import Permission, requires
from bridge.web.labels import Tab
from bridge.web.messages import offer_undo
from bridge.web.pagination import paginate

blueprint = Blueprint("mail", __name__, url_prefix="/staff/letters")
TABS = {
    Trouble.FAILED: _l("Not delivered"),
    Trouble.RETRIED: _l("Tried again"),
    Trouble.DROPPED: _l("Given up"),
}


@blueprint.get("/")
@requires(Permission.MANAGE_LETTERS)
def letters() -> str:
    wanted = request.args.get("show", "")
    trouble = Trouble(wanted) if wanted in tuple(Trouble) else Trouble.FAILED
    counts = queries.trouble_counts()
    return render_template(
        "mail/letters.html",
        page=paginate(queries.troubled_letters(trouble)),
        trouble=trouble,
        tabs=[
            Tab(label, url_for("mail.letters", show=one.value), one is trouble, counts[one])
            for one, label in TABS.items()
        ],
    )


@blueprint.post("/<id:letter_id>/retry")
@requires(Permission.MANAGE_LETTERS)
def retry(letter_id: int) -> Response:
    service.retry(_load(letter_id), actor=current_user)
    db.session.commit()
    flash(_("The letter is tried again within seconds."), "ok")
    return redirect(url_for("mail.letters"), 303)


@blueprint.post("/<id:letter_id>/drop")
@requires(Permission.MANAGE_LETTERS)
def drop(letter_id: int) -> Response:
    service.drop(_load(letter_id), actor=current_user)
    db.session.commit()
    again = url_for("mail.retry", letter_id=letter_id)
    offer_undo(_("The letter is given up."), again, _("Try it again"))
    return redirect(url_for("mail.letters"), 303)


def _load(letter_id: int) -> OutboxMail:
    letter = db.session.get(OutboxMail, letter_id)
    if letter is None:
        abort(404)
    return letter
