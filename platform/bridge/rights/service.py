"""The verbs of erasure: ask, change one's mind, erase, sweep what lies outside the rows."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

import sqlalchemy as sa
from flask import current_app
from flask_babel import lazy_gettext as _l
from sqlalchemy.exc import IntegrityError

from bridge import audit, events
from bridge.accounts import service as accounts
from bridge.accounts.models import User
from bridge.accounts.sessions import hash_token
from bridge.accounts.tokens import LinkExpiredError
from bridge.consents import service as consents
from bridge.database import utc_now
from bridge.errors import DomainError, StaleStateError
from bridge.extensions import db
from bridge.mail.models import MailState, OutboxMail
from bridge.mail.service import enqueue
from bridge.rights import traces
from bridge.rights.models import ERASABLE, ErasureOrigin, ErasureRequest, ErasureState
from bridge.rights.rows import erase_rows
from bridge.search.index import live_index
from bridge.search.service import note_change, start_anew
from bridge.transitions import transition

# How long the last letter, which holds the address, is kept after it went.
LETTER_KEPT = timedelta(hours=1)


class NotErasableError(DomainError):
    status = 409
    message = _l("The account is erased already, or its erasure is under way.")


class Addressee:
    """Whom the letters about the erasure go to: the account is closed, and then gone."""

    def __init__(self, user: User) -> None:
        self.email, self.name, self.locale = user.email, user.name, user.locale


def ask_for_erasure(
    user: User,
    *,
    actor: User | None,
    term: timedelta,
    origin: ErasureOrigin = ErasureOrigin.SELF,
    reference: str = "",
) -> ErasureRequest:
    """Close the account at once and have it erased after `term`, until when the link of the letter
    opens it again; one that somebody had closed before gets no link, since opening it is not its
    owner's to decide. Raises NotErasableError."""
    if user.erased_at is not None or user.role not in ERASABLE:
        raise NotErasableError
    request = ErasureRequest(
        user_id=user.id,
        origin=origin,
        reference=reference,
        asked_by_id=None if actor is None else actor.id,
        due_at=utc_now() + term,
    )
    try:
        with db.session.begin_nested():
            db.session.add(request)
    except IntegrityError as error:
        raise NotErasableError from error
    audit.record("erasure_request.waiting", request, actor=actor, origin=origin.value)
    consents.withdraw_account(user)
    token = secrets.token_urlsafe(32) if accounts.close(user, actor=actor) else None
    request.token_hash = None if token is None else hash_token(token)
    if term:
        # To the address: the outbox sends nothing to an account that is closed.
        enqueue(Addressee(user), "rights/erasure-asked", token=token, request=request)
    return request


def request_of_token(token: str) -> ErasureRequest:
    """LinkExpiredError where it is no longer good."""
    request = db.session.scalar(
        sa.select(ErasureRequest).where(
            ErasureRequest.token_hash == hash_token(token),
            ErasureRequest.state == ErasureState.WAITING,
        )
    )
    if request is None:
        raise LinkExpiredError
    return request


def cancel(request: ErasureRequest, *, actor: User | None) -> None:
    """Open the account again. What ended when it closed (requests, sessions) stays ended."""
    _end(request, ErasureState.CANCELLED, actor=actor)
    accounts.reactivate(request.user, actor=actor)


def cancel_of(user: User, *, actor: User | None) -> None:
    """The account was opened again otherwise, by an administrator."""
    waiting = sa.select(ErasureRequest).where(
        ErasureRequest.user_id == user.id, ErasureRequest.state == ErasureState.WAITING
    )
    for request in db.session.scalars(waiting):
        _end(request, ErasureState.CANCELLED, actor=actor)


def erase(request: ErasureRequest, *, actor: User | None) -> None:
    """Leave nothing of the person in the database but numbers that figures refer to. `sweep` does
    the rest after the commit. StaleStateError where somebody was faster."""
    _end(request, ErasureState.DONE, actor=actor)
    user = request.user
    addressee, profile = Addressee(user), user.profile
    accounts.close(user, actor=actor)
    events.account_erasing.send(user, actor=actor)
    traces.remove_letters(user, current_app.config["BRIDGE"])
    touched = erase_rows(user)
    user.erased_at = utc_now()
    if profile is not None:
        note_change(profile.id)
    # The words of a removed document live on in what an index has learnt from all of them.
    start_anew()
    audit.record("user.erased", user, actor=actor, rows=touched)
    enqueue(addressee, "rights/erased")
    db.session.flush()
    request.letter_id = db.session.scalar(
        sa.select(sa.func.max(OutboxMail.id)).where(OutboxMail.address == addressee.email)
    )


def erase_due() -> int:
    """Erase every account whose term has run out, each in a transaction of its own, then sweep.
    Commits; says how many accounts."""
    due = sa.select(ErasureRequest.id).where(
        ErasureRequest.state == ErasureState.WAITING, ErasureRequest.due_at <= utc_now()
    )
    ids = list(db.session.scalars(due.order_by(ErasureRequest.id)))
    db.session.commit()
    done = 0
    for request_id in ids:
        try:
            erase(db.session.get_one(ErasureRequest, request_id), actor=None)
            db.session.commit()
            done += 1
        except StaleStateError:
            # Somebody has changed their mind or erased at once meanwhile.
            db.session.rollback()
    sweep()
    return done


def sweep() -> None:
    """Remove what the erased have left outside the rows: old indexes, free pages of the database,
    the last letter once it went. Commits; safe to run at any time."""
    _forget_last_letters(utc_now() - LETTER_KEPT)
    unswept = sa.select(ErasureRequest).where(
        ErasureRequest.state == ErasureState.DONE, ErasureRequest.swept_at.is_(None)
    )
    requests = list(db.session.scalars(unswept))
    db.session.commit()
    if not requests:
        return
    live_index().forget_older()
    if traces.sweep_database():
        for request in requests:
            # As long as the letter is there the address is: the next round sweeps again.
            if request.letter_id is None:
                request.swept_at = utc_now()
        db.session.commit()


def _forget_last_letters(sent_before: datetime) -> None:
    done = sa.select(ErasureRequest).where(
        ErasureRequest.state == ErasureState.DONE, ErasureRequest.letter_id.is_not(None)
    )
    for request in db.session.scalars(done):
        letter = db.session.get(OutboxMail, request.letter_id)
        went = letter is None or letter.state in (MailState.FAILED, MailState.DROPPED)
        if letter is not None and letter.sent_at is not None:
            went = letter.sent_at < sent_before
        if went:
            if letter is not None:
                traces.remove_letter(letter, current_app.config["BRIDGE"])
                db.session.delete(letter)
            request.letter_id = None
    db.session.flush()


def _end(request: ErasureRequest, to: ErasureState, *, actor: User | None) -> None:
    transition(
        request,
        to,
        allowed_from=(ErasureState.WAITING,),
        actor=actor,
        values={"ended_at": utc_now(), "token_hash": None},
    )
