"""The secret address of a person's calendar. It is a signature over the person's number and a
random part that is kept: so it can be shown again, a copy of the database does not reveal it, and
a new random part makes every earlier address worthless.
"""

from __future__ import annotations

import secrets

import sqlalchemy as sa
from flask import current_app, url_for
from itsdangerous import BadSignature, URLSafeSerializer

from bridge import audit
from bridge.accounts.models import User
from bridge.database import put
from bridge.extensions import db
from bridge.interviews.models import CalendarFeed

# Always longer than what the access log writes down of an address (gunicorn_config.OWN_PART).
NONCE_BYTES = 12


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="calendar-feed")


def feed_url(user: User) -> str | None:
    """The whole address; None where the person has none."""
    found = db.session.get(CalendarFeed, user.id)
    if found is None:
        return None
    token = str(_serializer().dumps([user.id, found.nonce]))
    path = url_for("calendar.feed", token=token)
    return f"{current_app.config['BRIDGE'].base_url}{path}"


def make_feed(user: User) -> None:
    """A new address; the earlier one, if there was one, stops working."""
    put(CalendarFeed, {"user_id": user.id}, nonce=secrets.token_urlsafe(NONCE_BYTES))
    audit.record("calendar_feed.made", user, actor=user)


def revoke_feed(user: User) -> None:
    db.session.execute(sa.delete(CalendarFeed).where(CalendarFeed.user_id == user.id))
    audit.record("calendar_feed.revoked", user, actor=user)


def owner_of_feed(token: str) -> User | None:
    """Whose calendar the address is; None where it is forged, revoked or its owner is gone."""
    try:
        user_id, nonce = _serializer().loads(token)
    except (BadSignature, ValueError, TypeError):
        return None
    found = db.session.get(CalendarFeed, user_id)
    if found is None or not secrets.compare_digest(found.nonce, nonce):
        return None
    user = db.session.get(User, user_id)
    return user if user is not None and user.is_active else None
