"""The mailbox of the demo university: its letters are read here instead of sent."""

from __future__ import annotations

import sqlalchemy as sa
from flask import Blueprint, Response, abort, current_app, render_template, request
from sqlalchemy.orm import joinedload

from bridge.extensions import db
from bridge.mail.models import OutboxMail
from bridge.permissions import Permission, requires
from bridge.web.pagination import paginate

blueprint = Blueprint("demo", __name__)
SEARCH_MAX_LENGTH = 254


# Letters bring their styles with them. The sandbox takes scripts, forms and our cookies from them,
# whatever their texts may hold; nobody shows them in a frame.
CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "style-src 'unsafe-inline'",
        "form-action 'none'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "sandbox",
    )
)


@blueprint.get("/demo/letters/<id:letter_id>")
@requires(Permission.VIEW_PUBLIC)
def letter(letter_id: int) -> Response:
    """The HTML of one letter, as a mail program shows it."""
    found = db.session.get(OutboxMail, letter_id) if current_app.config["BRIDGE"].is_demo else None
    if found is None or not found.html:
        abort(404)
    return Response(
        found.html,
        mimetype="text/html",
        headers={"Content-Security-Policy": CONTENT_SECURITY_POLICY},
    )


@blueprint.get("/demo/letters")
@requires(Permission.VIEW_PUBLIC)
def mailbox() -> str:
    if not current_app.config["BRIDGE"].is_demo:
        abort(404)
    recipient = request.args.get("to", "").replace("\x00", "").strip()[:SEARCH_MAX_LENGTH]
    select = (
        sa.select(OutboxMail).options(joinedload(OutboxMail.user)).order_by(OutboxMail.id.desc())
    )
    if recipient:
        select = select.where(OutboxMail.recipient.icontains(recipient, autoescape=True))
    return render_template("demo/mailbox.html", page=paginate(select), recipient=recipient)
