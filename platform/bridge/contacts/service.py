"""The verbs of a contact request, in three consents: employer, university, student."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import selectinload

from bridge import audit, events
from bridge.accounts.models import Role, User
from bridge.blocks.queries import is_blocked
from bridge.candidates import ranking
from bridge.candidates.models import Candidate
from bridge.cases.models import Case, CaseKind, CaseState
from bridge.cases.service import TERM_WORKING_DAYS, after_working_days, drop_case, open_case
from bridge.consents import service as consents
from bridge.consents.models import Purpose
from bridge.contacts import notices
from bridge.contacts.attention import has_room
from bridge.contacts.files import CheckedFile, add_files
from bridge.contacts.models import (
    FINAL,
    PENDING,
    ContactRequest,
    DeclineReason,
    EndReason,
    Message,
    MessageFile,
    RequestState,
)
from bridge.database import utc_now
from bridge.employers.models import Employer
from bridge.errors import DomainError, NotAllowedError, StaleStateError
from bridge.extensions import db
from bridge.repeats import just_made
from bridge.students.models import Profile
from bridge.transitions import transition
from bridge.vacancies.models import Vacancy

# Every permitted step: the state it leads to, and the states it may start from.
TRANSITIONS: dict[RequestState, tuple[RequestState, ...]] = {
    RequestState.REQUESTED: (RequestState.RETURNED,),
    RequestState.QUEUED: (RequestState.REQUESTED,),
    RequestState.APPROVED: (RequestState.REQUESTED, RequestState.QUEUED),
    RequestState.RETURNED: (RequestState.REQUESTED,),
    RequestState.REJECTED: (RequestState.REQUESTED,),
    RequestState.WITHDRAWN: PENDING,
    RequestState.ENDED: PENDING,
    RequestState.EXPIRED: (RequestState.APPROVED,),
    RequestState.ACCEPTED: (RequestState.APPROVED,),
    RequestState.DECLINED: (RequestState.APPROVED,),
    RequestState.CLOSED: (RequestState.ACCEPTED,),
}
# Working days that the one whose turn it is has for the step.
TERMS = {
    RequestState.REQUESTED: TERM_WORKING_DAYS[CaseKind.CONTACT],
    RequestState.RETURNED: 5,
    RequestState.QUEUED: 20,
    RequestState.APPROVED: 5,
}
# What the acceptance opens to the employer; goes into the audit log.
OPENED = ("name", "email", "phone", "messenger", "links")


class AlreadyRequestedError(DomainError):
    status = 409
    message = _l("There already is a request to this candidate for this vacancy.")


def request_contact(candidate: Candidate, message: str, *, actor: User) -> ContactRequest:
    """Ask the university to pass `message` to the student behind `candidate`.

    Raises DomainError where the vacancy, the employer or the profile no longer allow it, and
    AlreadyRequestedError where a request for this vacancy is under way or was declined.
    """
    _check_open_for_requests(candidate)
    basis = ranking.basis(candidate)
    if basis is None:
        raise DomainError(_l("The candidate does not meet the conditions of the vacancy any more."))
    request = ContactRequest(
        candidate=candidate,
        vacancy=candidate.vacancy,
        profile=candidate.profile,
        employer=candidate.vacancy.employer,
        requested_by=actor,
        message=message,
        due_at=_due(RequestState.REQUESTED),
        basis=basis,
        inputs=ranking.record(candidate),
    )
    _insert(request)
    audit.record("contact_request.requested", request, actor=actor)
    events.contact_requested.send(request, actor=actor)
    _open_case(request)
    return request


def approve(request: ContactRequest, *, actor: User | None) -> None:
    """Staff, or the platform by their rules, pass the request to the student: at once, or into the
    line where the student's week is full."""
    if not has_room(request.profile_id):
        move(request, RequestState.QUEUED, actor=actor)
        notices.to_employer(request, "queued")
        return
    deliver(request, actor=actor)


def deliver(request: ContactRequest, *, actor: User | None) -> None:
    """The request reaches the student, whose time to answer begins. Whoever calls has found room
    for it (`attention.py`), under the lock that keeps others from the same place."""
    move(request, RequestState.APPROVED, actor=actor, delivered_at=utc_now())
    notices.to_student(request, "offer")
    notices.to_employer(request, "approved")


def return_for_change(request: ContactRequest, *, actor: User, reason_code: str, note: str) -> None:
    """Staff ask the employer to word the request anew."""
    move(request, RequestState.RETURNED, actor=actor, reason_code=reason_code, note=note)
    notices.to_employer(request, "returned")


