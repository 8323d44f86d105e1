"""What students are told about their profile."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

import sqlalchemy as sa

from bridge.accounts.models import User
from bridge.extensions import db
from bridge.limits.service import FRESH_NOTICE_DAYS, limit
from bridge.notices.kinds import Told, register
from bridge.notices.models import Group
from bridge.students.models import Profile

TO_CONFIRM, STALE = "students/confirm-profile", "students/profile-stale"


def init_app() -> None:
    register(Group.PROFILE, tell, TO_CONFIRM, STALE)


def tell(profile_ids: Collection[int], reader: User) -> Mapping[int, Told]:
    own = sa.select(Profile).where(Profile.id.in_(profile_ids), Profile.user_id == reader.id)
    return {
        profile.id: Told(
            {"confirmed_at": profile.confirmed_at, "leaves_at": leaves_search_at(profile)}
        )
        for profile in db.session.scalars(own)
    }


def leaves_search_at(profile: Profile) -> datetime | None:
    """When a profile that nobody confirms leaves the search; None where nobody was asked."""
    if profile.freshness_asked_at is None:
        return None
    return profile.freshness_asked_at + timedelta(days=limit(FRESH_NOTICE_DAYS))
