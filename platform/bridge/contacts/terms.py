"""What happens when a term passes. The verb below is run by a job every few minutes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import sqlalchemy as sa
from flask import current_app

from bridge.contacts import notices, service
from bridge.contacts.attention import next_in_line
from bridge.contacts.models import ContactRequest, EndReason, RequestState
from bridge.database import utc_now
from bridge.errors import StaleStateError, log_without_values
from bridge.extensions import db

EVERY = timedelta(minutes=5)
# A reminder comes so long before the term ends.
REMINDER = timedelta(days=1)


def keep_terms() -> None:
    """End what was not answered or not changed in time, remind of what soon will be, and deliver
    what waits and now has room. Commits act by act: what fails keeps back nothing else, and a
    second run finds nothing to do again."""
    now = utc_now()
    for state, act in _AT_THE_END.items():
        _each(state, (ContactRequest.due_at <= now,), act)
    for state, act in _BEFORE_THE_END.items():
        soon = ContactRequest.due_at <= now + REMINDER, ContactRequest.due_at > now
        _each(state, (*soon, ContactRequest.reminded_at.is_(None)), act)
    deliver_waiting()


def deliver_waiting() -> None:
    """Deliver, student by student, as many of the waiting requests as there is room for."""
    waiting = sa.select(ContactRequest.profile_id).where(
        ContactRequest.state == RequestState.QUEUED
    )
    profile_ids = db.session.scalars(waiting.distinct().order_by(ContactRequest.profile_id)).all()
    db.session.commit()
    for profile_id in profile_ids:
        try:
            while _deliver_next(profile_id):
                pass
        except Exception as error:
            _pass_over(error)


def _deliver_next(profile_id: int) -> bool:
    request = next_in_line(profile_id)
    if request is not None:
        try:
            service.deliver(request, actor=None)
        except StaleStateError:
            # Withdrawn this moment: whoever is next in line is found in another round.
            db.session.rollback()
            return True
    db.session.commit()
    return request is not None


def _each(
    state: RequestState,
    conditions: tuple[sa.ColumnElement[bool], ...],
    act: Callable[[ContactRequest], None],
) -> None:
    """Do `act` to every request that is in `state` and meets the conditions, each in a
    transaction of its own that holds the request."""
    due = sa.select(ContactRequest).where(ContactRequest.state == state, *conditions)
    ids = due.with_only_columns(ContactRequest.id).order_by(ContactRequest.id)
    request_ids = db.session.scalars(ids).all()
    db.session.commit()
    for request_id in request_ids:
        # Somebody may have answered, changed or withdrawn it this moment.
        request = db.session.scalar(
            due.where(ContactRequest.id == request_id).with_for_update(),
            execution_options={"populate_existing": True},
        )
        try:
            if request is not None:
                act(request)
            db.session.commit()
        except Exception as error:
            _pass_over(error)


def _pass_over(error: Exception) -> None:
    """What fails must not keep the others; the next run tries it again."""
    db.session.rollback()
    log_without_values(current_app, error)


def _end_unchanged(request: ContactRequest) -> None:
    service.end(request, EndReason.NOT_CHANGED, actor=None)


def _end_undelivered(request: ContactRequest) -> None:
    service.end(request, EndReason.NOT_DELIVERED, actor=None)


def _remind_student(request: ContactRequest) -> None:
    request.reminded_at = utc_now()
    notices.to_student(request, "reminder_student")


def _remind_employer(request: ContactRequest) -> None:
    request.reminded_at = utc_now()
    notices.to_employer(request, "reminder")


_AT_THE_END = {
    RequestState.APPROVED: service.expire,
    RequestState.RETURNED: _end_unchanged,
    RequestState.QUEUED: _end_undelivered,
}
_BEFORE_THE_END = {
    RequestState.APPROVED: _remind_student,
    RequestState.RETURNED: _remind_employer,
}
