"""The freshness seal: a student says from time to time that the profile is still right.

One not confirmed for a term gets a letter; one that stays unconfirmed leaves the search until its
student confirms it. Every edit of the student's own is a confirmation too.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa

from bridge import audit
from bridge.accounts.models import User
from bridge.database import utc_now
from bridge.extensions import db
from bridge.limits.service import FRESH_DAYS, FRESH_NOTICE_DAYS, limit
from bridge.notices.service import notify, settle
from bridge.search.service import note_change
from bridge.students import notices
from bridge.students.models import Profile
from bridge.students.queries import findable

EVERY = timedelta(hours=1)
# Of one run: the rest comes with the next one.
AT_MOST = 500


def confirm(profile: Profile, *, actor: User) -> None:
    """The student says that everything is still right; the profile comes back into the search if
    it had left it."""
    was_stale = profile.stale_at is not None
    mark_fresh(profile)
    audit.record("profile.confirmed", profile, actor=actor)
    for kind in (notices.TO_CONFIRM, notices.STALE):
        settle(kind, profile)
    db.session.flush()
    if was_stale:
        note_change(profile.id)


def mark_fresh(profile: Profile) -> None:
    profile.confirmed_at = utc_now()
    profile.freshness_asked_at = None
    profile.stale_at = None


def keep_fresh() -> None:
    """Ask whose profile has not been confirmed for the term; take out of the search who was asked
    and did not answer. Commits profile by profile; a second run asks nobody twice."""
    asked_before = utc_now() - timedelta(days=limit(FRESH_NOTICE_DAYS))
    for profile_id in _ids(Profile.freshness_asked_at <= asked_before):
        _take_out(profile_id, asked_before)
    confirmed_before = utc_now() - timedelta(days=limit(FRESH_DAYS))
    for profile_id in _ids(
        Profile.freshness_asked_at.is_(None), Profile.confirmed_at <= confirmed_before
    ):
        _ask(profile_id, confirmed_before)


def _ids(*conditions: sa.ColumnElement[bool]) -> list[int]:
    found = db.session.scalars(
        sa.select(Profile.id).where(findable(), *conditions).order_by(Profile.id).limit(AT_MOST)
    ).all()
    db.session.commit()
    return list(found)


def _ask(profile_id: int, confirmed_before: datetime) -> None:
    profile = _held(
        profile_id,
        Profile.freshness_asked_at.is_(None),
        Profile.confirmed_at <= confirmed_before,
    )
    if profile is not None:
        profile.freshness_asked_at = utc_now()
        audit.record("profile.freshness-asked", profile, actor=None)
        leaves_at = notices.leaves_search_at(profile)
        notify(profile.user, notices.TO_CONFIRM, profile, good_until=leaves_at)
    db.session.commit()


def _take_out(profile_id: int, asked_before: datetime) -> None:
    profile = _held(profile_id, Profile.freshness_asked_at <= asked_before)
    if profile is not None:
        profile.stale_at = utc_now()
        audit.record("profile.stale", profile, actor=None)
        notify(profile.user, notices.STALE, profile)
        note_change(profile.id)
    db.session.commit()


def _held(profile_id: int, *conditions: sa.ColumnElement[bool]) -> Profile | None:
    """The profile as it is now, held until the commit; None where it needs nothing any more."""
    return db.session.scalar(
        sa.select(Profile)
        .where(Profile.id == profile_id, findable(), *conditions)
        .with_for_update(of=Profile),
        execution_options={"populate_existing": True},
    )
