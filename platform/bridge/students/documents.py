"""A profile as the matcher reads it. Holds nothing that names the student, and nothing by which
nobody may be selected (sex, age, nationality): the platform does not ask for these at all."""

from __future__ import annotations

from collections.abc import Mapping

from bridge.search import attributes
from bridge.skills.models import SkillState
from bridge.skills.vocabulary import shipped_vocabulary
from bridge.students.masked import masked_city, scrubber_of
from bridge.students.models import EntryKind, Evidence, Profile
from bridge.students.scrubbing import Scrubber
from matching import Document

FIELD_OF_ENTRY = {
    EntryKind.COURSE: "courses",
    EntryKind.PROJECT: "projects",
    EntryKind.THESIS: "thesis",
    EntryKind.EXPERIENCE: "experience",
}


def document(profile: Profile, weights: Mapping[Evidence, float]) -> Document:
    """The document of a published profile, its id the profile's (see `queries.indexable`).

    weights: what a skill counts for, by how it is known (`evidence.evidence_weights`).
    """
    approved = [held for held in profile.skills if held.skill.state is SkillState.APPROVED]
    scrub = scrubber_of(profile)
    return Document(
        id=profile.id,
        fields=_fields(profile, scrub),
        skills=with_implied({held.skill.slug: weights[held.evidence] for held in approved}),
        attributes=_attributes(profile, scrub),
    )


def with_implied(skills: Mapping[str, float]) -> dict[str, float]:
    """The skills and the broader ones that they imply (slug -> evidence)."""
    implied = shipped_vocabulary().implied(skills)
    return {**skills, **{slug: found.evidence for slug, found in implied.items()}}


def _fields(profile: Profile, scrub: Scrubber) -> dict[str, str]:
    texts: dict[str, list[str]] = {"summary": [profile.summary], "wishes": [profile.wishes]}
    for entry in profile.entries:
        if entry.kind in FIELD_OF_ENTRY:
            texts.setdefault(FIELD_OF_ENTRY[entry.kind], []).extend(
                (entry.title, entry.organisation, entry.text)
            )
    fields = {name: scrub("\n".join(filter(None, parts)), " ") for name, parts in texts.items()}
    fields["skills"] = "\n".join(
        f"{held.skill.name_ru}\n{held.skill.name_en}"
        if held.skill.name_ru != held.skill.name_en
        else held.skill.name_ru
        for held in profile.skills
        if held.skill.state is SkillState.APPROVED
    )
    if profile.direction is not None:
        fields["studies"] = f"{profile.direction.name_ru}\n{profile.direction.name_en}"
    return {name: text for name, text in fields.items() if text.strip()}


def _attributes(profile: Profile, scrub: Scrubber) -> dict[str, float | frozenset[str]]:
    cities = set(filter(None, [attributes.city_key(masked_city(profile, scrub))]))
    if profile.relocation_ready:
        cities.add(attributes.ANYWHERE)
    confirmed = {
        held.skill.slug
        for held in profile.skills
        if held.evidence is not Evidence.STATED and held.skill.state is SkillState.APPROVED
    }
    graduates = profile.graduates_on
    values: dict[str, float | frozenset[str] | None] = {
        attributes.DEGREE: frozenset({profile.degree.value}) if profile.degree else None,
        attributes.DIRECTION: frozenset({profile.direction.code}) if profile.direction else None,
        attributes.YEAR: profile.year_of_study,
        attributes.GRADUATES: graduates.toordinal() if graduates else None,
        attributes.CITY: frozenset(cities),
        attributes.HOURS: profile.hours_per_week,
        attributes.REMOTE: float(profile.remote_ready),
        attributes.RELOCATE: float(profile.relocation_ready),
        attributes.READY_FOR: frozenset(profile.ready_for),
        attributes.CONFIRMED: frozenset(confirmed),
    }
    for spoken in profile.languages:
        values[attributes.language(spoken.language)] = spoken.level.rank
    return {name: value for name, value in values.items() if value is not None}
