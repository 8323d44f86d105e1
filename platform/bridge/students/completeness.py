"""How complete a profile is, what to do next, and what publishing needs.

The weights sum to 100. What employers filter by weighs most: studies, skills, readiness.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask_babel import lazy_gettext as _l

from bridge.students.models import EntryKind, Profile

SKILLS_MIN = 3


@dataclass(frozen=True, slots=True)
class Step:
    """`section` is a section of the form or the kind of an entry to add."""

    section: str
    weight: int
    label: object
    is_done: Callable[[Profile], bool]

    @property
    def is_entry(self) -> bool:
        return self.section in list(EntryKind)


@dataclass(frozen=True, slots=True)
class Completeness:
    """`value` of 100; `steps` yet to do, the one worth most first."""

    value: int
    steps: tuple[Step, ...]


def _has(*kinds: EntryKind) -> Callable[[Profile], bool]:
    return lambda profile: any(profile.entries_of(kind) for kind in kinds)


def _knows_studies(profile: Profile) -> bool:
    return all((profile.direction_id, profile.degree, profile.year_of_study, profile.graduates_on))


def _knows_readiness(profile: Profile) -> bool:
    has_place = bool(profile.city) or profile.remote_ready
    return has_place and bool(profile.ready_for) and profile.hours_per_week is not None


STEPS = (
    Step("studies", 20, _l("Say what you study"), _knows_studies),
    Step(
        "skills",
        20,
        _l("Name at least three skills"),
        lambda profile: len(profile.listed_skills) >= SKILLS_MIN,
    ),
    Step("readiness", 15, _l("Say where, when and for what you are ready"), _knows_readiness),
    Step(
        "about",
        10,
        _l("Tell about yourself in two sentences"),
        lambda profile: bool(profile.summary),
    ),
    Step(EntryKind.PROJECT, 10, _l("Add a project"), _has(EntryKind.PROJECT)),
    Step(
        EntryKind.EXPERIENCE,
        5,
        _l("Add experience or a thesis"),
        _has(EntryKind.EXPERIENCE, EntryKind.THESIS),
    ),
    Step("languages", 5, _l("Name your languages"), lambda profile: bool(profile.languages)),
    Step(EntryKind.COURSE, 5, _l("Add a course"), _has(EntryKind.COURSE)),
    Step("about", 5, _l("Write what work you would like"), lambda profile: bool(profile.wishes)),
    Step(
        "about",
        5,
        _l("Leave a phone number or a messenger"),
        lambda profile: bool(profile.phone or profile.messenger),
    ),
)


def completeness(profile: Profile) -> Completeness:
    open_steps = [step for step in STEPS if not step.is_done(profile)]
    return Completeness(
        100 - sum(step.weight for step in open_steps),
        # The sort is stable: of equal weights the more useful one stays first.
        tuple(sorted(open_steps, key=lambda step: -step.weight)),
    )


@dataclass(frozen=True, slots=True)
class Requirement:
    section: str
    label: object


def missing_for_publication(profile: Profile) -> list[Requirement]:
    """What employers filter by and the profile does not say yet."""
    checks = (
        (profile.direction_id, "studies", _l("direction of study")),
        (profile.degree, "studies", _l("level of education")),
        (profile.year_of_study, "studies", _l("year of study")),
        (profile.graduates_on, "studies", _l("month of graduation")),
        (
            profile.city or profile.remote_ready,
            "readiness",
            _l("city or readiness to work remotely"),
        ),
        (profile.ready_for, "readiness", _l("what you are ready for")),
        (profile.hours_per_week, "readiness", _l("hours a week")),
        (len(profile.listed_skills) >= SKILLS_MIN, "skills", _l("at least three skills")),
    )
    return [Requirement(section, label) for held, section, label in checks if not held]


@dataclass(frozen=True, slots=True)
class Unfilled:
    """A section of the form or a kind of entry of which the profile says nothing, and what it is
    good for."""

    section: str
    why: object


# By these vacancies and students are matched.
BASIC = ("studies", "skills", "readiness")
# In the order in which they are best filled in.
PURPOSES: dict[str, object] = {
    "studies": _l("Many vacancies are for certain years, levels and directions of study."),
    "skills": _l("The match with a vacancy is counted from them: name at least three."),
    "readiness": _l("City, hours and kind of work: enterprises choose candidates by them."),
    "languages": _l("Some vacancies ask for a language."),
    EntryKind.PROJECT: _l("Enterprises read here what you can do; the words count in the match."),
    EntryKind.COURSE: _l("What you have learned besides the curriculum counts in the match too."),
    EntryKind.EXPERIENCE: _l("Internships, part-time and summer work count as well."),
    EntryKind.THESIS: _l("Its topic says what you are deep in."),
    EntryKind.LINK: _l("Code, a portfolio, a publication: they open together with your contacts."),
}


def unfilled(profile: Profile) -> list[Unfilled]:
    said = {
        "studies": (
            *(profile.direction_id, profile.degree, profile.study_form),
            *(profile.year_of_study, profile.graduates_on),
        ),
        "skills": profile.listed_skills,
        "readiness": (
            *(profile.city, profile.ready_for, profile.hours_per_week),
            *(profile.remote_ready, profile.relocation_ready),
        ),
        "languages": profile.languages,
        **{kind.value: profile.entries_of(kind) for kind in EntryKind},
    }
    return [Unfilled(name, why) for name, why in PURPOSES.items() if not any(said[name])]


def is_new(profile: Profile) -> bool:
    """Nothing that a match could rest on is said yet."""
    return {*BASIC} <= {one.section for one in unfilled(profile)}
