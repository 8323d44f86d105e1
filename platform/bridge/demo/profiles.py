"""The students of the demo university."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from bridge.accounts.models import Role
from bridge.database import as_of, local_today
from bridge.demo import content
from bridge.demo.agreeing import agree_and_publish
from bridge.demo.chance import Chance
from bridge.demo.content import Field, Speciality, Texts
from bridge.demo.people import add_user, person_name
from bridge.demo.writing import write_entries
from bridge.extensions import db
from bridge.skills.models import Skill
from bridge.students.completeness import missing_for_publication
from bridge.students.models import (
    Degree,
    Direction,
    Evidence,
    LanguageLevel,
    Profile,
    ProfileLanguage,
    ProfileSkill,
    Readiness,
    StudyForm,
)

YEAR_WEIGHTS = {1: 8, 2: 17, 3: 25, 4: 30, 5: 12, 6: 8}
FORM_WEIGHTS = {StudyForm.FULL_TIME: 88, StudyForm.PART_TIME: 5, StudyForm.EXTRAMURAL: 7}
ENGLISH_WEIGHTS = {
    LanguageLevel.A1: 6,
    LanguageLevel.A2: 24,
    LanguageLevel.B1: 34,
    LanguageLevel.B2: 26,
    LanguageLevel.C1: 9,
    LanguageLevel.C2: 1,
}
# Of the skills of the field: how likely each is held.
SKILL_CHANCES = {"core": 0.4, "common": 0.12, "rare": 0.04}
SPECIALITY_CHANCE = 0.78
EVIDENCE_WEIGHTS = {
    Evidence.STATED: 56,
    Evidence.COURSE: 31,
    Evidence.MENTOR: 9,
    Evidence.ASSESSED: 4,
}
WRITES_ENGLISH = 0.07
PUBLISHES = 0.87
FORGETS_SOMETHING = 0.08


@dataclass(frozen=True, slots=True)
class Place:
    """A direction of study and where in it the student is."""

    direction: Direction
    degree: Degree
    years: int
    year: int
    graduates_on: date

    @property
    def is_last_year(self) -> bool:
        return self.year == self.years


@dataclass(frozen=True, slots=True)
class Shelf:
    """What all profiles refer to."""

    directions: Mapping[str, tuple[Direction, Mapping[str, Any]]]
    skills: Mapping[str, Skill]


def add_directions() -> Mapping[str, tuple[Direction, Mapping[str, Any]]]:
    shelf = {}
    for entry in content.read("directions.toml")["directions"]:
        direction = Direction(code=entry["code"], name_ru=entry["ru"], name_en=entry["en"])
        db.session.add(direction)
        shelf[direction.code] = (direction, entry)
    db.session.flush()
    return shelf


def places(field: Field) -> list[str]:
    """The direction's code of each student of the field."""
    return [code for code, number in field.directions.items() for _ in range(number)]


def add_student(chance: Chance, field: Field, code: str, number: int, shelf: Shelf) -> Profile:
    """One student with a profile, mostly published."""
    woman = chance.often(0.62 if field.name in ("economics", "management") else 0.3)
    name, tongue = person_name(chance, woman=woman), "ru"
    if chance.often(0.04):
        name, tongue = chance.choice(content.read("people.toml")["guests"])
    joined = chance.office_moment(chance.uniform(20, 180))
    user = add_user(f"student{number:03}@demo.test", name, Role.STUDENT, joined)
    profile = user.profile
    assert profile is not None
    place = _place(chance, *shelf.directions[code])
    texts = field.english if chance.often(WRITES_ENGLISH) else field.russian
    speciality = chance.choice(field.specialities)
    with as_of(joined):
        _study(profile, place, chance, number)
        _be_ready(profile, place, chance)
        summaries = texts.summaries or speciality.summaries
        _write(profile, field, texts, summaries, chance, woman=woman)
        _hold_skills(profile, _slugs(field, speciality, place.year, chance), chance, shelf.skills)
        _speak(profile, chance, tongue, is_english=texts is field.english)
        write_entries(profile, field, texts, place.year, place.is_last_year, chance)
    _perhaps_publish(profile, chance)
    return profile


def _place(chance: Chance, direction: Direction, entry: Mapping[str, Any]) -> Place:
    years = entry["years"]
    year = chance.weighted({n: w for n, w in YEAR_WEIGHTS.items() if n <= years})
    today = local_today()
    end_of_this_year = today.year + (today.month >= 9)
    graduates = date(end_of_this_year + years - year, entry.get("month", 6), 1)
    return Place(direction, Degree(entry["degree"]), years, year, graduates)


def _study(profile: Profile, place: Place, chance: Chance, number: int) -> None:
    profile.student_number = f"{place.graduates_on.year - place.years}-{number:04}"
    profile.direction = place.direction
    profile.degree = place.degree
    profile.study_form = chance.weighted(FORM_WEIGHTS)
    profile.year_of_study = place.year
    profile.graduates_on = place.graduates_on


