"""How many students a vacancy would find as it is being written, and what costs it most of them.

Counts of the index only: no student is named or shown, and nothing is written.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from flask_babel import lazy_gettext as _l

from bridge.blocks.queries import hidden_profiles
from bridge.search import attributes
from bridge.search.index import current_index
from bridge.skills.vocabulary import vocabulary
from bridge.vacancies.content import COLUMNS, VacancyContent
from bridge.vacancies.documents import eligibility
from bridge.vacancies.models import Vacancy, VacancyLanguage
from bridge.web.i18n import language_name, locale_code
from matching import Condition, HasSkills, IdNotIn
from matching.remote import SearchUnavailableError

CONDITIONS: Mapping[str, object] = {
    attributes.READY_FOR: _l("Kind"),
    attributes.DEGREE: _l("Degree"),
    attributes.YEAR: _l("Year of study"),
    attributes.GRADUATES: _l("Graduation"),
    attributes.HOURS: _l("Hours a week"),
    attributes.CITY: _l("City"),
}


@dataclass(frozen=True, slots=True)
class Cost:
    """How many more there would be without one requirement."""

    label: str
    students: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """Students whom employers may find now.

    eligible: how many meet the conditions, of `all` of them; holders: how many of the eligible
    hold every required skill, None where none is named. conditions, skills: what keeps somebody
    out, the costliest first. unknown: names that the vocabulary lacks, which do not count yet.
    """

    all: int
    eligible: int
    holders: int | None
    conditions: tuple[Cost, ...]
    skills: tuple[Cost, ...]
    unknown: tuple[str, ...]


def reach(content: VacancyContent, employer_id: int) -> Reach | None:
    """None where the search does not answer: writing a vacancy does not wait for it."""
    try:
        return _reach(content, employer_id)
    except SearchUnavailableError:
        return None


def _reach(content: VacancyContent, employer_id: int) -> Reach:
    index = current_index()
    seen = [IdNotIn(hidden_profiles(employer_id))]
    asked = _by_attribute(eligibility(_unsaved(content)))
    conditions = [*seen, *_together(asked.values())]
    eligible = index.count(conditions)
    known, unknown = _skills(content.must)
    musts = frozenset(known)
    holders = index.count([*conditions, HasSkills(musts)]) if musts else None
    return Reach(
        all=index.count(seen),
        eligible=eligible,
        holders=holders,
        conditions=_costs(
            (_label(name), index.count([*seen, *_together(_without(asked, name))]) - eligible)
            for name in asked
        ),
        skills=_costs(
            (known[slug], index.count([*conditions, HasSkills(musts - {slug})]) - (holders or 0))
            for slug in (musts if len(musts) > 1 else ())
        ),
        unknown=unknown,
    )


def _unsaved(content: VacancyContent) -> Vacancy:
    """The row that the content would make, as far as eligibility reads it; of no session."""
    languages = [
        VacancyLanguage(language=code, level=level) for code, level in content.languages.items()
    ]
    values = {name: getattr(content, name) for name in COLUMNS}
    return Vacancy(**values, degrees=list(content.degrees), languages=languages)


def _by_attribute(conditions: Iterable[Condition]) -> dict[str, list[Condition]]:
    """A range is two conditions on one attribute: one requirement to whoever writes it."""
    found: dict[str, list[Condition]] = {}
    for condition in conditions:
        found.setdefault(getattr(condition, "attribute", ""), []).append(condition)
    return found


def _together(groups: Iterable[Sequence[Condition]]) -> list[Condition]:
    return [condition for group in groups for condition in group]


def _without(asked: Mapping[str, list[Condition]], name: str) -> list[list[Condition]]:
    return [group for other, group in asked.items() if other != name]


def _label(attribute: str) -> object:
    prefix = attributes.language("")
    if attribute.startswith(prefix):
        return language_name(attribute.removeprefix(prefix))
    return CONDITIONS[attribute]


def _costs(pairs: Iterable[tuple[object, int]]) -> tuple[Cost, ...]:
    costs = (Cost(str(label), students) for label, students in pairs if students)
    return tuple(sorted(costs, key=lambda cost: (-cost.students, cost.label)))


def _skills(names: Iterable[str]) -> tuple[dict[str, str], tuple[str, ...]]:
    """Slug -> name of those that the vocabulary has, and the names of the others."""
    words, is_russian = vocabulary(), locale_code() == "ru"
    known: dict[str, str] = {}
    unknown: list[str] = []
    for name in names:
        concept = words.find(name)
        if concept is None:
            unknown.append(name)
        else:
            known[concept.slug] = concept.ru if is_russian else concept.en
    return known, tuple(unknown)
