"""Finding accounts."""

from __future__ import annotations

import sqlalchemy as sa

from bridge.accounts.addresses import lookup_email
from bridge.accounts.models import LoginSession, Role, User
from bridge.accounts.sessions import LIFETIME
from bridge.database import utc_now
from bridge.extensions import db


def user_by_email(email: str) -> User | None:
    return db.session.scalar(sa.select(User).where(User.email == lookup_email(email)))


def is_active_staff() -> sa.ColumnElement[bool]:
    """A member of the staff or an administrator whose account is open."""
    return sa.and_(User.role.in_((Role.STAFF, Role.ADMIN)), User.deactivated_at.is_(None))


def active_admins() -> sa.Select[User]:
    """Administrators who can sign in: an invited one who never came does not count."""
    return (
        sa.select(User)
        .where(
            User.role == Role.ADMIN,
            User.deactivated_at.is_(None),
            User.password_hash.is_not(None),
            User.email_confirmed_at.is_not(None),
        )
        .order_by(User.id)
    )


def open_sessions(user: User) -> list[LoginSession]:
    """Where `user` is signed in, the latest first."""
    return list(
        db.session.scalars(
            sa.select(LoginSession)
            .where(
                LoginSession.user_id == user.id,
                LoginSession.ended_at.is_(None),
                LoginSession.created_at > utc_now() - LIFETIME,
            )
            .order_by(LoginSession.id.desc())
        )
    )