def reject(request: ContactRequest, *, actor: User, reason_code: str, note: str) -> None:
    move(request, RequestState.REJECTED, actor=actor, reason_code=reason_code, note=note)
    notices.to_employer(request, "rejected")


def resubmit(request: ContactRequest, message: str, *, actor: User) -> None:
    """The employer sends a returned request again, in other words."""
    _refresh_locked(request.vacancy, read=True)
    if not request.vacancy.is_open:
        raise DomainError(_l("This vacancy takes no more requests."))
    move(request, RequestState.REQUESTED, actor=actor, message=message)
    _open_case(request)


def withdraw(request: ContactRequest, *, actor: User) -> None:
    """The employer takes back what the student has not answered."""
    lock_pending((request.id,))
    student_knows = request.delivered_at is not None
    drop_case(CaseKind.CONTACT, request.id, actor=actor)
    move(request, RequestState.WITHDRAWN, actor=actor)
    if student_knows:
        notices.to_student(request, "withdrawn")


def accept(request: ContactRequest, *, actor: User) -> None:
    """The student agrees: names, contacts and the thread open to both sides. Raises
    ConsentNeededError where the student has not agreed to the document."""
    consents.require(actor, Purpose.CONTACT, request.id)
    move(request, RequestState.ACCEPTED, actor=actor, accepted_at=utc_now(), _opened=list(OPENED))
    notices.to_employer(request, "accepted")
    events.contact_accepted.send(request, actor=actor)


def open_invited(candidate: Candidate, message: str, *, actor: User) -> ContactRequest:
    """The employer invites a student who has applied: both have agreed, so the thread is open.

    Raises AlreadyRequestedError where another request for the vacancy is live.
    """
    now = utc_now()
    request = ContactRequest(
        candidate=candidate,
        vacancy=candidate.vacancy,
        profile=candidate.profile,
        employer=candidate.vacancy.employer,
        requested_by=actor,
        message=message,
        state=RequestState.ACCEPTED,
        is_from_application=True,
        delivered_at=now,
        accepted_at=now,
        basis=ranking.basis(candidate) or {},
    )
    _insert(request)
    audit.record("contact_request.accepted", request, actor=actor, opened=list(OPENED))
    events.contact_accepted.send(request, actor=actor)
    return request


def _insert(request: ContactRequest) -> None:
    try:
        with db.session.begin_nested():
            db.session.add(request)
            db.session.flush()
    except IntegrityError as error:
        raise AlreadyRequestedError from error


def decline(
    request: ContactRequest, *, actor: User, reason_code: DeclineReason, student_note: str = ""
) -> None:
    """The student says no. `student_note` is for the university alone."""
    move(
        request,
        RequestState.DECLINED,
        actor=actor,
        reason_code=reason_code.value,
        student_note=student_note,
    )
    notices.to_employer(request, "declined")


def write_message(
    request: ContactRequest, text: str, files: Sequence[CheckedFile] = (), *, actor: User
) -> Message:
    """Add to the thread of an accepted request; StaleStateError where it is not open,
    FileRefusedError where its files become too many. A text or a file is needed."""
    # The lock makes a double click wait for its first half, and a message for a closing.
    _refresh_locked(request)
    if request.state is not RequestState.ACCEPTED:
        raise StaleStateError
    if actor.role is Role.MEMBER and not request.employer.is_working:
        raise NotAllowedError
    repeated = _repeated(request, text, files, actor)
    if repeated is not None:
        return repeated
    message = Message(request_id=request.id, author_id=actor.id, text=text)
    db.session.add(message)
    add_files(request, message, files)
    details = {"files": len(files)} if files else {}
    audit.record("message.written", message, actor=actor, request=request.id, **details)
    _tell_other_side(request, "message", actor)
    return message


def _repeated(
    request: ContactRequest, text: str, files: Sequence[CheckedFile], actor: User
) -> Message | None:
    """The message that a double click has written already: its text and its files."""
    recent = db.session.scalars(
        sa.select(Message)
        .where(
            Message.request_id == request.id,
            Message.author_id == actor.id,
            Message.text == text,
            just_made(Message.created_at),
        )
        .options(selectinload(Message.files).undefer(MessageFile.content))
    )
    contents = [file.content for file in files]
    same = (one for one in recent if [file.content for file in one.files] == contents)
    return next(same, None)


