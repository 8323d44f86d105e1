"""Finding accounts."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import orm

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


def is_moderator() -> sa.ColumnElement[bool]:
    """Who is told of what waits for a decision: the active staff; the administrators only where
    there are none, as after the installation."""
    colleague = orm.aliased(User)
    is_staffed = sa.exists().where(colleague.role == Role.STAFF, colleague.deactivated_at.is_(None))
    is_told = sa.or_(User.role == Role.STAFF, sa.and_(User.role == Role.ADMIN, ~is_staffed))
    return sa.and_(is_told, User.deactivated_at.is_(None))


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
