"""What an employer writes in a vacancy, and how it gets into the rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from flask_babel import gettext as _
from sqlalchemy.orm.attributes import flag_modified

from bridge.accounts.models import User
from bridge.errors import DomainError
from bridge.extensions import db
from bridge.skills import service as skills
from bridge.skills.models import Skill
from bridge.skills.service import SkillNameError
from bridge.students.models import LanguageLevel
from bridge.vacancies.models import (
    SkillNeed,
    Vacancy,
    VacancyKind,
    VacancyLanguage,
    VacancySkill,
    WorkPlace,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class VacancyContent:
    """What an employer writes; the lengths are those of the columns.

    must, nice: names of skills as typed; a name the vocabulary lacks is proposed to it.
    languages: ISO 639-1 code -> the least level.
    """

    kind: VacancyKind
    title: str
    text: str = ""
    must: tuple[str, ...] = ()
    nice: tuple[str, ...] = ()
    work_place: WorkPlace = WorkPlace.ON_SITE
    city: str = ""
    city_required: bool = False
    hours_per_week: int | None = None
    pay_from: int | None = None
    pay_to: int | None = None
    deadline: date | None = None
    degrees: tuple[str, ...] = ()
    year_from: int | None = None
    year_to: int | None = None
    graduates_from: date | None = None
    graduates_to: date | None = None
    languages: Mapping[str, LanguageLevel]


# May change while published without another approval.
FREE = frozenset({"pay_from", "pay_to", "deadline"})
# What a column of the row holds as it stands.
COLUMNS = tuple(
    field.name
    for field in fields(VacancyContent)
    if field.name not in {"must", "nice", "languages", "degrees"}
)


class SkillsError(DomainError):
    """The names in one of the two lists will not do; `field` is `must` or `nice`."""

    def __init__(self, field: str, message: object) -> None:
        super().__init__(message)
        self.field = field


def write_content(
    vacancy: Vacancy, content: VacancyContent, *, actor: User | None
) -> frozenset[str]:
    """Set what differs and name it; the row's version rises even where only lists differ.

    Raises SkillsError; StaleDataError where the row has moved on.
    """
    needs = _needs(content, actor)
    # One flush at the end: the version rises once.
    with db.session.no_autoflush:
        changed = _write_columns(vacancy, content)
        if _write_skills(vacancy, needs):
            changed.add("skills")
        if _write_languages(vacancy, content.languages):
            changed.add("languages")
    if changed:
        # Rows that hang on the vacancy do not raise its version by themselves.
        flag_modified(vacancy, "title")
    db.session.flush()
    return frozenset(changed)


def _write_columns(vacancy: Vacancy, content: VacancyContent) -> set[str]:
    values: dict[str, Any] = {name: getattr(content, name) for name in COLUMNS}
    values["degrees"] = list(content.degrees)
    if content.work_place is WorkPlace.REMOTE:
        values |= {"city": "", "city_required": False}
    changed = {name for name, value in values.items() if getattr(vacancy, name) != value}
    for name in changed:
        setattr(vacancy, name, values[name])
    return changed


def _needs(content: VacancyContent, actor: User | None) -> dict[Skill, SkillNeed]:
    must = _find_skills("must", content.must, actor)
    nice = _find_skills("nice", content.nice, actor)
    both = sorted(nice[skill] for skill in must.keys() & nice.keys())
    if both:
        # Perhaps under two names of one skill, which no form could have seen.
        message = _("Named as required and as desirable at once: %(names)s.", names=", ".join(both))
        raise SkillsError("nice", message)
    return dict.fromkeys(must, SkillNeed.MUST) | dict.fromkeys(nice, SkillNeed.NICE)


def _find_skills(field: str, names: Iterable[str], actor: User | None) -> dict[Skill, str]:
    try:
        return {skills.find_or_propose(name, actor=actor): name for name in names}
    except SkillNameError as error:
        raise SkillsError(field, error.message) from error


def _write_skills(vacancy: Vacancy, needs: dict[Skill, SkillNeed]) -> bool:
    present = {asked.skill: asked for asked in vacancy.skills}
    if {skill: asked.need for skill, asked in present.items()} == needs:
        return False
    for skill in present.keys() - needs.keys():
        vacancy.skills.remove(present[skill])
    for skill, need in needs.items():
        if skill in present:
            present[skill].need = need
        else:
            vacancy.skills.append(VacancySkill(skill=skill, need=need))
    return True


def _write_languages(vacancy: Vacancy, levels: Mapping[str, LanguageLevel]) -> bool:
    present = {asked.language: asked for asked in vacancy.languages}
    if {code: asked.level for code, asked in present.items()} == dict(levels):
        return False
    for code in present.keys() - levels.keys():
        vacancy.languages.remove(present[code])
    for code, level in levels.items():
        if code in present:
            present[code].level = level
        else:
            vacancy.languages.append(VacancyLanguage(language=code, level=level))
    return True
