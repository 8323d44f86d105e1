"""What is not kept for ever: one rule a kind of thing, how many are due, and doing it.

A rule finds the numbers of the rows whose term is over and handles a batch of them. What concerns
people goes the way of everything else: requests end by their transition, accounts by erasure.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from bridge import audit
from bridge.accounts.models import AccountToken, LoginSession, Role, TokenPurpose, User
from bridge.accounts.tokens import LIFETIMES
from bridge.audit import AuditEntry
from bridge.contacts.endings import end_requests
from bridge.contacts.models import (
    PENDING,
    ContactRequest,
    EndReason,
    Message,
    MessageFile,
)
from bridge.contacts.queries import STATES, Group
from bridge.database import utc_now
from bridge.employers.models import Employer, EmployerState, Member
from bridge.extensions import db
from bridge.hiring.models import Hiring
from bridge.interviews.models import Interview
from bridge.mail.models import MailState, OutboxMail
from bridge.notices.models import Notice
from bridge.rights.models import ErasureOrigin, ErasureRequest, ErasureState
from bridge.rights.service import ask_for_erasure
from bridge.rights.terms import KINDS, term
from bridge.students.models import Profile

BATCH = 200
# A graduate is written to and can keep the account by the link of the letter.
GRADUATES_NOTICE = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Rule:
    """name: of its term (`terms.py`). due: the numbers of the rows whose term was over at a
    moment. apply: handles those rows; the caller commits."""

    name: str
    what: object
    due: Callable[[datetime], sa.Select[Any]]
    apply: Callable[[Sequence[int]], None]

    @property
    def label(self) -> object:
        return KINDS[self.name].label


def _unanswered(before: datetime) -> sa.Select[Any]:
    return sa.select(ContactRequest.id).where(
        ContactRequest.state.in_(PENDING), ContactRequest.changed_at < before
    )


def _end(ids: Sequence[int]) -> None:
    end_requests(ids, EndReason.EXPIRED, actor=None)


def _conversations(before: datetime) -> sa.Select[Any]:
    says_something = sa.or_(
        ContactRequest.message != "",
        ContactRequest.inputs.is_not(None),
        ContactRequest.messages.any((Message.text != "") | Message.files.any()),
    )
    return sa.select(ContactRequest.id).where(
        ContactRequest.state.in_(STATES[Group.FINISHED]),
        ContactRequest.changed_at < before,
        says_something,
    )


def _empty(ids: Sequence[int]) -> None:
    """The words and files go, that there was a request and how it ended stays."""
    emptied: dict[str, Any] = {
        **dict.fromkeys(("message", "note", "student_note"), ""),
        "basis": {},
        "inputs": None,
    }
    db.session.execute(
        sa.update(ContactRequest)
        .where(ContactRequest.id.in_(ids))
        .values(version=ContactRequest.version + 1, **emptied)
        .execution_options(synchronize_session=False)
    )
    written = sa.select(Message.id).where(Message.request_id.in_(ids))
    statements = (
        sa.delete(MessageFile).where(MessageFile.message_id.in_(written)),
        sa.update(Message).where(Message.request_id.in_(ids)).values(text=""),
        sa.update(Hiring).where(Hiring.request_id.in_(ids)).values(note=""),
        sa.update(Interview).where(Interview.request_id.in_(ids)).values(note=""),
    )
    for statement in statements:
        db.session.execute(statement, execution_options={"synchronize_session": False})
    db.session.expire_all()


def _unconfirmed(before: datetime) -> sa.Select[Any]:
    """Registered and never confirmed the address; who was invited has no password. Of those only
    representatives end here, when their last link has been too old for the term: students of the
    roster are the university's, and end by the term of graduates."""
    link = LIFETIMES[TokenPurpose.INVITE]
    invited_lately = sa.select(AuditEntry.subject_id).where(
        AuditEntry.action == "user.invited", AuditEntry.at >= before - link
    )
    registered = sa.and_(User.password_hash.is_not(None), User.created_at < before)
    never_came = sa.and_(
        User.role == Role.MEMBER,
        User.password_hash.is_(None),
        User.created_at < before - link,
        User.id.not_in(invited_lately),
    )
    return _accounts().where(User.email_confirmed_at.is_(None), registered | never_came)


def _graduates(before: datetime) -> sa.Select[Any]:
    """Whoever kept the account is left alone for a further term."""
    kept = sa.select(ErasureRequest.user_id).where(
        ErasureRequest.state == ErasureState.CANCELLED,
        ErasureRequest.origin == ErasureOrigin.TERM,
        ErasureRequest.ended_at >= before,
    )
    return _accounts().where(
        User.role == Role.STUDENT,
        User.id.not_in(kept),
        sa.exists().where(Profile.user_id == User.id, Profile.graduates_on < before.date()),
    )