def close(request: ContactRequest, *, actor: User) -> None:
    """Either side finishes the conversation; what was opened stays open and recorded."""
    move(request, RequestState.CLOSED, actor=actor)
    _tell_other_side(request, "closed", actor)


def expire(request: ContactRequest) -> None:
    """The student has not answered in time: the request ends, and both are told."""
    move(request, RequestState.EXPIRED, actor=None)
    notices.to_employer(request, "expired")
    notices.to_student(request, "expired_student")


def end(request: ContactRequest, reason: EndReason, *, actor: User | None) -> None:
    """End a request that the student has not answered; a student who never heard of it hears
    nothing of its end either."""
    student_knows = request.delivered_at is not None
    drop_case(CaseKind.CONTACT, request.id, actor=actor)
    move(request, RequestState.ENDED, actor=actor, reason_code=reason.value)
    notices.to_employer(request, "ended")
    if student_knows:
        notices.to_student(request, "ended_student")


def _refresh_locked(
    subject: Employer | Vacancy | Profile | ContactRequest, *, read: bool = False
) -> None:
    """Read the row anew and lock it: only its own, since what is loaded with it by an outer join
    may be absent, and that PostgreSQL cannot lock."""
    db.session.refresh(subject, with_for_update={"read": read, "of": type(subject)})


def _check_open_for_requests(candidate: Candidate) -> None:
    """Lock what the request rests on, so that none of it closes before the request is seen."""
    vacancy, profile = candidate.vacancy, candidate.profile
    for subject in (vacancy.employer, vacancy, profile):
        _refresh_locked(subject, read=True)
    if not vacancy.is_open:
        raise DomainError(_l("This vacancy takes no more requests."))
    if not profile.is_findable or is_blocked(profile.id, vacancy.employer_id):
        raise DomainError(_l("This candidate is no longer available."))
    earlier = set(
        db.session.scalars(
            sa.select(ContactRequest.state).where(ContactRequest.candidate_id == candidate.id)
        )
    )
    if RequestState.DECLINED in earlier:
        raise AlreadyRequestedError(
            _l("The candidate has declined a request for this vacancy. Please respect the answer.")
        )
    if RequestState.EXPIRED in earlier:
        raise AlreadyRequestedError(
            _l("The candidate has left a request for this vacancy unanswered: that is an answer.")
        )
    if earlier & set(FINAL):
        raise AlreadyRequestedError


def lock_pending(request_ids: tuple[int, ...]) -> list[ContactRequest]:
    """The pending ones among these requests, as they stand now, held until the commit. Waiting
    cases are locked first: staff decide in that order, so nobody waits in a circle."""
    if not request_ids:
        return []
    waiting = sa.select(Case.id).where(
        Case.kind == CaseKind.CONTACT,
        Case.subject_id.in_(request_ids),
        Case.state == CaseState.WAITING,
    )
    db.session.execute(waiting.order_by(Case.id).with_for_update())
    pending = sa.select(ContactRequest).where(
        ContactRequest.id.in_(request_ids), ContactRequest.state.in_(PENDING)
    )
    return list(
        db.session.scalars(
            pending.order_by(ContactRequest.id).with_for_update(),
            execution_options={"populate_existing": True},
        )
    )


def _due(state: RequestState) -> datetime | None:
    days = TERMS.get(state)
    return None if days is None else after_working_days(utc_now(), days)


def move(
    request: ContactRequest,
    to: RequestState,
    *,
    actor: User | None,
    _opened: list[str] | None = None,
    **values: Any,
) -> None:
    """One step by the table above; `values` are further columns that change with the state."""
    details: dict[str, Any] = {"opened": _opened} if _opened else {}
    if values.get("reason_code"):
        details["reason"] = values["reason_code"]
    transition(
        request,
        to,
        allowed_from=TRANSITIONS[to],
        actor=actor,
        values={"changed_at": utc_now(), "due_at": _due(to), "reminded_at": None, **values},
        **details,
    )
    if to is not RequestState.REQUESTED:
        notices.no_longer_asks_staff(request)


def _open_case(request: ContactRequest) -> None:
    title = f"{request.candidate.pseudonym} · {request.vacancy.title}"
    open_case(CaseKind.CONTACT, request.id, title=title, employer_id=request.employer_id)
    if request.state is RequestState.REQUESTED:  # not approved automatically
        notices.to_staff(request)


def _tell_other_side(request: ContactRequest, template: str, actor: User) -> None:
    if actor.role is Role.STUDENT:
        notices.to_employer(request, template)
    else:
        notices.to_student(request, f"{template}_student")