def _be_ready(profile: Profile, place: Place, chance: Chance) -> None:
    cities = {city: float(weight) for city, weight in content.read("people.toml")["cities"]}
    profile.city = chance.weighted(cities)
    profile.remote_ready = chance.often(0.45)
    profile.relocation_ready = chance.often(0.2)
    grown = place.is_last_year or place.degree in (Degree.MASTER, Degree.POSTGRADUATE)
    if grown:
        profile.hours_per_week = chance.choice([20, 30, 40, 40, 40, 40])
        likely = {Readiness.JOB: 0.95, Readiness.INTERNSHIP: 0.6, Readiness.PROJECT: 0.5}
        likely[Readiness.PRACTICE] = 0.3
    elif place.year >= 3:
        profile.hours_per_week = chance.choice([12, 16, 20, 20, 24, 30, 40])
        likely = {Readiness.INTERNSHIP: 0.9, Readiness.PRACTICE: 0.8, Readiness.PROJECT: 0.5}
        likely |= {Readiness.JOB: 0.5, Readiness.TARGETED: 0.25}
    else:
        profile.hours_per_week = chance.choice([8, 10, 12, 16, 20, 30])
        likely = {Readiness.PRACTICE: 0.9, Readiness.TARGETED: 0.5, Readiness.PROJECT: 0.4}
        likely |= {Readiness.INTERNSHIP: 0.4, Readiness.JOB: 0.2}
    profile.ready_for = [kind.value for kind in Readiness if chance.often(likely.get(kind, 0))]


def _write(
    profile: Profile,
    field: Field,
    texts: Texts,
    summaries: Sequence[str],
    chance: Chance,
    *,
    woman: bool,
) -> None:
    parts = [chance.choice(summaries), *chance.some(texts.traits, 0, 2)]
    if chance.often(0.6):
        course = chance.choice(texts.courses).partition("|")[0]
        parts.append(
            f"Favourite course: {course}."
            if texts is field.english
            else f"Любимый курс — «{course}»."
        )
    profile.summary = chance.fill(" ".join(parts), field.words, woman=woman)
    if texts.wishes and chance.often(0.7):
        wishes = " ".join(chance.some(texts.wishes, 1, 2))
        profile.wishes = chance.fill(wishes, field.words, woman=woman)
    if chance.often(0.6):
        profile.phone = f"+7 900 000-{chance.randint(0, 99):02}-{chance.randint(0, 99):02}"
    if chance.often(0.4):
        profile.messenger = f"@demo_{profile.student_number}".replace("-", "_")


def _slugs(field: Field, speciality: Speciality, year: int, chance: Chance) -> list[str]:
    """Slugs of skills: more with the years, those of the speciality first of all."""
    grown = 0.7 + 0.1 * year
    chances = dict.fromkeys(speciality.skills, SPECIALITY_CHANCE)
    for how_common, probability in SKILL_CHANCES.items():
        for slug in getattr(field, how_common):
            chances.setdefault(slug, probability)
    held = [slug for slug, often in chances.items() if chance.often(min(0.95, often * grown))]
    other = chance.choice([one for one in content.fields() if one is not field])
    return list(dict.fromkeys([*held, *chance.some(other.core, 0, 2)]))


def _hold_skills(
    profile: Profile, slugs: list[str], chance: Chance, skills: Mapping[str, Skill]
) -> None:
    """The university has confirmed some of them."""
    chance.shuffle(slugs)
    profile.skills = [
        ProfileSkill(skill=skills[slug], evidence=chance.weighted(EVIDENCE_WEIGHTS))
        for slug in slugs
    ]


def _speak(profile: Profile, chance: Chance, tongue: str, *, is_english: bool) -> None:
    levels = {tongue: LanguageLevel.NATIVE}
    if tongue != "ru":
        levels["ru"] = chance.choice([LanguageLevel.B2, LanguageLevel.C1])
    if is_english:
        levels["en"] = chance.choice([LanguageLevel.B2, LanguageLevel.C1])
    elif chance.often(0.85):
        levels["en"] = chance.weighted(ENGLISH_WEIGHTS)
    if chance.often(0.1):
        third = chance.choice(["de", "fr", "zh", "es"])
        levels.setdefault(third, chance.choice([LanguageLevel.A1, LanguageLevel.A2]))
    profile.languages = [
        ProfileLanguage(language=language, level=level) for language, level in levels.items()
    ]


def _perhaps_publish(profile: Profile, chance: Chance) -> None:
    if chance.often(FORGETS_SOMETHING):
        chance.choice([_forget_readiness, _forget_graduation, _forget_skills])(profile)
    if not missing_for_publication(profile) and chance.often(PUBLISHES):
        with as_of(chance.office_moment(chance.uniform(1, 19))):
            agree_and_publish(profile)


def _forget_readiness(profile: Profile) -> None:
    profile.ready_for = []


def _forget_graduation(profile: Profile) -> None:
    profile.graduates_on = None


def _forget_skills(profile: Profile) -> None:
    profile.skills = profile.skills[:2]
