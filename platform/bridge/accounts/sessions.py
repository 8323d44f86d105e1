"""Sessions that the server knows: a copied cookie is worth nothing after sign-out.

Flask-Login keeps the user's number in the signed cookie; beside it stands a random token whose
hash must be a row of `login_session` that has not ended.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

import sqlalchemy as sa
from flask import request, session
from flask_login import login_user, logout_user

from bridge import audit
from bridge.accounts.models import LoginSession, User
from bridge.database import utc_now
from bridge.extensions import db, login_manager

LIFETIME = timedelta(days=14)
_TOKEN = "login_token"  # noqa: S105  the name under which it is kept


def hash_token(token: str) -> str:
    """Tokens are long and random, so a plain digest is enough to keep them from a reader of the
    database."""
    return hashlib.sha256(token.encode()).hexdigest()


def present_token_hash() -> str | None:
    """Which row of `login_session` this request belongs to."""
    token = session.get(_TOKEN)
    return hash_token(token) if token else None


def start_session(user: User) -> None:
    """Sign `user` in, in a fresh session (what was in the anonymous one is dropped, but for the
    language)."""
    locale = session.get("locale")
    session.clear()
    if locale:
        session["locale"] = locale
    token = secrets.token_urlsafe(32)
    session[_TOKEN] = token
    session.permanent = True
    row = LoginSession(user_id=user.id, token_hash=hash_token(token), device=describe_device())
    db.session.add(row)
    audit.record("session.started", row, actor=user)
    login_user(user)


def end_session() -> None:
    """Sign the present user out, on the server and in the browser."""
    token = session.get(_TOKEN)
    if token:
        db.session.execute(
            sa.update(LoginSession)
            .where(LoginSession.token_hash == hash_token(token), LoginSession.ended_at.is_(None))
            .values(ended_at=utc_now())
        )
    logout_user()
    session.clear()


def end_all_sessions(user: User, *, except_present: bool = False) -> None:
    """End the sessions of `user` everywhere: after a new password, when deactivated, at will."""
    ending = sa.update(LoginSession).where(
        LoginSession.user_id == user.id, LoginSession.ended_at.is_(None)
    )
    if except_present and session.get(_TOKEN):
        ending = ending.where(LoginSession.token_hash != hash_token(session[_TOKEN]))
    db.session.execute(ending.values(ended_at=utc_now()))


def describe_device() -> str:
    """«Firefox, Linux»: enough to recognise one's own session, too little to follow anybody."""
    agent = request.user_agent.string
    browsers = (
        ("Edg", "Edge"),
        ("YaBrowser", "Yandex"),
        ("Firefox", "Firefox"),
        ("Chrom", "Chrome"),
        ("Safari", "Safari"),
    )
    systems = (
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Mac OS", "macOS"),
        ("Linux", "Linux"),
    )
    found = [
        next((name for mark, name in known if mark in agent), "") for known in (browsers, systems)
    ]
    return ", ".join(name for name in found if name)


@login_manager.user_loader
def load_user(user_id: str) -> User | None:
    """The user of a session that the server still knows, else None."""
    token = session.get(_TOKEN)
    if not token:
        return None
    return db.session.scalar(
        sa.select(User)
        .join(LoginSession, LoginSession.user_id == User.id)
        .where(
            User.id == int(user_id),
            User.deactivated_at.is_(None),
            LoginSession.token_hash == hash_token(token),
            LoginSession.ended_at.is_(None),
            LoginSession.created_at > utc_now() - LIFETIME,
        )
    )
