"""Figures for the university, and for an employer about itself. Counts only: nobody is named."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import median
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute

from bridge.candidates.models import Candidate
from bridge.cases.models import Case, CaseKind, CaseState
from bridge.contacts.models import ContactRequest, RequestState
from bridge.extensions import db
from bridge.hiring.models import Hiring, Stage
from bridge.skills.models import Skill, SkillState
from bridge.students.models import Evidence, Profile, ProfileSkill
from bridge.students.queries import indexable
from bridge.vacancies.models import SkillNeed, Vacancy, VacancySkill
from bridge.vacancies.queries import open_vacancies

DECIDED = (CaseState.APPROVED, CaseState.RETURNED, CaseState.REJECTED)
AGREED = (RequestState.ACCEPTED, RequestState.CLOSED)
# Who has come so far has come through the stages before, whatever followed.
FROM_INTERVIEW = (Stage.INTERVIEW, Stage.OFFER, Stage.HIRED)
FROM_OFFER = (Stage.OFFER, Stage.HIRED)
# Who was invited after an application was not asked, and answered nothing.
ASKED = ContactRequest.is_from_application.is_(False)


@dataclass(frozen=True, slots=True)
class Funnel:
    """How many candidates came how far; a candidate is one student for one vacancy.

    requested, approved, agreed: of those whom the employer asked; in_contact: with those who were
    invited after an application of their own, like all that follows.
    """

    shown: int
    opened: int
    requested: int
    approved: int
    agreed: int
    in_contact: int
    interviewed: int
    offered: int
    hired: int


def funnel(since: datetime | None, employer_id: int | None = None) -> Funnel:
    """The way of the candidates that were first shown since then, in one select."""
    came_to = sa.case((Hiring.state == Stage.DECLINED, Hiring.came_from), else_=Hiring.state)
    steps = (
        Candidate.id.is_not(None),
        Candidate.opened_at.is_not(None) | ContactRequest.id.is_not(None),
        ASKED,
        ASKED & ContactRequest.delivered_at.is_not(None),
        ASKED & ContactRequest.accepted_at.is_not(None),
        ContactRequest.accepted_at.is_not(None),
        came_to.in_(FROM_INTERVIEW),
        came_to.in_(FROM_OFFER),
        came_to == Stage.HIRED,
    )
    select = (
        sa.select(*(sa.func.count(sa.distinct(sa.case((step, Candidate.id)))) for step in steps))
        .select_from(Candidate)
        .outerjoin(ContactRequest, ContactRequest.candidate_id == Candidate.id)
        .outerjoin(Hiring, Hiring.request_id == ContactRequest.id)
    )
    if since is not None:
        select = select.where(Candidate.created_at >= since)
    if employer_id is not None:
        select = select.join(Vacancy, Vacancy.id == Candidate.vacancy_id).where(
            Vacancy.employer_id == employer_id
        )
    return Funnel(*map(int, db.session.execute(select).one()))


@dataclass(frozen=True, slots=True)
class Week:
    """What happened in the week that begins on `monday`; `requests` and `agreed` without those who
    were invited after an application."""

    monday: date
    vacancies: int
    requests: int
    agreed: int


def weeks(now: datetime, count: int, zone: ZoneInfo, employer_id: int | None = None) -> list[Week]:
    """The last `count` calendar weeks where the university is, the present one last."""
    today = now.astimezone(zone).date()
    monday = today - timedelta(days=today.weekday())
    mondays = [monday - timedelta(weeks=back) for back in reversed(range(count))]
    start = datetime.combine(mondays[0], datetime.min.time(), zone)

    def per_week(
        moment: InstrumentedAttribute[datetime | None], *conditions: sa.ColumnElement[bool]
    ) -> Counter[date]:
        select = sa.select(moment).where(moment >= start, moment <= now, *conditions)
        if employer_id is not None:
            select = select.where(moment.class_.employer_id == employer_id)
        days = (found.astimezone(zone).date() for found in db.session.scalars(select) if found)
        return Counter(day - timedelta(days=day.weekday()) for day in days)

    vacancies = per_week(Vacancy.published_at)
    requests = per_week(ContactRequest.created_at, ASKED)
    agreed = per_week(ContactRequest.accepted_at, ASKED)
    return [Week(day, vacancies[day], requests[day], agreed[day]) for day in mondays]


@dataclass(frozen=True, slots=True)
class Decisions:
    """How long cases of a kind waited for their verdict; `median_hours` counts nights too."""

    kind: CaseKind
    count: int
    median_hours: float
    on_time: float


def decisions(since: datetime | None) -> list[Decisions]:
    """By kind, those kinds only of which people decided any: what the platform approved by itself
    took nobody any time."""
    select = sa.select(Case.kind, Case.opened_at, Case.decided_at, Case.due_at).where(
        Case.state.in_(DECIDED), Case.decided_at.is_not(None), Case.automatic.is_(False)
    )
    if since is not None:
        select = select.where(Case.decided_at >= since)
    by_kind: dict[CaseKind, list[tuple[float, bool]]] = {}
    for kind, opened, decided, due in db.session.execute(select):
        assert decided is not None
        hours = (decided - opened).total_seconds() / 3600
        by_kind.setdefault(kind, []).append((hours, decided <= due))
    return [
        Decisions(
            kind,
            len(found),
            median(hours for hours, _punctual in found),
            sum(punctual for _hours, punctual in found) / len(found),
        )
        for kind, found in sorted(by_kind.items(), key=lambda item: list(CaseKind).index(item[0]))
    ]


@dataclass(frozen=True, slots=True)
class Answers:
    """What students said to the requests that the university passed on to them.

    median_hours: from the passing on to the answer; None where nobody has answered.
    """

    asked: int
    agreed: int
    declined: int
    waiting: int
    median_hours: float | None

    @property
    def unanswered(self) -> int:
        """Ended before the student answered: withdrawn, closed or run out."""
        return self.asked - self.agreed - self.declined - self.waiting


def answers(since: datetime | None, employer_id: int | None = None) -> Answers:
    columns = (
        ContactRequest.state,
        ContactRequest.delivered_at,
        ContactRequest.accepted_at,
        ContactRequest.changed_at,
    )
    select = sa.select(*columns).where(ContactRequest.delivered_at.is_not(None), ASKED)
    if since is not None:
        select = select.where(ContactRequest.delivered_at >= since)
    if employer_id is not None:
        select = select.where(ContactRequest.employer_id == employer_id)
    states: Counter[RequestState] = Counter()
    hours = []
    for state, approved, accepted, changed in db.session.execute(select):
        states[state] += 1
        answered = accepted if state in AGREED else changed
        if state in (*AGREED, RequestState.DECLINED) and answered and approved:
            hours.append((answered - approved).total_seconds() / 3600)
    return Answers(
        asked=states.total(),
        agreed=sum(states[state] for state in AGREED),
        declined=states[RequestState.DECLINED],
        waiting=states[RequestState.APPROVED],
        median_hours=median(hours) if hours else None,
    )


@dataclass(frozen=True, slots=True)
class Demand:
    """A skill: how many open vacancies ask for it and how many students of the group hold it.
    confirmed: those of them whose skill is more than their own word."""

    skill: Skill
    wanted: int
    wanted_as_must: int
    held: int
    confirmed: int


@dataclass(frozen=True, slots=True)
class Market:
    """The most wanted skills beside those held. vacancies, students: how many there are in all."""

    vacancies: int
    students: int
    skills: list[Demand]

    def wanted_share(self, one: Demand) -> float:
        """Of the open vacancies, in [0, 1]."""
        return one.wanted / self.vacancies

    def held_share(self, one: Demand) -> float:
        """Of the students, in [0, 1]; 0 where there is none."""
        return one.held / self.students if self.students else 0.0


def market(*, direction_id: int | None, year: int | None, limit: int) -> Market:
    """What the open vacancies want against what the published profiles of a group hold."""
    openings = open_vacancies().with_only_columns(Vacancy.id).order_by(None).subquery()
    group = indexable(parts=()).with_only_columns(Profile.id).order_by(None)
    if direction_id is not None:
        group = group.where(Profile.direction_id == direction_id)
    if year is not None:
        group = group.where(Profile.year_of_study == year)
    students = group.subquery()
    asked = sa.func.count(VacancySkill.id).label("asked")
    as_must = sa.func.sum(sa.case((VacancySkill.need == SkillNeed.MUST, 1), else_=0))
    wanted = db.session.execute(
        sa.select(Skill, asked, as_must)
        .join(VacancySkill, VacancySkill.skill_id == Skill.id)
        .join(openings, openings.c.id == VacancySkill.vacancy_id)
        .where(Skill.state == SkillState.APPROVED)
        .group_by(Skill.id)
        .order_by(asked.desc(), Skill.slug)
        .limit(limit)
    ).all()
    held = _held([skill.id for skill, _asked, _must in wanted], students)
    return Market(
        vacancies=_size(openings),
        students=_size(students),
        skills=[
            Demand(skill, number, must, *held.get(skill.id, (0, 0)))
            for skill, number, must in wanted
        ],
    )


def _held(skill_ids: Sequence[int], students: sa.Subquery) -> dict[int, tuple[int, int]]:
    confirmed = sa.case((ProfileSkill.evidence != Evidence.STATED, 1), else_=0)
    rows = db.session.execute(
        sa.select(ProfileSkill.skill_id, sa.func.count(ProfileSkill.id), sa.func.sum(confirmed))
        .join(students, students.c.id == ProfileSkill.profile_id)
        .where(ProfileSkill.skill_id.in_(skill_ids))
        .group_by(ProfileSkill.skill_id)
    )
    return {skill_id: (count, sure) for skill_id, count, sure in rows}


def _size(rows: sa.Subquery) -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(rows)) or 0
