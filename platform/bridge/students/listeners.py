"""What a student's profile does when its account begins, closes or opens again."""

from __future__ import annotations

from bridge import events
from bridge.accounts.models import Role, User
from bridge.extensions import db
from bridge.search.service import note_change
from bridge.students.models import Profile


def make_profile(user: User, *, actor: User | None) -> None:
    if user.role is Role.STUDENT:
        user.profile = Profile()
        db.session.flush()


def update_index(user: User, *, actor: User | None) -> None:
    """Only people who can answer are shown to employers."""
    if user.profile is not None:
        note_change(user.profile.id)


def connect() -> None:
    events.account_created.connect(make_profile)
    events.account_deactivated.connect(update_index)
    events.account_reactivated.connect(update_index)
