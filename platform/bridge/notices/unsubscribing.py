"""The link that ends letters of one kind with one click, without signing in (RFC 8058)."""

from __future__ import annotations

from flask import current_app
from itsdangerous import BadSignature, URLSafeSerializer

from bridge.accounts.models import User
from bridge.extensions import db
from bridge.mail.letters import absolute_url
from bridge.notices.models import Group

# What the token of a digest names: whatever the reader gets in digests.
DIGEST = "digest"


def unsubscribe_url(reader: User, group: Group | None) -> str:
    """For the letters of `group`, or for the digest (None). It stays good: people open old
    letters, and it can do nothing else."""
    token = _serializer().dumps([reader.id, DIGEST if group is None else group.value])
    return absolute_url("notices.unsubscribe", token=token)


def read_token(token: str) -> tuple[User, Group | None] | None:
    """Whose link it is and for what; None where it is none of ours or the account is closed."""
    try:
        user_id, name = _serializer().loads(token)
    except BadSignature:
        return None
    user = db.session.get(User, user_id)
    if user is None or not user.is_active:
        return None
    return user, None if name == DIGEST else Group(name)


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="unsubscribe")
