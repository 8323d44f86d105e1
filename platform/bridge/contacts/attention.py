"""The attention budget: how many requests a week reach one student, and how long the rest wait.

A place is taken by a delivery and is free again a week later, whatever became of the request.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa

from bridge import audit
from bridge.accounts.models import User
from bridge.contacts.models import Attention, ContactRequest, RequestState
from bridge.database import dialect_of, utc_now
from bridge.extensions import db
from bridge.limits.service import REQUESTS_A_WEEK, limit
from bridge.students.models import Profile

WEEK = timedelta(days=7)


def present_attention(profile_id: int) -> Attention:
    """The student's own choice, or one that chooses nothing and is not in the database yet."""
    found = db.session.get(Attention, profile_id)
    return found or Attention(profile_id=profile_id, is_paused=False, version=0)


def budget(attention: Attention) -> int:
    """Requests a week that reach the student; 0 while they rest."""
    if attention.is_paused:
        return 0
    most = limit(REQUESTS_A_WEEK)
    return min(most, attention.requests_a_week or most)


def set_attention(
    profile: Profile, *, requests_a_week: int | None, is_paused: bool, actor: User
) -> None:
    """The student lets fewer requests through, or none for a time. The line moves at the next
    run of the job."""
    attention = _locked(profile.id)
    wanted = {"requests_a_week": requests_a_week, "is_paused": is_paused}
    if all(getattr(attention, name) == value for name, value in wanted.items()):
        return
    for name, value in wanted.items():
        setattr(attention, name, value)
    audit.record("profile.attention", profile, actor=actor, **wanted)
    db.session.flush()


def has_room(profile_id: int) -> bool:
    """Whether a request may be delivered to the student now, before nobody who waits.

    Locks the student's deliveries until the commit: of two that see the last free place, the
    second looks again after the first has taken it.
    """
    attention = _locked(profile_id)
    return not line_of(profile_id) and len(_taken(profile_id)) < budget(attention)


def next_in_line(profile_id: int) -> ContactRequest | None:
    """Who is to be delivered now, under the lock of `has_room`; None where there is no room."""
    attention = _locked(profile_id)
    line = line_of(profile_id)
    return line[0] if line and len(_taken(profile_id)) < budget(attention) else None


def line_of(profile_id: int) -> list[ContactRequest]:
    """The approved requests that wait for delivery, the best match first, then the oldest."""
    waiting = db.session.scalars(
        sa.select(ContactRequest).where(
            ContactRequest.profile_id == profile_id, ContactRequest.state == RequestState.QUEUED
        )
    )
    return sorted(waiting, key=lambda request: (-request.basis.get("score", 0), request.id))


def days_until_delivery(request: ContactRequest) -> int | None:
    """About how many days, at least 1, a waiting request waits yet; None where nobody can tell."""
    places = budget(present_attention(request.profile_id))
    if not places:
        return None
    line = [one.id for one in line_of(request.profile_id)]
    ahead = line.index(request.id) if request.id in line else 0
    moment = _free_at(_taken(request.profile_id), places, ahead)
    return max(1, math.ceil((moment - utc_now()) / timedelta(days=1)))


def _free_at(taken: Sequence[datetime], places: int, ahead: int) -> datetime:
    """When the place of one who has `ahead` others before them becomes free: each delivery is
    followed by another a week later."""
    now = utc_now()
    times = sorted([moment + WEEK for moment in taken][-places:])
    free = [now] * max(0, places - len(times)) + times
    rounds, place = divmod(ahead, places)
    return free[place] + rounds * WEEK


def _taken(profile_id: int) -> list[datetime]:
    """When what now takes the student's places was delivered, the oldest first."""
    return list(
        db.session.scalars(
            sa.select(ContactRequest.delivered_at)
            .where(
                ContactRequest.profile_id == profile_id,
                ContactRequest.delivered_at > utc_now() - WEEK,
                ~ContactRequest.is_from_application,
            )
            .order_by(ContactRequest.delivered_at)
        )
    )


def _locked(profile_id: int) -> Attention:
    """The student's row, made where there is none, held until the commit."""
    db.session.flush()
    new = {"profile_id": profile_id, "is_paused": False, "version": 1}
    insert = dialect_of(db.session).insert(Attention)
    db.session.execute(insert.values(new).on_conflict_do_nothing())
    return db.session.get_one(Attention, profile_id, with_for_update=True, populate_existing=True)
