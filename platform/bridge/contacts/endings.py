"""Requests and conversations that end from outside, whatever either side has answered."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from bridge import events
from bridge.accounts.models import User
from bridge.blocks.models import EmployerBlock
from bridge.contacts import notices
from bridge.contacts.models import PENDING, ContactRequest, EndReason, RequestState
from bridge.contacts.queries import concerns
from bridge.contacts.service import end, lock_pending, move
from bridge.database import utc_now
from bridge.employers.models import Employer
from bridge.extensions import db
from bridge.students.models import Profile
from bridge.vacancies.models import Vacancy


def close_by_university(request: ContactRequest, *, actor: User) -> None:
    """Staff end a contact after a report: a conversation is finished, a request that nobody has
    answered ends. StaleStateError where it is over already."""
    if request.state is RequestState.ACCEPTED:
        reason = EndReason.BREACH.value
        move(request, RequestState.CLOSED, actor=actor, reason_code=reason)
        notices.to_employer(request, "closed_university")
        notices.to_student(request, "closed_university")
        events.contact_ended.send(request, actor=actor)
        return
    lock_pending((request.id,))
    end(request, EndReason.BREACH, actor=actor)


def end_pending(
    subject: Profile | Vacancy | Employer | EmployerBlock, reason: EndReason, *, actor: User | None
) -> int:
    """End every request of `subject` that the student has not answered; say how many.

    Accepted ones stay: what was opened cannot be unseen, and is on record.
    """
    pending = sa.select(ContactRequest.id).where(
        concerns(subject), ContactRequest.state.in_(PENDING)
    )
    return end_requests(list(db.session.scalars(pending)), reason, actor=actor)


def end_requests(ids: Sequence[int], reason: EndReason, *, actor: User | None) -> int:
    """End those of the requests that the student has not answered; say how many they were."""
    requests = lock_pending(tuple(ids))
    for request in requests:
        end(request, reason, actor=actor)
    return len(requests)


def close_open(profile: Profile, reason: EndReason, *, actor: User | None) -> None:
    """Finish every conversation of the student, who is leaving."""
    accepted = sa.select(ContactRequest).where(
        ContactRequest.profile_id == profile.id, ContactRequest.state == RequestState.ACCEPTED
    )
    for request in db.session.scalars(accepted.order_by(ContactRequest.id).with_for_update()):
        move(request, RequestState.CLOSED, actor=actor, reason_code=reason.value)
        notices.to_employer(request, "closed")
        events.contact_ended.send(request, actor=actor)


def hide_contacts(request_id: int, *, actor: User) -> None:
    """The student has withdrawn the consent: the conversation ends, name and contacts are shown no
    more. What was seen cannot be unseen."""
    request = db.session.get_one(ContactRequest, request_id, with_for_update={"of": ContactRequest})
    if request.state is RequestState.ACCEPTED:
        reason = EndReason.CONSENT_WITHDRAWN.value
        move(request, RequestState.CLOSED, actor=actor, reason_code=reason, hidden_at=utc_now())
        notices.to_employer(request, "closed")
    elif request.hidden_at is None:
        request.hidden_at = utc_now()
    events.contact_ended.send(request, actor=actor)
