"""Links that mail brings: good once and for a time."""

from __future__ import annotations

import secrets
from datetime import timedelta

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from bridge.accounts.models import AccountToken, TokenPurpose, User
from bridge.accounts.sessions import hash_token
from bridge.database import utc_now
from bridge.errors import DomainError
from bridge.extensions import db

LIFETIMES = {
    TokenPurpose.CONFIRM: timedelta(hours=48),
    TokenPurpose.RESET: timedelta(hours=24),
    TokenPurpose.INVITE: timedelta(days=14),
}


class LinkExpiredError(DomainError):
    """The link was used before, is too old, or never existed."""

    status = 410
    message = _l("This link was used before or is too old.")


def issue_token(user: User, purpose: TokenPurpose) -> str:
    """A new link's secret part; earlier ones stay good, since letters may arrive late."""
    token = secrets.token_urlsafe(32)
    db.session.flush()
    db.session.add(
        AccountToken(
            user_id=user.id,
            purpose=purpose,
            token_hash=hash_token(token),
            expires_at=utc_now() + LIFETIMES[purpose],
        )
    )
    return token


def owner_of_token(token: str, purpose: TokenPurpose) -> User:
    """Whose link this is, without using it up; LinkExpiredError where it is no longer good."""
    user: User | None = db.session.scalar(
        sa.select(User)
        .join(AccountToken, AccountToken.user_id == User.id)
        .where(
            AccountToken.token_hash == hash_token(token),
            AccountToken.purpose == purpose,
            AccountToken.used_at.is_(None),
            AccountToken.expires_at > utc_now(),
            User.deactivated_at.is_(None),
        )
    )
    if user is None:
        raise LinkExpiredError
    return user


def use_token(token: str, purpose: TokenPurpose) -> User:
    """Use the link up, and with it all others of its purpose; of two who try at once one wins,
    the other gets LinkExpiredError."""
    user = owner_of_token(token, purpose)
    used = db.session.execute(
        sa.update(AccountToken)
        .where(AccountToken.token_hash == hash_token(token), AccountToken.used_at.is_(None))
        .values(used_at=utc_now())
    )
    if used.rowcount != 1:  # type: ignore[attr-defined]
        raise LinkExpiredError
    revoke_tokens(user, purpose)
    return user


def revoke_tokens(user: User, *purposes: TokenPurpose) -> None:
    """Make the links of these purposes that the user still has worthless."""
    db.session.execute(
        sa.update(AccountToken)
        .where(
            AccountToken.user_id == user.id,
            AccountToken.purpose.in_(purposes),
            AccountToken.used_at.is_(None),
        )
        .values(used_at=utc_now())
    )


def forget_tokens(user: User) -> None:
    """As if no link had ever been sent to the user."""
    db.session.execute(sa.delete(AccountToken).where(AccountToken.user_id == user.id))
