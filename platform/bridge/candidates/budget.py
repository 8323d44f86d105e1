"""How many profiles one enterprise opens a day: enough for people, too few for a program that takes
them all away. Lists show the same candidates with less of each."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from bridge import audit
from bridge.accounts.models import User
from bridge.accounts.queries import is_active_staff
from bridge.accounts.throttling import Rate, TooManyAttemptsError, spend
from bridge.candidates.models import Candidate, ProfileOpening
from bridge.database import local_today, writing_after_all
from bridge.employers.models import Employer
from bridge.employers.notices import tell
from bridge.extensions import db
from bridge.limits.service import OPENINGS_A_DAY, limit
from bridge.notices.kinds import register
from bridge.notices.models import Group
from bridge.notices.service import notify_all

EXHAUSTED = "candidates/openings-exhausted"
ALARM = Rate("openings-alarm", 1, timedelta(days=1))
MESSAGE = _l("Your enterprise has opened as many profiles as it may in a day.")


def spend_opening(candidate: Candidate, *, actor: User) -> None:
    """Count one more profile; one that was opened today already is free. TooManyAttemptsError
    where the enterprise has had its day's; the staff then get an alarm, once a day."""
    opened = sa.select(ProfileOpening.id).where(
        ProfileOpening.candidate_id == candidate.id, ProfileOpening.day == local_today()
    )
    if db.session.scalar(opened.limit(1)) is not None:
        return
    employer = candidate.vacancy.employer
    seconds = spend(Rate("openings", limit(OPENINGS_A_DAY), timedelta(days=1)), employer.id)
    if seconds:
        raise_alarm(employer, actor=actor)
        raise TooManyAttemptsError(seconds, MESSAGE)


def raise_alarm(employer: Employer, *, actor: User) -> None:
    if spend(ALARM, employer.id):
        return
    with writing_after_all():
        audit.record("employer.openings-exhausted", employer, actor=actor)
        staff = sa.select(User).where(is_active_staff())
        notify_all(db.session.scalars(staff).all(), EXHAUSTED, employer)


def init_app() -> None:
    register(Group.QUEUE, tell, EXHAUSTED)
