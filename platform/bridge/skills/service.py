"""The verbs of the vocabulary: find, propose, decide, take over the shipped concepts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import timedelta

import sqlalchemy as sa
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.exc import IntegrityError

from bridge import audit, events
from bridge.accounts.models import Role, User
from bridge.accounts.throttling import Rate, spend
from bridge.cases.models import CaseKind
from bridge.cases.service import open_case
from bridge.errors import DomainError
from bridge.extensions import db
from bridge.skills.models import PROPOSAL_MARK, Skill, SkillState
from bridge.skills.vocabulary import vocabulary
from bridge.transitions import transition
from matching import Concept, normalise

NAME_MAX = 80
# Two whole profiles of names that nobody has heard of; the moderators look at each.
PROPOSING = Rate("skill-proposals", 120, timedelta(days=1))


class SkillNameError(DomainError):
    """The name cannot stand for a skill; the message names it, for the form that it came from."""

    message = _l("This is not the name of a skill.")


class TooManyProposalsError(SkillNameError):
    status = 429
    message = _l(
        "You have proposed as many new skills as one may in a day. Keep those that the vocabulary "
        "knows, and propose the others tomorrow."
    )


def parse_names(text: str) -> list[str]:
    """Names separated by commas, semicolons or lines; of two alike the first."""
    names: dict[str, str] = {}
    for part in re.split(r"[,;\n]", text):
        if name := " ".join(part.split()):
            names.setdefault(normalise(name) or name, name)
    return list(names.values())


def find_or_propose(name: str, *, actor: User | None) -> Skill:
    """The skill that bears this name or alias in either language; where there is none, a new
    proposal with its case for the moderators. Flushes.

    Raises SkillNameError for a name without letters, a too long one and one already rejected,
    TooManyProposalsError (one of these) where the actor has proposed enough today.
    """
    name = " ".join(name.split())
    key = normalise(name)
    if not key:
        raise SkillNameError(_("“%(name)s” is not the name of a skill.", name=name))
    if len(name) > NAME_MAX or len(key) >= NAME_MAX:
        raise SkillNameError(
            _("The name of a skill has at most 80 characters: “%(name)s…”.", name=name[:40])
        )
    concept = vocabulary().find(name)
    if concept is not None:
        return _row_of(concept)
    skill = _by_slug(PROPOSAL_MARK + key) or _propose(name, PROPOSAL_MARK + key, actor)
    if skill.merged_into is not None:
        return skill.merged_into
    if skill.state is SkillState.REJECTED:
        raise SkillNameError(
            _("The university did not accept “%(name)s” as a skill. Remove it.", name=name)
        )
    return skill


def approve(skill: Skill, *, actor: User, name_ru: str, name_en: str) -> None:
    """Take a proposal into the vocabulary, under names in both languages, neither of which
    another skill bears; else DomainError."""
    values = {"name_ru": name_ru.strip(), "name_en": name_en.strip()}
    if not all(normalise(name) for name in values.values()):
        raise DomainError(_("Give the skill a name in both languages."))
    for name in values.values():
        if vocabulary().find(name) is not None:
            raise DomainError(
                _("The vocabulary has “%(name)s” already: merge the proposal into it.", name=name)
            )
    _decide(skill, SkillState.APPROVED, actor, values)


def merge(skill: Skill, into: Skill, *, actor: User) -> None:
    """The proposal is another name of `into`, an approved skill; whoever held it holds that."""
    if into.state is not SkillState.APPROVED or into.id == skill.id:
        raise DomainError(_("A proposal can only be merged into an approved skill."))
    _decide(skill, SkillState.MERGED, actor, {"merged_into_id": into.id})


def reject(skill: Skill, *, actor: User) -> None:
    """The proposal is no skill; profiles and vacancies show it no longer."""
    _decide(skill, SkillState.REJECTED, actor, {})


def sync(concepts: Iterable[Concept]) -> dict[str, int]:
    """Make the rows of shipped concepts equal to the files. Rows whose concept vanished are
    deleted, or kept where a profile or vacancy uses them. Returns counts of what was done."""
    counts = dict.fromkeys(("created", "updated", "unchanged", "deleted", "kept"), 0)
    shipped = Skill.slug.not_like(f"{PROPOSAL_MARK}%")
    rows = {skill.slug: skill for skill in db.session.scalars(sa.select(Skill).where(shipped))}
    for concept in concepts:
        skill = rows.pop(concept.slug, None)
        if skill is None:
            db.session.add(Skill(slug=concept.slug, name_ru=concept.ru, name_en=concept.en))
            counts["created"] += 1
        elif (skill.name_ru, skill.name_en) != (concept.ru, concept.en):
            skill.name_ru, skill.name_en = concept.ru, concept.en
            counts["updated"] += 1
        else:
            counts["unchanged"] += 1
    db.session.flush()
    for skill in rows.values():
        counts["deleted" if _deleted(skill) else "kept"] += 1
    return counts


def _deleted(skill: Skill) -> bool:
    """Whether the row could go: the foreign keys know who uses it."""
    try:
        with db.session.begin_nested():
            db.session.execute(sa.delete(Skill).where(Skill.id == skill.id))
    except IntegrityError:
        return False
    return True


def _by_slug(slug: str) -> Skill | None:
    return db.session.scalar(sa.select(Skill).where(Skill.slug == slug))


def _row_of(concept: Concept) -> Skill:
    found = _by_slug(concept.slug)
    return found or _insert(Skill(slug=concept.slug, name_ru=concept.ru, name_en=concept.en))[0]


def _propose(name: str, slug: str, actor: User | None) -> Skill:
    asks = actor is not None and actor.role in (Role.STUDENT, Role.MEMBER)
    if asks and spend(PROPOSING, actor.id):  # type: ignore[union-attr]
        raise TooManyProposalsError
    skill, inserted = _insert(
        Skill(
            slug=slug,
            name_ru=name,
            name_en=name,
            state=SkillState.PROPOSED,
            proposed_by_id=None if actor is None else actor.id,
        )
    )
    if inserted:
        member = None if actor is None else actor.member
        audit.record("skill.proposed", skill, actor=actor)
        open_case(
            CaseKind.SKILL,
            skill.id,
            title=name,
            employer_id=None if member is None else member.employer_id,
        )
    return skill


def _insert(skill: Skill) -> tuple[Skill, bool]:
    """The row and whether it is ours: somebody may insert the same slug at this moment."""
    slug = skill.slug
    try:
        with db.session.begin_nested():
            db.session.add(skill)
            db.session.flush()
    except IntegrityError:
        found = _by_slug(slug)
        if found is None:
            raise
        return found, False
    return skill, True


def _decide(skill: Skill, to: SkillState, actor: User, values: Mapping[str, object]) -> None:
    transition(skill, to, allowed_from=(SkillState.PROPOSED,), actor=actor, values=dict(values))
    events.skill_decided.send(skill, actor=actor)
