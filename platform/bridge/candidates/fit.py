"""The student's side: how near the vacancies are, and what would bring one nearer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from bridge.blocks.queries import blocked_employers, hidden_profiles
from bridge.candidates.cards import Chip, chips_of
from bridge.candidates.reasons import Reason, bar_of, reasons_of
from bridge.extensions import db
from bridge.search import attributes
from bridge.search.index import current_index
from bridge.skills.courses import teaching
from bridge.skills.models import Course, Skill
from bridge.students.documents import document, with_implied
from bridge.students.evidence import evidence_weights
from bridge.students.masked import masked_profile
from bridge.students.models import Evidence, Profile
from bridge.vacancies import documents
from bridge.vacancies.models import SkillNeed, Vacancy
from bridge.vacancies.queries import open_vacancies
from bridge.web.i18n import language_name
from matching import AnyOf, AtLeast, AtMost, Condition, Document, Explanation, IdNotIn

# The newest ones that a student's list is made of, and the missing skills that are tried out:
# each costs a search.
VACANCIES_AT_MOST = 300
STEPS_AT_MOST = 5

_OBSTACLES: dict[str, object] = {
    attributes.READY_FOR: _l("this kind of work is not among what you are ready for"),
    attributes.DEGREE: _l("another level of education is asked for"),
    attributes.YEAR: _l("another year of study is asked for"),
    attributes.GRADUATES: _l("another time of graduation is asked for"),
    attributes.HOURS: _l("more hours a week are asked for"),
    attributes.CITY: _l("the work is in another city"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """One vacancy as it stands to one student. score is 0 to 100, bar and reasons sum to it;
    chips: missing musts first; lacking: the skills asked for that the student lacks, each with
    whether it is required, those first; obstacles: why the student is not among the candidates."""

    vacancy: Vacancy
    score: int
    bar: tuple[Reason, ...]
    reasons: tuple[Reason, ...]
    chips: tuple[Chip, ...]
    lacking: tuple[tuple[Skill, bool], ...]
    obstacles: tuple[str, ...]

    @property
    def missing_musts(self) -> int:
        return sum(is_required for _skill, is_required in self.lacking)

    @property
    def first_missing(self) -> Skill | None:
        """The skill that the student lacks and that counts most: a required one, if any."""
        return self.lacking[0][0] if self.lacking else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """A skill that the vacancy asks for and the student lacks. courses: those of the university
    that teach it. rank: the place, from 1, that it would lead to; None where it leads no further
    up or was not tried."""

    skill: Skill
    is_required: bool
    courses: tuple[Course, ...]
    rank: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A student among the candidates of a vacancy. rank: of the profile as it is now. missing:
    what would lead furthest up first, then what is required."""

    fit: Fit
    rank: int
    of: int
    missing: tuple[Missing, ...]


def fits(profile: Profile) -> list[Fit]:
    """The open vacancies: those that take the student first, then by score."""
    vacancies = db.session.scalars(open_vacancies().limit(VACANCIES_AT_MOST)).unique().all()
    own = document(profile, evidence_weights())
    asked = [documents.query(vacancy) for vacancy in vacancies]
    blocked = blocked_employers(profile)
    explained = current_index().appraise(own, asked)
    found = [
        _fit(vacancy, profile, own, explanation, blocked)
        for vacancy, explanation in zip(vacancies, explained, strict=True)
    ]
    return sorted(found, key=lambda fit: (bool(fit.obstacles), -fit.score))


