"""The verbs of a profile. Each that changes what employers may find tells the index, last."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import sqlalchemy as sa
from flask_babel import gettext as _

from bridge import audit, events
from bridge.accounts import service as accounts
from bridge.accounts.models import User
from bridge.consents import service as consents
from bridge.consents.models import Consent, ConsentDocument, Purpose
from bridge.consents.queries import current_document, live_consents
from bridge.database import utc_now
from bridge.errors import DomainError
from bridge.extensions import db
from bridge.search.service import note_change
from bridge.skills.models import SkillState
from bridge.skills.service import find_or_propose
from bridge.students.completeness import missing_for_publication
from bridge.students.freshness import mark_fresh
from bridge.students.models import (
    EntryKind,
    Evidence,
    LanguageLevel,
    Profile,
    ProfileEntry,
    ProfileLanguage,
    ProfileSkill,
)
from matching import normalise

SKILLS_MAX = 60
ENTRIES_MAX = 60


class IncompleteProfileError(DomainError):
    """Published profiles must say what employers filter by."""


def create_profile(user: User) -> Profile:
    """The empty profile of a new student."""
    profile = Profile(user=user)
    db.session.add(profile)
    db.session.flush()
    return profile


def change(
    profile: Profile, section: str, values: Mapping[str, object], *, actor: User | None
) -> None:
    """Set columns of the profile. IncompleteProfileError where a published one would lose what
    it needs."""
    for name, value in values.items():
        setattr(profile, name, value)
    _changed(profile, section, actor)


def set_skills(profile: Profile, names: Iterable[str], *, actor: User) -> None:
    """Hold exactly these skills; those held before keep their evidence. SkillNameError for a
    name that cannot be one."""
    known = {
        normalise(name): held.skill
        for held in profile.listed_skills
        for name in (held.skill.name_ru, held.skill.name_en)
    }
    found = (known.get(normalise(name)) or find_or_propose(name, actor=actor) for name in names)
    wanted = {skill.id: skill for skill in found}
    if len(wanted) > SKILLS_MAX:
        raise DomainError(_("A profile has at most 60 skills: keep those that matter."))
    profile.skills = [held for held in profile.skills if held.skill_id in wanted]
    held_ids = {held.skill_id for held in profile.skills}
    profile.skills += [
        ProfileSkill(skill=skill, evidence=Evidence.STATED)
        for skill_id, skill in wanted.items()
        if skill_id not in held_ids
    ]
    _changed(profile, "skills", actor)


def set_languages(profile: Profile, levels: Mapping[str, LanguageLevel], *, actor: User) -> None:
    """Speak exactly these languages (ISO 639-1 code -> level)."""
    profile.languages = [spoken for spoken in profile.languages if spoken.language in levels]
    present = {spoken.language: spoken for spoken in profile.languages}
    for language, level in levels.items():
        if language in present:
            present[language].level = level
        else:
            profile.languages.append(ProfileLanguage(language=language, level=level))
    _changed(profile, "languages", actor)


def add_entry(
    profile: Profile, kind: EntryKind, values: Mapping[str, object], *, actor: User
) -> ProfileEntry:
    if len(profile.entries) >= ENTRIES_MAX:
        raise DomainError(_("A profile has at most 60 entries: keep those that matter."))
    entry = ProfileEntry(kind=kind, **values)
    profile.entries.append(entry)
    _changed(profile, kind.value, actor)
    return entry


def change_entry(entry: ProfileEntry, values: Mapping[str, object], *, actor: User) -> None:
    for name, value in values.items():
        setattr(entry, name, value)
    _changed(entry.profile, entry.kind.value, actor)


def delete_entry(entry: ProfileEntry, *, actor: User) -> None:
    """Take the entry away; it can be restored until the next one is deleted."""
    if entry.deleted_at is not None:
        return
    db.session.execute(
        sa.delete(ProfileEntry).where(
            ProfileEntry.profile_id == entry.profile_id, ProfileEntry.deleted_at.is_not(None)
        )
    )
    entry.deleted_at = utc_now()
    _changed(entry.profile, entry.kind.value, actor)


def restore_entry(entry: ProfileEntry, *, actor: User) -> None:
    if entry.deleted_at is None:
        return
    entry.deleted_at = None
    _changed(entry.profile, entry.kind.value, actor)


def publish(profile: Profile, *, actor: User) -> None:
    """Let employers find the profile. Nothing happens where they already do.

    Raises IncompleteProfileError, which names what is missing, and ConsentNeededError.
    """
    _require_complete(profile)
    consents.require(profile.user, Purpose.FOUND)
    now = utc_now()
    fresh = {"confirmed_at": now, "freshness_asked_at": None, "stale_at": None}
    if _switch(profile, {"published_at": now, **fresh}, Profile.published_at.is_(None)):
        audit.record("profile.published", profile, actor=actor)
        note_change(profile.id)


def withdraw(profile: Profile, *, actor: User | None) -> None:
    """Hide the profile from employers, at once. Open contact requests end with it."""
    if _switch(profile, {"published_at": None}, Profile.published_at.is_not(None)):
        audit.record("profile.withdrawn", profile, actor=actor)
        events.profile_withdrawn.send(profile, actor=actor)
        note_change(profile.id)


def show_name(profile: Profile, *, actor: User) -> None:
    """In selections that the university opens, employers see the name. ConsentNeededError."""
    consents.require(profile.user, Purpose.NAMED)
    if not profile.shows_name:
        profile.shows_name = True
        audit.record("profile.named", profile, actor=actor)


def hide_name(profile: Profile, *, actor: User | None) -> None:
    """Employers see a pseudonym everywhere, at once."""
    if not profile.shows_name:
        return
    profile.shows_name = False
    audit.record("profile.unnamed", profile, actor=actor)
    if actor is not None:
        for consent in live_consents(profile.user, Purpose.NAMED):
            consents.withdraw(consent, actor=actor)


def hide_without_consent() -> int:
    """Withdraw every published profile whose owner has not agreed to the document in force by the
    end of its term, and hide the names likewise. Commits; says how many."""
    profiles = _without_consent(Purpose.FOUND, Profile.published_at.is_not(None))
    for profile in profiles:
        withdraw(profile, actor=None)
    named = _without_consent(Purpose.NAMED, Profile.shows_name)
    for profile in named:
        hide_name(profile, actor=None)
    db.session.commit()
    return len(profiles) + len(named)


def _without_consent(
    purpose: Purpose, concerned: sa.ColumnExpressionArgument[bool]
) -> Sequence[Profile]:
    """Profiles whose owners have let the term for the document of the purpose pass."""
    document = current_document(purpose)
    if document is None or document.due_at is None or document.due_at > utc_now():
        return ()
    agreed = sa.select(Consent.user_id).where(
        Consent.document_id == document.id, Consent.withdrawn_at.is_(None)
    )
    select = sa.select(Profile).where(concerned, Profile.user_id.not_in(agreed))
    return db.session.scalars(select.order_by(Profile.id)).all()


def tell_concerned(document: ConsentDocument) -> None:
    """Write to everybody whose profile is published, or whose name is shown, that the document
    must be agreed to anew."""
    hangs_on_it = {
        Purpose.FOUND: Profile.published_at.is_not(None),
        Purpose.NAMED: Profile.shows_name,
    }[document.purpose]
    students = sa.select(User).join(Profile, Profile.user_id == User.id)
    concerned = students.where(hangs_on_it, User.deactivated_at.is_(None))
    for user in db.session.scalars(concerned.order_by(User.id)):
        consents.tell(user, document)


def set_evidence(held: ProfileSkill, evidence: Evidence, *, actor: User) -> None:
    """The university vouches for a skill, or takes that back."""
    if held.skill.state is not SkillState.APPROVED:
        raise DomainError(_("Decide first whether this skill belongs to the vocabulary."))
    before, held.evidence = held.evidence, evidence
    if before is not evidence:
        details = {"skill": held.skill_id, "from": before.value, "to": evidence.value}
        audit.record("profile.evidence", held.profile, actor=actor, **details)
        _touch(held.profile)


def invite(profile: Profile, *, actor: User | None) -> None:
    """Send an imported student the link that lets them in."""
    if profile.user.password_hash is not None:
        raise DomainError(_("The student has already joined."))
    accounts.invite(profile.user, actor=actor)


def note_roster(profile: Profile) -> None:
    """The roster import has changed columns of the profile."""
    audit.record("profile.roster", profile, actor=None)
    _touch(profile)


def replace_skill(skill_id: int, into_id: int) -> list[int]:
    """A proposal was merged: whoever held it holds the other. Returns the profiles' numbers.
    Where both were held, the merged one goes; evidence is only of approved skills."""
    holders = list(
        db.session.scalars(
            sa.select(ProfileSkill.profile_id).where(ProfileSkill.skill_id == skill_id)
        )
    )
    both = sa.select(ProfileSkill.profile_id).where(ProfileSkill.skill_id == into_id)
    old = ProfileSkill.skill_id == skill_id
    db.session.execute(
        sa.delete(ProfileSkill).where(old, ProfileSkill.profile_id.in_(both)),
        execution_options={"synchronize_session": "fetch"},
    )
    db.session.execute(
        sa.update(ProfileSkill).where(old).values(skill_id=into_id),
        execution_options={"synchronize_session": "fetch"},
    )
    return holders


def _changed(profile: Profile, section: str, actor: User | None) -> None:
    if profile.is_published:
        _require_complete(profile)
    if actor is not None and actor.id == profile.user_id:
        mark_fresh(profile)
    audit.record("profile.changed", profile, actor=actor, section=section)
    _touch(profile)


def _touch(profile: Profile) -> None:
    # Also raises the version where only rows of other tables changed.
    profile.updated_at = utc_now()
    db.session.flush()
    note_change(profile.id)


def _require_complete(profile: Profile) -> None:
    missing = missing_for_publication(profile)
    if missing:
        names = ", ".join(str(requirement.label) for requirement in missing)
        raise IncompleteProfileError(_("A published profile needs: %(names)s.", names=names))


def _switch(
    profile: Profile, values: Mapping[str, object], present: sa.ColumnElement[bool]
) -> bool:
    """A conditional UPDATE: False where somebody already did it."""
    db.session.flush()
    updated = db.session.execute(
        sa.update(Profile)
        .where(Profile.id == profile.id, present)
        .values(version=Profile.version + 1, **values)
        .execution_options(synchronize_session=False)
    )
    db.session.refresh(profile)
    return bool(updated.rowcount)  # type: ignore[attr-defined]
