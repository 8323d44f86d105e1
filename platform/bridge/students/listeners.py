"""What happens below and matters to profiles."""

from __future__ import annotations

import sqlalchemy as sa

from bridge import events
from bridge.accounts.models import Role, User
from bridge.consents.models import Consent, ConsentDocument, Purpose
from bridge.extensions import db
from bridge.search.service import note_change
from bridge.skills.models import Skill
from bridge.students import service
from bridge.students.models import Profile, ProfileSkill
from bridge.uploads.service import forget_files


def give_profile(user: User, *, actor: User | None) -> None:
    """A student's account always has a profile."""
    if user.role is Role.STUDENT:
        service.create_profile(user)


def note_account(user: User, *, actor: User | None) -> None:
    """Profiles of closed accounts leave the index, and come back with them."""
    profile_id = db.session.scalar(sa.select(Profile.id).where(Profile.user_id == user.id))
    if profile_id is not None:
        note_change(profile_id)


def note_skill(skill: Skill, *, actor: User | None) -> None:
    """The documents of all who hold a decided skill change."""
    if skill.merged_into_id is not None:
        holders = service.replace_skill(skill.id, skill.merged_into_id)
    else:
        held = sa.select(ProfileSkill.profile_id).where(ProfileSkill.skill_id == skill.id)
        holders = list(db.session.scalars(held))
    for profile_id in sorted(holders):
        note_change(profile_id)


def on_consent_published(document: ConsentDocument, *, actor: User | None) -> None:
    if document.purpose in (Purpose.FOUND, Purpose.NAMED):
        service.tell_concerned(document)


def on_consent_withdrawn(consent: Consent, *, actor: User) -> None:
    """Who does not want to be found, or named, is hidden at once."""
    if actor.profile is None:
        return
    if consent.document.purpose is Purpose.FOUND:
        service.withdraw(actor.profile, actor=actor)
    elif consent.document.purpose is Purpose.NAMED:
        service.hide_name(actor.profile, actor=actor)


def on_account_erasing(user: User, *, actor: User | None) -> None:
    forget_files()


def connect() -> None:
    events.account_erasing.connect(on_account_erasing)
    events.consent_published.connect(on_consent_published)
    events.consent_withdrawn.connect(on_consent_withdrawn)
    events.account_created.connect(give_profile)
    events.account_deactivated.connect(note_account)
    events.account_reactivated.connect(note_account)
    events.skill_decided.connect(note_skill)
