"""Which second factors an account has."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa
from flask import current_app

from bridge.accounts.factors.models import Authenticator, Passkey, RecoveryCode
from bridge.accounts.models import Role, User
from bridge.extensions import db

# Whose accounts open those of others.
REQUIRED = (Role.STAFF, Role.ADMIN)


@dataclass(frozen=True, slots=True)
class Factors:
    """authenticator: None where there is none that counts. codes_left: of the recovery codes."""

    authenticator: Authenticator | None
    passkeys: list[Passkey]
    codes_left: int

    @property
    def count(self) -> int:
        """Those that the person can sign in with for good."""
        return len(self.passkeys) + (self.authenticator is not None)


def factors_of(user: User) -> Factors:
    passkeys = sa.select(Passkey).where(Passkey.user_id == user.id).order_by(Passkey.id)
    left = sa.select(sa.func.count()).where(
        RecoveryCode.user_id == user.id, RecoveryCode.used_at.is_(None)
    )
    return Factors(
        authenticator_of(user, confirmed=True),
        list(db.session.scalars(passkeys)),
        db.session.scalar(left) or 0,
    )


def authenticator_of(user: User, *, confirmed: bool) -> Authenticator | None:
    """The one that counts, or the one whose first code is still awaited."""
    at = Authenticator.confirmed_at
    return db.session.scalar(
        sa.select(Authenticator).where(
            Authenticator.user_id == user.id, at.is_not(None) if confirmed else at.is_(None)
        )
    )


def is_required(user: User) -> bool:
    """Whether the account must have a second factor on this platform."""
    return bool(current_app.config["BRIDGE"].second_factor_required) and user.role in REQUIRED
