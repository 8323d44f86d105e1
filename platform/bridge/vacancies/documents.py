"""A vacancy as the matcher reads it: what is asked, and who is eligible at all."""

from __future__ import annotations

from bridge.search import attributes
from bridge.skills.models import SkillState
from bridge.vacancies.models import SkillNeed, Vacancy, WorkPlace
from matching import AnyOf, AtLeast, AtMost, Condition, Query


def query(vacancy: Vacancy) -> Query:
    """The question to the index. Skills that the university has not approved yet do not count:
    no student could be known to hold them."""
    return Query(
        text=f"{vacancy.title}\n{vacancy.text}",
        must=_slugs(vacancy, SkillNeed.MUST),
        nice=_slugs(vacancy, SkillNeed.NICE),
    )


def eligibility(vacancy: Vacancy) -> list[Condition]:
    """The hard filters: a student who fails one is not a candidate, whatever the score."""
    conditions: list[Condition] = [
        AnyOf(attributes.READY_FOR, frozenset({vacancy.kind.value})),
    ]
    if vacancy.degrees:
        conditions.append(AnyOf(attributes.DEGREE, frozenset(vacancy.degrees)))
    conditions += _range(attributes.YEAR, vacancy.year_from, vacancy.year_to)
    conditions += _range(
        attributes.GRADUATES,
        None if vacancy.graduates_from is None else vacancy.graduates_from.toordinal(),
        None if vacancy.graduates_to is None else vacancy.graduates_to.toordinal(),
    )
    if vacancy.hours_per_week is not None:
        conditions.append(AtLeast(attributes.HOURS, vacancy.hours_per_week))
    if vacancy.city_required and vacancy.city and vacancy.work_place is not WorkPlace.REMOTE:
        cities = frozenset({attributes.city_key(vacancy.city), attributes.ANYWHERE})
        conditions.append(AnyOf(attributes.CITY, cities))
    conditions += [
        AtLeast(attributes.language(asked.language), asked.level.rank)
        for asked in vacancy.languages
    ]
    return conditions


def _slugs(vacancy: Vacancy, need: SkillNeed) -> frozenset[str]:
    return frozenset(
        skill.slug for skill in vacancy.skills_of(need) if skill.state is SkillState.APPROVED
    )


def _range(attribute: str, lowest: int | None, highest: int | None) -> list[Condition]:
    conditions: list[Condition] = []
    if lowest is not None:
        conditions.append(AtLeast(attribute, lowest))
    if highest is not None:
        conditions.append(AtMost(attribute, highest))
    return conditions
