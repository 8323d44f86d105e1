"""What a person has beside the password: an application that makes codes, passkeys, paper."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from bridge.database import Model, UtcDateTime, utc_now
from bridge.personal import Owner, Personal


class Authenticator(Model):
    """An application that makes a code every half a minute (TOTP, RFC 6238); one an account. It
    counts from `confirmed_at`, when its first code was typed. `last_step`: the half-minute of the
    latest code that was accepted; none up to it is accepted again."""

    __tablename__ = "authenticator"
    __personal__ = Personal(
        "id user_id last_step confirmed_at created_at",
        Owner("user_id", delete=True),
        hidden="sealed_secret",
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"), unique=True)
    # encrypted, since codes are made of it: a reader of the database has no second factor
    sealed_secret: Mapped[str] = mapped_column(sa.String(255))
    last_step: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)


class Passkey(Model):
    """A key that a device keeps for use for this site alone (WebAuthn); here is the public half."""

    __tablename__ = "passkey"
    __personal__ = Personal(
        "id user_id name created_at used_at",
        Owner("user_id", delete=True),
        hidden="credential_id public_key sign_count",
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(sa.String(60))
    credential_id: Mapped[bytes] = mapped_column(sa.LargeBinary, unique=True)
    public_key: Mapped[bytes] = mapped_column(sa.LargeBinary)
    # how often the device says it was used; a copied key tells on itself by a lower number
    sign_count: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class PasskeyChallenge(Model):
    """What a passkey is asked to sign: random, for one person, good once and for minutes."""

    __tablename__ = "passkey_challenge"
    __personal__ = Personal(
        "id user_id expires_at", Owner("user_id", delete=True), hidden="challenge_hash"
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"), index=True)
    challenge_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class RecoveryCode(Model):
    """A code on paper for the day the device is lost; good once. Only a hash of it is kept."""

    __tablename__ = "recovery_code"
    __personal__ = Personal(
        "id user_id created_at used_at", Owner("user_id", delete=True), hidden="code_hash"
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"), index=True)
    code_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
