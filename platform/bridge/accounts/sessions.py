"""Sessions that the server knows: a copied cookie is worth nothing after sign-out.

Flask-Login keeps the user's number in the signed cookie; beside it stands a random token whose
hash must be a row of `login_session` that has not ended.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

import sqlalchemy as sa
from flask import current_app, request, session
from flask_login import login_user, logout_user

from bridge import audit
from bridge.accounts.models import LoginSession, Role, User
from bridge.database import recording, utc_now
from bridge.extensions import db, login_manager

LIFETIME = timedelta(days=14)
# For so long after showing who they are people do what matters without being asked again.
PROOF_LIFETIME = timedelta(minutes=15)
# From the password to the second factor.
AWAITED_LIFETIME = timedelta(minutes=10)
# By how much the clocks of two machines may differ.
CLOCK_ERROR = timedelta(minutes=5)
# How exact the time of the last request is kept.
SEEN_STEP = timedelta(minutes=1)
_TOKEN = "login_token"  # noqa: S105  the name under which it is kept
_AWAITED = "awaited"
# When this browser last asked for a page (seconds since 1970): in the signed cookie, since reading
# must neither wait for SQLite's one writer nor fail on a full disk.
_SEEN = "seen"
_LEFT_IDLE = "left_idle"


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
    _empty_session()
    token = secrets.token_urlsafe(32)
    session[_TOKEN] = token
    session[_SEEN] = int(utc_now().timestamp())
    session.permanent = True
    row = LoginSession(user_id=user.id, token_hash=hash_token(token), device=describe_device())
    db.session.add(row)
    audit.record("session.started", row, actor=user)
    login_user(user)


def await_second_factor(user: User, path: str | None) -> None:
    """The password fitted. Who is on the way in, and where to, stands in the signed cookie."""
    session[_AWAITED] = {
        "user": user.id,
        "until": (utc_now() + AWAITED_LIFETIME).timestamp(),
        "password": hash_token(user.password_hash or ""),
        "path": path,
    }


def awaited_user() -> tuple[User | None, str | None]:
    """Who gave a password lately that still is theirs, and where they want to go."""
    awaited = session.get(_AWAITED)
    if awaited is None or awaited["until"] < utc_now().timestamp():
        return None, None
    user = db.session.get(User, awaited["user"])
    if user is None or not user.is_active or not user.password_hash:
        return None, None
    if hash_token(user.password_hash) != awaited["password"]:
        return None, None
    return user, awaited["path"]


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


def end_one_session(user: User, session_id: int) -> bool:
    """End one of the user's own sessions; False where there is no such."""
    ended = db.session.execute(
        sa.update(LoginSession)
        .where(LoginSession.id == session_id, LoginSession.user_id == user.id)
        .values(ended_at=utc_now())
    )
    return bool(ended.rowcount)  # type: ignore[attr-defined]


def is_proved() -> bool:
    """Whether the person of this session showed lately that it is they."""
    proved_at = db.session.scalar(
        sa.select(LoginSession.proved_at).where(LoginSession.token_hash == present_token_hash())
    )
    return proved_at is not None and proved_at > utc_now() - PROOF_LIFETIME


def note_proof() -> None:
    db.session.execute(
        sa.update(LoginSession)
        .where(LoginSession.token_hash == present_token_hash())
        .values(proved_at=utc_now())
    )


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


def was_left_idle() -> bool:
    """Whether this browser was signed out for want of requests; told once."""
    return bool(session.pop(_LEFT_IDLE, False))


@login_manager.user_loader
def load_user(user_id: str) -> User | None:
    """The user of a session that the server still knows and that was not left idle, else None."""
    token = session.get(_TOKEN)
    if not token:
        return None
    found = db.session.execute(
        sa.select(User, LoginSession.created_at)
        .join(LoginSession, LoginSession.user_id == User.id)
        .where(
            User.id == int(user_id),
            User.deactivated_at.is_(None),
            LoginSession.token_hash == hash_token(token),
            LoginSession.ended_at.is_(None),
            LoginSession.created_at > utc_now() - LIFETIME,
            # Begun while the clock of the machine was wrong: it would outlive its term.
            LoginSession.created_at < utc_now() + CLOCK_ERROR,
        )
    ).first()
    if found is None:
        return None
    user, began_at = found
    if _is_idle(user, began_at):
        _end_idle(token)
        return None
    return user


def _is_idle(user: User, began_at: datetime) -> bool:
    """Whether the last request is too long ago; else this one is the last now."""
    config = current_app.config["BRIDGE"]
    sees_others = user.role in (Role.STAFF, Role.ADMIN)
    most = timedelta(hours=config.staff_idle_hours if sees_others else config.idle_hours)
    now = utc_now().timestamp()
    away = now - session.get(_SEEN, began_at.timestamp())
    if away > most.total_seconds():
        return True
    # Backwards too, where the clock of the machine was put right.
    if abs(away) > SEEN_STEP.total_seconds() or _SEEN not in session:
        session[_SEEN] = int(now)
    return False


def _end_idle(token: str) -> None:
    with recording() as own:
        own.execute(
            sa.update(LoginSession)
            .where(LoginSession.token_hash == hash_token(token))
            .values(ended_at=utc_now())
        )
    _empty_session()
    session[_LEFT_IDLE] = True


def _empty_session() -> None:
    """Forget all but the language."""
    locale = session.get("locale")
    session.clear()
    if locale:
        session["locale"] = locale