def standing(vacancy: Vacancy, profile: Profile) -> Standing:
    """The student's place, and the places that the missing skills would lead to, one at a time.
    Only numbers of places: nothing of any other student."""
    weights = evidence_weights()
    own, index = document(profile, weights), current_index()
    others = hidden_profiles(vacancy.employer_id) | {profile.id}
    query = documents.query(vacancy)
    conditions = [*documents.eligibility(vacancy), IdNotIn(others)]
    now, explanation = index.preview(query, own, conditions)
    fit = _fit(vacancy, profile, own, explanation, blocked_employers(profile))
    ranks = {}
    for skill, _is_required in fit.lacking[:STEPS_AT_MOST]:
        moved, _why = index.preview(query, _with(own, skill, weights[Evidence.STATED]), conditions)
        if moved.rank < now.rank:
            ranks[skill.id] = moved.rank
    return Standing(
        fit=fit,
        rank=now.rank,
        of=index.count(conditions) + 1,
        missing=_missing(fit.lacking, ranks),
    )


def _lacking(vacancy: Vacancy, explanation: Explanation) -> tuple[tuple[Skill, bool], ...]:
    slugs = {*explanation.missing_must, *explanation.missing_nice}
    return tuple(
        (skill, need is SkillNeed.MUST)
        for need in (SkillNeed.MUST, SkillNeed.NICE)
        for skill in vacancy.skills_of(need)
        if skill.slug in slugs
    )


def _missing(
    lacking: Sequence[tuple[Skill, bool]], ranks: Mapping[int, int]
) -> tuple[Missing, ...]:
    courses = teaching([skill.id for skill, _is_required in lacking])
    found = [
        Missing(
            skill=skill,
            is_required=is_required,
            courses=tuple(courses.get(skill.id, ())),
            rank=ranks.get(skill.id),
        )
        for skill, is_required in lacking
    ]
    return tuple(sorted(found, key=lambda one: (one.rank is None, one.rank or 0)))


def _with(own: Document, skill: Skill, weight: float) -> Document:
    """The document as it would be with one more skill, stated."""
    names = "\n".join(dict.fromkeys((skill.name_ru, skill.name_en)))
    listed = "\n".join(filter(None, (own.fields.get("skills"), names)))
    return replace(
        own,
        skills=with_implied({**own.skills, skill.slug: weight}),
        fields={**own.fields, "skills": listed},
    )


def _fit(
    vacancy: Vacancy,
    profile: Profile,
    own: Document,
    explanation: Explanation,
    blocked: frozenset[int],
) -> Fit:
    asked = {skill.slug: skill for need in SkillNeed for skill in vacancy.skills_of(need)}
    masked = masked_profile(profile, brief=True)
    chips = chips_of(vacancy, masked)
    return Fit(
        vacancy=vacancy,
        score=round(100 * explanation.score),
        bar=bar_of(explanation),
        reasons=reasons_of(explanation, asked, masked),
        chips=tuple(sorted(chips, key=lambda chip: (chip.held, chip.kind))),
        lacking=_lacking(vacancy, explanation),
        obstacles=obstacles(vacancy, own, is_blocked=vacancy.employer_id in blocked),
    )


def obstacles(vacancy: Vacancy, own: Document, *, is_blocked: bool) -> tuple[str, ...]:
    """The conditions that the student does not meet, each in words, each once."""
    unmet = [
        condition
        for condition in documents.eligibility(vacancy)
        if not _meets(condition, own.attributes)
    ]
    block = [str(_("you have blocked this enterprise"))] if is_blocked else []
    return tuple(dict.fromkeys([*block, *(_words(condition) for condition in unmet)]))


def _words(condition: Condition) -> str:
    name = getattr(condition, "attribute", "")
    prefix = attributes.language("")
    if name.startswith(prefix):
        language = language_name(name.removeprefix(prefix))
        return str(_("a language is asked for at a higher level: %(name)s", name=language))
    return str(_OBSTACLES[name])


def _meets(condition: Condition, own: Any) -> bool:
    """As the index would decide, for the conditions that a vacancy can make."""
    match condition:
        case AtLeast(name, value):
            return name in own and own[name] >= value
        case AtMost(name, value):
            return name in own and own[name] <= value
        case AnyOf(name, values):
            return bool(own.get(name, frozenset()) & values)
    raise TypeError(f"not a condition of a vacancy: {condition!r}")
