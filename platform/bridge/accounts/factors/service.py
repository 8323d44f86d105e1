"""The verbs of second factors: set up, used, removed, reset by somebody else."""

from __future__ import annotations

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy.exc import IntegrityError

from bridge import audit
from bridge.accounts.factors import passkeys, recovery, totp
from bridge.accounts.factors.models import Authenticator, Passkey
from bridge.accounts.factors.queries import authenticator_of, factors_of, is_required
from bridge.accounts.models import User
from bridge.accounts.refusals import note_refusal
from bridge.accounts.sessions import end_all_sessions
from bridge.accounts.throttling import SECOND_FACTOR, give_back, take
from bridge.database import delete_row, utc_now
from bridge.errors import DomainError, NotAllowedError, StaleStateError
from bridge.extensions import db
from bridge.mail.service import enqueue


class WrongCodeError(DomainError):
    message = _l("This code does not fit, or was used before. Wait for the next one.")


class WrongPasskeyError(DomainError):
    message = _l("The passkey was not accepted. Try again.")


class LastFactorError(DomainError):
    status = 409
    message = _l("Your account must have a second factor: add another one first.")


def _lock(user: User) -> None:
    """Let one after another change what an account signs in with: of two who each remove one
    factor at once the second must see what the first has left. Comes before anything else, so that
    none waits for another in a circle; rows that only refer to the account do not wait for it."""
    db.session.refresh(user, with_for_update={"of": User, "key_share": True})


def begin_authenticator(user: User) -> None:
    """Make a secret for an application; it counts when its first code was typed. StaleStateError
    where there is an application already."""
    if authenticator_of(user, confirmed=True) is not None:
        raise StaleStateError
    sealed = totp.seal(totp.new_secret())
    waiting = authenticator_of(user, confirmed=False)
    if waiting is not None:
        waiting.sealed_secret = sealed
        return
    try:
        with db.session.begin_nested():
            db.session.add(Authenticator(user_id=user.id, sealed_secret=sealed))
    except IntegrityError as error:
        raise StaleStateError from error


def confirm_authenticator(user: User, code: str, *, actor: User) -> list[str]:
    """The first code: from now on the application is asked for. Returns new recovery codes where
    this is the first factor, else an empty list. WrongCodeError, StaleStateError."""
    _lock(user)
    waiting = authenticator_of(user, confirmed=False)
    if waiting is None:
        raise StaleStateError
    take(SECOND_FACTOR, user.id)
    if not _accepts(waiting, code):
        raise WrongCodeError(_l("This code does not fit. Check the clock of the telephone."))
    give_back(SECOND_FACTOR, user.id)
    waiting.confirmed_at = utc_now()
    return _added(user, "authenticator", actor=actor)


def add_passkey(user: User, answer: str, name: str, *, actor: User) -> list[str]:
    """The same for a passkey. WrongPasskeyError where the browser's answer does not hold."""
    _lock(user)
    key = passkeys.created(user, answer, name)
    if key is None:
        raise WrongPasskeyError
    try:
        with db.session.begin_nested():
            db.session.add(key)
    except IntegrityError as error:
        raise WrongPasskeyError(_l("This passkey is known already.")) from error
    return _added(user, "passkey", actor=actor)


def _added(user: User, what: str, *, actor: User) -> list[str]:
    audit.record("user.factor-added", user, actor=actor, factor=what)
    enqueue(user, "accounts/factors-changed", change=f"{what}-added")
    if user.second_factor_since is not None:
        return []
    user.second_factor_since = utc_now()
    # Whoever signed in elsewhere had no second factor to show.
    end_all_sessions(user, except_present=True)
    return recovery.make_codes(user)


def remove_authenticator(user: User, *, actor: User) -> None:
    found = authenticator_of(user, confirmed=True)
    if found is not None:
        _remove(user, found, "authenticator", actor=actor)


def remove_passkey(user: User, passkey: Passkey, *, actor: User) -> None:
    _remove(user, passkey, "passkey", actor=actor)


def _remove(user: User, factor: Authenticator | Passkey, what: str, *, actor: User) -> None:
    """LastFactorError where the platform asks for one and this is the last; StaleDataError where
    somebody was faster."""
    _lock(user)
    found = factors_of(user)
    left = [one for one in (found.authenticator, *found.passkeys) if one not in (None, factor)]
    if not left and is_required(user):
        raise LastFactorError
    delete_row(factor)
    if not left:
        user.second_factor_since = None
        recovery.forget_codes(user)
    audit.record("user.factor-removed", user, actor=actor, factor=what)
    enqueue(user, "accounts/factors-changed", change=f"{what}-removed")


def renew_codes(user: User, *, actor: User) -> list[str]:
    """New recovery codes, the earlier ones are worthless. StaleStateError without a factor."""
    _lock(user)
    if user.second_factor_since is None:
        raise StaleStateError
    audit.record("user.recovery-codes-made", user, actor=actor)
    enqueue(user, "accounts/factors-changed", change="codes-made")
    return recovery.make_codes(user)


def reset_factors(user: User, *, actor: User | None) -> None:
    """Somebody has lost all of theirs: the administrator (None: by a command) removes them, and
    the person signs in by the password alone. Where a factor is required they must set up a new
    one at once. NotAllowedError for one's own account; StaleStateError where there is none."""
    if actor is not None and actor.id == user.id:
        raise NotAllowedError(_l("Your own factors are removed on the page of your account."))
    _lock(user)
    if user.second_factor_since is None:
        raise StaleStateError(_l("This account has no second factor."))
    for model in (Authenticator, Passkey):
        db.session.execute(sa.delete(model).where(model.user_id == user.id))
    recovery.forget_codes(user)
    user.second_factor_since = None
    end_all_sessions(user)
    audit.record("user.factors-reset", user, actor=actor)
    enqueue(user, "accounts/factors-changed", change="reset")


def check_code(user: User, code: str) -> None:
    """A code of the application or a recovery code, used up. WrongCodeError where it fits neither;
    TooManyAttemptsError after a few such. The caller commits what was counted."""
    take(SECOND_FACTOR, user.id)
    found = authenticator_of(user, confirmed=True)
    if found is None or not _accepts(found, code):
        if not recovery.use_code(user, code):
            note_refusal("code", user)
            raise WrongCodeError
        audit.record("user.recovery-code-used", user, actor=user)
        left = factors_of(user).codes_left
        enqueue(user, "accounts/factors-changed", change="code-used", left=left)
    give_back(SECOND_FACTOR, user.id)


def check_passkey(user: User, answer: str) -> None:
    """What one of the user's passkeys has signed. WrongPasskeyError, TooManyAttemptsError."""
    take(SECOND_FACTOR, user.id)
    if not passkeys.fits(user, answer):
        note_refusal("passkey", user)
        raise WrongPasskeyError
    give_back(SECOND_FACTOR, user.id)


def _accepts(authenticator: Authenticator, code: str) -> bool:
    """Whether the code is of now and none of its time or later was accepted; of two who send the
    same at once one wins."""
    secret = totp.unseal(authenticator.sealed_secret)
    step = None if secret is None else totp.fitting_step(secret, code)
    if step is None:
        return False
    used = db.session.execute(
        sa.update(Authenticator)
        .where(Authenticator.id == authenticator.id, Authenticator.last_step < step)
        .values(last_step=step)
        .execution_options(synchronize_session=False)
    )
    return bool(used.rowcount)  # type: ignore[attr-defined]
