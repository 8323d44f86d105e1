"""The mailbox of the demo university: its letters are read here instead of sent."""

from __future__ import annotations

import sqlalchemy as sa
from flask import Blueprint, abort, current_app, render_template, request

from bridge.mail.models import OutboxMail
from bridge.permissions import Permission, requires
from bridge.web.pagination import paginate

blueprint = Blueprint("demo", __name__)
SEARCH_MAX_LENGTH = 254


@blueprint.get("/demo/letters")
@requires(Permission.VIEW_PUBLIC)
def mailbox() -> str:
    if not current_app.config["BRIDGE"].is_demo:
        abort(404)
    recipient = request.args.get("to", "").replace("\x00", "").strip()[:SEARCH_MAX_LENGTH]
    select = sa.select(OutboxMail).order_by(OutboxMail.id.desc())
    if recipient:
        select = select.where(OutboxMail.recipient.icontains(recipient, autoescape=True))
    return render_template("demo/mailbox.html", page=paginate(select), recipient=recipient)