def _rejected(before: datetime) -> sa.Select[Any]:
    decided = sa.select(AuditEntry.subject_id).where(
        AuditEntry.action == "employer.rejected", AuditEntry.at >= before
    )
    rejected = sa.select(Member.user_id).join(Employer, Employer.id == Member.employer_id)
    return _accounts().where(
        User.id.in_(
            rejected.where(
                Employer.state == EmployerState.REJECTED,
                Employer.created_at < before,
                Employer.id.not_in(decided),
            )
        )
    )


def _accounts() -> sa.Select[Any]:
    """Accounts whose erasure is not under way."""
    waiting = sa.select(ErasureRequest.user_id).where(ErasureRequest.state == ErasureState.WAITING)
    return sa.select(User.id).where(User.erased_at.is_(None), User.id.not_in(waiting))


def _erase(ids: Sequence[int]) -> None:
    for user in _load(User, ids):
        ask_for_erasure(user, actor=None, term=timedelta(0), origin=ErasureOrigin.TERM)


def _warn(ids: Sequence[int]) -> None:
    for user in _load(User, ids):
        ask_for_erasure(user, actor=None, term=GRADUATES_NOTICE, origin=ErasureOrigin.TERM)


def _letters(before: datetime) -> sa.Select[Any]:
    """By the day on which they were written; those that wait are tried for days at most."""
    over = (OutboxMail.state != MailState.WAITING) & (OutboxMail.created_at < before)
    return sa.select(OutboxMail.id).where(over)


def _notices(before: datetime) -> sa.Select[Any]:
    return sa.select(Notice.id).where(Notice.created_at < before)


def _sessions(before: datetime) -> sa.Select[Any]:
    return sa.select(LoginSession.id).where(LoginSession.created_at < before)


def _entries(before: datetime) -> sa.Select[Any]:
    return sa.select(AuditEntry.id).where(AuditEntry.at < before)


def _delete(model: Any) -> Callable[[Sequence[int]], None]:
    def delete(ids: Sequence[int]) -> None:
        db.session.execute(
            sa.delete(model).where(model.id.in_(ids)).execution_options(synchronize_session=False)
        )

    return delete


def _delete_entries(ids: Sequence[int]) -> None:
    with audit.permit():
        _delete(AuditEntry)(ids)


def _delete_sessions(ids: Sequence[int]) -> None:
    _delete(LoginSession)(ids)
    # Links are good for days at most.
    over = AccountToken.expires_at < utc_now() - term("sessions")
    db.session.execute(
        sa.delete(AccountToken).where(over).execution_options(synchronize_session=False)
    )


RULES = (
    Rule("unanswered", _l("are ended"), _unanswered, _end),
    Rule(
        "conversations",
        _l("are deleted; that they were and how they ended stays"),
        _conversations,
        _empty,
    ),
    Rule("unconfirmed", _l("are erased"), _unconfirmed, _erase),
    Rule(
        "graduates",
        _l(
            "are closed, written to and erased 30 days later unless they keep the account for "
            "another term"
        ),
        _graduates,
        _warn,
    ),
    Rule("rejected", _l("are erased"), _rejected, _erase),
    Rule("letters", _l("are deleted"), _letters, _delete(OutboxMail)),
    Rule("notices", _l("are deleted"), _notices, _delete(Notice)),
    Rule("sessions", _l("are deleted"), _sessions, _delete_sessions),
    Rule("audit", _l("are deleted"), _entries, _delete_entries),
)


def preview() -> dict[str, int]:
    """How many things each rule would handle now, without handling any."""
    return {rule.name: _count(rule.due(_before(rule))) for rule in RULES}


def apply_terms() -> dict[str, int]:
    """Handle whatever is over, batch by batch, each in a transaction of its own, with an entry of
    the log. Commits; name of the rule -> how many."""
    handled = {}
    for rule in RULES:
        done = 0
        while ids := list(db.session.scalars(rule.due(_before(rule)).limit(BATCH))):
            rule.apply(ids)
            db.session.add(
                AuditEntry(
                    action="term.applied",
                    subject_type="term",
                    subject_id=0,
                    details={"term": rule.name, "rows": len(ids)},
                )
            )
            db.session.commit()
            done += len(ids)
        handled[rule.name] = done
        db.session.commit()
    return handled


def _before(rule: Rule) -> datetime:
    return utc_now() - term(rule.name)


def _count(select: sa.Select[Any]) -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(select.subquery())) or 0


def _load(model: Any, ids: Sequence[int]) -> Sequence[Any]:
    return db.session.scalars(sa.select(model).where(model.id.in_(ids)).order_by(model.id)).all()
