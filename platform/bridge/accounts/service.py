"""The verbs of an account: made, confirmed, invited, given a password, closed and opened."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass

import sqlalchemy as sa
from flask import current_app
from flask_babel import lazy_gettext as _l
from sqlalchemy.exc import IntegrityError

from bridge import audit, events
from bridge.accounts.addresses import lookup_email, normalise_email
from bridge.accounts.models import Role, TokenPurpose, User
from bridge.accounts.passwords import hash_password, needs_rehash, verify_password
from bridge.accounts.queries import active_admins, user_by_email
from bridge.accounts.refusals import note_refusal
from bridge.accounts.sessions import end_all_sessions
from bridge.accounts.throttling import (
    LETTER,
    SIGN_IN,
    SIGN_IN_FROM,
    give_back,
    spend,
    take,
)
from bridge.accounts.tokens import forget_tokens, issue_token, revoke_tokens, use_token
from bridge.database import utc_now
from bridge.errors import DomainError, NotAllowedError
from bridge.extensions import db
from bridge.mail.service import enqueue


class EmailTakenError(DomainError):
    """There is an account with this address already."""

    status = 409
    message = _l("There is already an account with this e-mail address.")


class WrongPasswordError(DomainError):
    message = _l("The present password does not fit.")


class LastAdminError(DomainError):
    status = 409
    message = _l("The last administrator must stay: make another one first.")


def create_user(
    email: str,
    name: str,
    role: Role,
    *,
    actor: User | None,
    password: str | None = None,
    locale: str = "ru",
    confirmed: bool = False,
) -> User:
    """Make an account; EmailTakenError where the address has one, ValueError where it is none.

    Without a password the person comes in through `invite`. A student's profile is made with it
    (a listener of `account_created`), so `user.profile` is there afterwards. `actor` is None for
    people who register themselves and for commands.
    """
    # Hashed before anything is written: it takes long. Whoever has read already in a request ends
    # that transaction first, as `register` does.
    password_hash = None if password is None else hash_password(password)
    user = User(
        email=normalise_email(email),
        name=name,
        role=role,
        password_hash=password_hash,
        locale=locale,
        email_confirmed_at=utc_now() if confirmed else None,
    )
    try:
        with db.session.begin_nested():
            db.session.add(user)
    except IntegrityError as error:
        raise EmailTakenError from error
    audit.record("user.created", user, actor=actor, role=role.value)
    events.account_created.send(user, actor=actor)
    return user


def register(email: str, name: str, role: Role, *, password: str, locale: str) -> User | None:
    """Make an account for somebody who asks for it, and send the link that confirms the address.

    None where the address is known: the answer must then be the same, and the letter tells the
    owner. The caller makes what belongs to the account (a company's application) only for a User.
    Commits what was counted.
    """
    _let_others_write()
    try:
        user = create_user(email, name, role, actor=None, password=password, locale=locale)
    except EmailTakenError:
        known = user_by_email(email)
        if known is not None and known.is_active and not spend(LETTER, known.email):
            _tell_already_registered(known)
        return None
    enqueue(user, "accounts/confirm", token=issue_token(user, TokenPurpose.CONFIRM))
    return user


def _let_others_write() -> None:
    """End the transaction before a password is hashed: in a request that may write it holds
    SQLite's only write lock since it has read."""
    db.session.commit()


def _tell_already_registered(user: User) -> None:
    if user.password_hash is None:
        # Comes in by the invitation, which asks for what joining needs.
        invite(user, actor=None)
        return
    # Whoever registered an address that was never confirmed need not be its owner: a new
    # password, set through the mailbox, puts the owner in.
    unconfirmed = user.email_confirmed_at is None
    token = issue_token(user, TokenPurpose.RESET) if unconfirmed else None
    enqueue(user, "accounts/already-registered", token=token)


def invite(user: User, *, actor: User | None) -> None:
    """Send the link by which `user` sets a name and a password; it also confirms the address."""
    token = issue_token(user, TokenPurpose.INVITE)
    enqueue(user, "accounts/invitation", token=token, inviter=actor)
    audit.record("user.invited", user, actor=actor)


def accept_invitation(token: str, *, name: str, password: str) -> User:
    """LinkExpiredError where the link is no longer good. Commits what was counted."""
    _let_others_write()
    password_hash = hash_password(password)
    user = use_token(token, TokenPurpose.INVITE)
    user.name = name
    _set_password(user, password_hash)
    _confirm(user)
    audit.record("user.joined", user, actor=user)
    return user


def name_owner(user: User, *, name: str, email: str) -> bool:
    """The university says whose account it is, as long as nobody has joined by it and shown that
    the mailbox is theirs; whether that changed anything. A password chosen by whoever registered
    somebody else's address no longer counts then, nor does a link that went to another address."""
    if user.password_hash is not None and user.email_confirmed_at is not None:
        return False
    is_foreign = user.password_hash is not None or user.email != email
    if not is_foreign and user.name == name:
        return False
    if is_foreign:
        user.password_hash = None
        end_all_sessions(user)
        forget_tokens(user)
    user.name, user.email = name, email
    audit.record("user.changed", user, actor=None)
    return True


def confirm_email(token: str) -> User:
    """LinkExpiredError where the link is no longer good."""
    user = use_token(token, TokenPurpose.CONFIRM)
    _confirm(user)
    return user


def _confirm(user: User) -> None:
    if user.email_confirmed_at is None:
        user.email_confirmed_at = utc_now()
        audit.record("user.confirmed", user, actor=user)


@dataclass(slots=True)
class Stranger:
    """Whoever reads the mailbox of an address without an account (see mail.service.Recipient)."""

    email: str
    locale: str
    name: str = ""


def resend_confirmation(email: str, *, locale: str) -> None:
    """Send the confirming link again. One letter goes to the address in any case, so that neither
    the page nor the work behind it tells whether there is an account, and which."""
    user = _asked_for(email, locale)
    if user is None:
        return
    if user.email_confirmed_at is None and user.password_hash is not None:
        enqueue(user, "accounts/confirm", token=issue_token(user, TokenPurpose.CONFIRM))
    else:
        _tell_already_registered(user)


def request_reset(email: str, *, locale: str) -> None:
    """Send a link for a new password; one letter goes to the address in any case, as above."""
    user = _asked_for(email, locale)
    if user is None:
        return
    if user.password_hash:
        enqueue(user, "accounts/reset", token=issue_token(user, TokenPurpose.RESET))
    else:
        invite(user, actor=None)


def _asked_for(email: str, locale: str) -> User | None:
    """Whose letter somebody asks for. None where that is done: nobody's mailbox is to be flooded,
    and whoever has no account is told so."""
    address = lookup_email(email)
    if spend(LETTER, address):
        return None
    user = user_by_email(address)
    if user is not None and user.is_active:
        return user
    # What is no address gets none.
    with suppress(ValueError):
        enqueue(Stranger(normalise_email(email), locale), "accounts/no-account")
    return None


def reset_password(token: str, *, password: str) -> User:
    """A new password through the mailbox: it also proves the address, and every session ends.

    LinkExpiredError where the link is no longer good. Commits what was counted.
    """
    _let_others_write()
    password_hash = hash_password(password)
    user = use_token(token, TokenPurpose.RESET)
    _set_password(user, password_hash)
    _confirm(user)
    audit.record("user.password-reset", user, actor=user)
    return user


def check_password(user: User, password: str) -> None:
    """Ask the person at the keyboard once more who they are: WrongPasswordError where the password
    does not fit, TooManyAttemptsError after a few such. Commits the attempt; the caller commits
    what came of it."""
    take(SIGN_IN, user.email)
    _let_others_write()
    if not verify_password(user.password_hash, password):
        note_refusal("password", user)
        raise WrongPasswordError
    give_back(SIGN_IN, user.email)


def change_password(user: User, *, present: str, new: str, actor: User) -> None:
    """The other sessions end, and no link to a new password is good any more; WrongPasswordError
    where `present` does not fit."""
    check_password(user, present)
    _let_others_write()
    _set_password(user, hash_password(new), except_present=True)
    audit.record("user.password-changed", user, actor=actor)
    enqueue(user, "accounts/password-changed")


def _set_password(user: User, password_hash: str, *, except_present: bool = False) -> None:
    """No link of an earlier letter sets another after it, and every session ends, maybe but the
    present one."""
    user.password_hash = password_hash
    revoke_tokens(user, TokenPurpose.INVITE, TokenPurpose.RESET)
    end_all_sessions(user, except_present=except_present)


def authenticate(email: str, password: str, *, network: str) -> User | None:
    """The account that the address and the password open, confirmed or not; None where they
    open none. network: where the attempt comes from. TooManyAttemptsError after a few
    failures in a minute. Commits what it has counted."""
    address = lookup_email(email)
    # Taken before the password is looked at: of many guesses at once no more are.
    budgets = ((SIGN_IN, address), (SIGN_IN_FROM, network))
    for rate, subject in budgets:
        take(rate, subject)
    user = user_by_email(address)
    # Nor does one guess's row keep another waiting.
    _let_others_write()
    fits = verify_password(user.password_hash if user else None, password)
    if user is None or not fits or not _may_sign_in(user):
        note_refusal("password", user)
        return None
    for rate, subject in budgets:
        give_back(rate, subject)
    if user.password_hash and needs_rehash(user.password_hash):
        _let_others_write()
        user.password_hash = hash_password(password)
    return user


def _may_sign_in(user: User) -> bool:
    """Everybody knows the passwords of the demo accounts."""
    return user.is_active and (not user.is_demo or current_app.config["BRIDGE"].is_demo)


def change_account(user: User, *, name: str, locale: str, actor: User) -> None:
    user.name = name
    user.locale = locale
    audit.record("user.changed", user, actor=actor)


def choose_locale(user: User, locale: str) -> None:
    """The language alone, by the switch of every page: of two clicks the later counts, and forms
    that are open meanwhile stay current."""
    db.session.execute(sa.update(User).where(User.id == user.id).values(locale=locale))


def keep_appearance(user: User, appearance: str) -> None:
    """Sizes, colours and keys, so that they are the same in every browser; as above."""
    db.session.execute(sa.update(User).where(User.id == user.id).values(appearance=appearance))


def deactivate(user: User, *, actor: User) -> None:
    """Close the account: nobody can sign in with it, its sessions end."""
    if user.id == actor.id:
        raise NotAllowedError(_l("You cannot deactivate your own account."))
    if user.role is Role.ADMIN:
        # locked, so that two administrators who close each other's account do not both succeed
        others = db.session.scalars(active_admins().with_for_update()).all()
        if not any(admin.id != user.id for admin in others):
            raise LastAdminError
    close(user, actor=actor)


def close(user: User, *, actor: User | None) -> bool:
    """The same without questions: for one's own account, and for the platform's terms. False
    where it was closed already."""
    if not _switch(user, {"deactivated_at": utc_now()}, User.deactivated_at.is_(None)):
        return False
    end_all_sessions(user)
    audit.record("user.deactivated", user, actor=actor)
    events.account_deactivated.send(user, actor=actor)
    return True


def reactivate(user: User, *, actor: User | None) -> None:
    """Open a closed account again; nothing happens to an erased one."""
    if user.erased_at is not None:
        return
    if _switch(user, {"deactivated_at": None}, User.deactivated_at.is_not(None)):
        audit.record("user.reactivated", user, actor=actor)
        events.account_reactivated.send(user, actor=actor)


def _switch(user: User, values: dict[str, object], present: sa.ColumnElement[bool]) -> bool:
    """A conditional UPDATE: False where somebody already did it."""
    db.session.flush()
    updated = db.session.execute(
        sa.update(User)
        .where(User.id == user.id, present)
        .values(version=User.version + 1, **values)
        .execution_options(synchronize_session=False)
    )
    db.session.refresh(user)
    return bool(updated.rowcount)  # type: ignore[attr-defined]
