"""People who sign in, their sessions, and the single-use links that mail brings them."""

from __future__ import annotations

import enum
from datetime import datetime
from typing import TYPE_CHECKING

import sqlalchemy as sa
from flask_login import UserMixin
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bridge.database import Model, UtcDateTime, enum_column, utc_now
from bridge.personal import CODE, Owner, Personal

if TYPE_CHECKING:
    from bridge.employers.models import Member
    from bridge.students.models import Profile


class Role(enum.StrEnum):
    STUDENT = "student"
    MEMBER = "member"
    STAFF = "staff"
    ADMIN = "admin"


class TokenPurpose(enum.StrEnum):
    CONFIRM = "confirm"
    RESET = "reset"
    INVITE = "invite"


class User(Model, UserMixin):
    """An account. `email` is kept in lower case; no password: invited and not yet arrived."""

    __tablename__ = "user"
    __personal__ = Personal(
        "id role email_confirmed_at deactivated_at consent_due_at erased_at second_factor_since "
        "is_demo created_at version",
        Owner(
            "id",
            clear="password_hash appearance",
            replace={"email": "erased-{id}@erased.invalid", "name": "—"},
        ),
        kept={"locale": CODE},
        hidden="password_hash",
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(sa.String(254), unique=True)
    name: Mapped[str] = mapped_column(sa.String(120))
    role: Mapped[Role] = mapped_column(enum_column(Role), index=True)
    password_hash: Mapped[str | None] = mapped_column(sa.String(255))
    locale: Mapped[str] = mapped_column(sa.String(5), default="ru")
    # sizes, colours and keys as chosen (web/appearance.py); None: nothing was
    appearance: Mapped[str | None] = mapped_column(sa.String(200))
    email_confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    deactivated_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # by then the person must have agreed to the document of accounts (consents/gate.py)
    consent_due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # nothing of the person is left but the number, to which the figures refer
    erased_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # since when signing in asks for a second factor; None: there is none (accounts/factors)
    second_factor_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # made by the demo university; cannot sign in outside demo mode
    is_demo: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    version: Mapped[int] = mapped_column(default=1)

    member: Mapped[Member | None] = relationship(
        "Member", back_populates="user", foreign_keys="Member.user_id", uselist=False
    )
    profile: Mapped[Profile | None] = relationship("Profile", back_populates="user", uselist=False)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012

    @property
    def is_active(self) -> bool:
        """Flask-Login's word: may be signed in at all."""
        return self.deactivated_at is None


class LoginSession(Model):
    """The server's own list of who is signed in where: ending a row ends that session at once,
    whatever copies of the cookie exist. Only a hash of the token is kept."""

    __tablename__ = "login_session"
    __personal__ = Personal(
        "id user_id created_at proved_at ended_at device",
        Owner("user_id", delete=True),
        hidden="token_hash",
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"), index=True)
    token_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    # when the person last showed, by password or factor, that it is they
    proved_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # browser and system, for the list of one's sessions; no address is kept
    device: Mapped[str] = mapped_column(sa.String(80), default="")

    user: Mapped[User] = relationship("User")


class AccountToken(Model):
    """A link sent by mail, good once and for a time. Only a hash of it is kept."""

    __tablename__ = "account_token"
    __personal__ = Personal(
        "id user_id purpose expires_at used_at", Owner("user_id", delete=True), hidden="token_hash"
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"), index=True)
    purpose: Mapped[TokenPurpose] = mapped_column(enum_column(TokenPurpose))
    token_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    user: Mapped[User] = relationship("User")


class Throttle(Model):
    """How much of a budget is spent. `subject_hash` is a keyed hash of whom it counts: an e-mail
    address, a network address, a number. `whole_at` (seconds since 1970): when all of it is there
    again; every act moves it on."""

    __tablename__ = "throttle"
    # The hash is keyed, and the row goes when the budget is whole again: a day at most.
    __personal__ = Personal("rate subject_hash whole_at")

    rate: Mapped[str] = mapped_column(sa.String(32), primary_key=True)
    subject_hash: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    whole_at: Mapped[float] = mapped_column(sa.Double, index=True)
