"""A profile as an employer sees it before the student accepts: without anything that names them.

The only way in which a profile reaches an employer's page, so that no template can forget to
hide something.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from bridge.database import utc_now
from bridge.skills.models import Skill, SkillState
from bridge.students.models import (
    Degree,
    Direction,
    EntryKind,
    Evidence,
    LanguageLevel,
    Profile,
    Readiness,
    StudyForm,
)
from bridge.students.scrubbing import Scrubber


@dataclass(frozen=True, slots=True)
class MaskedSkill:
    skill: Skill
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class MaskedLanguage:
    """`language` is an ISO 639-1 code."""

    language: str
    level: LanguageLevel


@dataclass(frozen=True, slots=True)
class MaskedEntry:
    kind: EntryKind
    title: str
    organisation: str
    started_on: date | None
    ended_on: date | None
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MaskedProfile:
    """No name, e-mail, telephone, messenger, link or student number; texts are scrubbed.
    Only skills that the university has approved. `confirmed_weeks`: whole weeks since the student
    confirmed the profile; no moment, by which it could be known again for another vacancy."""

    direction: Direction | None
    degree: Degree | None
    study_form: StudyForm | None
    year_of_study: int | None
    graduates_on: date | None
    city: str
    remote_ready: bool
    relocation_ready: bool
    hours_per_week: int | None
    ready_for: tuple[Readiness, ...]
    summary: str
    wishes: str
    skills: tuple[MaskedSkill, ...]
    languages: tuple[MaskedLanguage, ...]
    entries: tuple[MaskedEntry, ...]
    confirmed_weeks: int | None

    def entries_of(self, kind: EntryKind) -> list[MaskedEntry]:
        return [entry for entry in self.entries if entry.kind is kind]


def scrubber_of(profile: Profile) -> Scrubber:
    """What takes the student's own name and contacts out of a text."""
    handle = re.sub(r"^.*[/@:\s]", "", profile.messenger)
    local_part = profile.user.email.partition("@")[0]
    secrets = (
        profile.user.email,
        profile.phone,
        profile.messenger,
        handle,
        local_part,
        profile.student_number or "",
    )
    return Scrubber(profile.user.name, secrets)


def shown_name(profile: Profile, *, blind: bool) -> str:
    """The name before any acceptance: only in a selection that the university has opened, and only
    of students who allow it; else empty."""
    return "" if blind or not profile.shows_name else profile.user.name


def masked_city(profile: Profile, scrub: Scrubber) -> str:
    """The city; «Королёв» and «Владимир» are cities and names, so one plain word is a city."""
    is_plain = re.fullmatch(r"(г\.\s*|город\s+)?[^\W\d_]+(-[^\W\d_]+)*", profile.city)
    return profile.city if is_plain else scrub(profile.city)


def masked_profile(profile: Profile, *, brief: bool = False) -> MaskedProfile:
    """The employer's view of `profile`. Reads its user, direction, skills, languages and entries:
    load them with it (`queries.PROFILE_PARTS`). brief: without texts and entries, for a list."""
    scrub = scrubber_of(profile)
    return MaskedProfile(
        direction=profile.direction,
        degree=profile.degree,
        study_form=profile.study_form,
        year_of_study=profile.year_of_study,
        graduates_on=profile.graduates_on,
        city=masked_city(profile, scrub),
        remote_ready=profile.remote_ready,
        relocation_ready=profile.relocation_ready,
        hours_per_week=profile.hours_per_week,
        ready_for=tuple(kind for kind in Readiness if kind in profile.ready_for),
        summary="" if brief else scrub(profile.summary),
        wishes="" if brief else scrub(profile.wishes),
        skills=tuple(
            MaskedSkill(held.skill, held.evidence)
            for held in profile.skills
            if held.skill.state is SkillState.APPROVED
        ),
        languages=tuple(
            MaskedLanguage(spoken.language, spoken.level) for spoken in profile.languages
        ),
        entries=() if brief else _masked_entries(profile, scrub),
        confirmed_weeks=(
            None if profile.confirmed_at is None else (utc_now() - profile.confirmed_at).days // 7
        ),
    )


def _masked_entries(profile: Profile, scrub: Scrubber) -> tuple[MaskedEntry, ...]:
    return tuple(
        MaskedEntry(
            entry.kind,
            scrub(entry.title),
            scrub(entry.organisation),
            entry.started_on,
            entry.ended_on,
            scrub(entry.text),
        )
        for entry in profile.entries
        if entry.kind is not EntryKind.LINK
    )
