"""The demo university as a whole: who comes after whom, in two transactions.

The first makes people, enterprises and vacancies; the second lets them meet, which needs the
index of what the first committed. If the second is interrupted, the next call makes it up.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from bridge.accounts.models import Role, User
from bridge.candidates.models import Candidate
from bridge.cases.models import CaseKind
from bridge.contacts.models import ContactRequest, RequestState
from bridge.database import Model, as_of, utc_now
from bridge.demo import content
from bridge.demo.agreeing import agree_and_publish, publish_documents
from bridge.demo.applying import Applicants
from bridge.demo.chance import SEED, Chance
from bridge.demo.hiring import WAYS, Stages
from bridge.demo.meetings import OWN_STORIES, STORIES, Meetings
from bridge.demo.partners import add_employer, add_vacancy, suspend_where_told, waiting_case
from bridge.demo.people import add_staff
from bridge.demo.profiles import Shelf, add_directions, add_student, places
from bridge.demo.queue import fill_queue
from bridge.demo.teaching import add_courses, add_tables
from bridge.employers.models import Employer
from bridge.extensions import db
from bridge.mail.models import MailState, OutboxMail
from bridge.moderation.service import SkillNames, Verdict, decide
from bridge.notices.models import Notice
from bridge.skills.models import Skill
from bridge.skills.service import find_or_propose
from bridge.students.models import Degree, Evidence, Profile, ProfileSkill
from bridge.vacancies.models import Vacancy, VacancyState

Step = Callable[[int], object]
# The candidates of each vacancy, the best first.
Shown = Mapping[Vacancy, Sequence[Candidate]]
# Enterprises ask to meet somebody of the first so many.
CHOSEN_AMONG = 12
# So many of them ask for one student.
BUSY = 2
OWN_STUDENT = "student@demo.test"
# What the student whom everybody may sign in as can do: much of what Meridian asks for.
OWN_SKILLS = {
    "strength-of-materials": Evidence.ASSESSED,
    "finite-element-method": Evidence.COURSE,
    "kompas-3d": Evidence.COURSE,
    "thin-walled-structures": Evidence.MENTOR,
    "rocket-engineering": Evidence.COURSE,
    "theoretical-mechanics": Evidence.COURSE,
    "launch-vehicle-design": Evidence.COURSE,
    "eskd": Evidence.MENTOR,
    "ansys": Evidence.STATED,
    "propellant-tanks": Evidence.STATED,
    "siemens-nx": Evidence.STATED,
    "small-satellites": Evidence.MENTOR,
    "python": Evidence.STATED,
}


def is_built() -> bool:
    return _exists(User.is_demo) and _exists(ContactRequest.id.is_not(None))


def total_steps() -> int:
    students = sum(field.students for field in content.fields())
    return students + len(_employer_entries()) + 2 * len(content.vacancies())


def build(step: Step) -> Mapping[str, int]:
    """Make what is missing; `step` is called with the number of things done. Returns counts."""
    chance = Chance(SEED)
    if not _exists(User.is_demo):
        _populate(chance, step)
        db.session.commit()
    _meet(chance, step)
    _settle_mail()
    _settle_notices()
    db.session.commit()
    counted: dict[str, type[Model]] = {
        "students": Profile,
        "employers": Employer,
        "vacancies": Vacancy,
        "contact requests": ContactRequest,
    }
    return {what: _count(model) for what, model in counted.items()}


def _populate(chance: Chance, step: Step) -> None:
    staff = add_staff(chance)
    publish_documents(staff[0])
    skills = {skill.slug: skill for skill in db.session.scalars(sa.select(Skill))}
    if not skills:
        raise RuntimeError("the vocabulary is missing: run sync-vocabulary")
    add_courses(skills, staff[0])
    _add_students(chance, Shelf(add_directions(), skills), step)
    add_tables(_count(Profile), staff[0])
    by_key = {}
    for number, entry in enumerate(_employer_entries(), start=1):
        by_key[entry["key"]] = add_employer(chance, entry, number, staff[0])
        step(1)
    names = {slug: skill.name_ru for slug, skill in skills.items()}
    for entry in content.vacancies():
        add_vacancy(chance, entry, by_key[entry["employer"]], names, staff[0])
        step(1)
    suspend_where_told(staff[0], by_key, chance)


def _add_students(chance: Chance, shelf: Shelf, step: Step) -> None:
    plan = [(field, code) for field in content.fields() for code in places(field)]
    chance.shuffle(plan)
    made = []
    for number, (field, code) in enumerate(plan, start=1):
        made.append(add_student(chance, field, code, number, shelf))
        step(1)
    _settle_own_student(made, shelf)


def _settle_own_student(profiles: Iterable[Profile], shelf: Shelf) -> None:
    """Of the students of rockets in their fifth year, one becomes everybody's."""
    profile = next(
        profile
        for profile in profiles
        if profile.degree is Degree.SPECIALIST
        and profile.year_of_study == 5
        and profile.direction is shelf.directions["24.05.01"][0]
        and profile.graduates_on
        and profile.wishes
    )
    profile.user.email, profile.user.name = OWN_STUDENT, "Мария Соболева"
    profile.skills = []
    db.session.flush()
    profile.skills = [
        ProfileSkill(skill=shelf.skills[slug], evidence=evidence)
        for slug, evidence in OWN_SKILLS.items()
    ]
    (rockets,) = (field for field in content.fields() if field.name == "rocket")
    profile.summary = rockets.specialities[0].summaries[0]
    profile.city, profile.hours_per_week = "Королёв", 24
    profile.ready_for = ["job", "internship", "project", "practice"]
    profile.phone, profile.messenger = "+7 900 000-05-05", "@demo_soboleva"
    db.session.flush()
    with as_of(Chance(SEED).office_moment(18)):
        agree_and_publish(profile)


def _meet(chance: Chance, step: Step) -> None:
    roles = sa.select(User).where(User.role == Role.STAFF, User.is_demo).order_by(User.id)
    meetings = Meetings(chance, list(db.session.scalars(roles)))
    own = db.session.scalars(
        sa.select(Profile).join(Profile.user).where(User.email == OWN_STUDENT)
    ).one()
    shown = {}
    for vacancy in _open_vacancies():
        shown[vacancy] = meetings.look_at(vacancy, also=own)
        step(1)
    _own_requests(meetings, shown, own)
    _other_requests(meetings, shown, own)
    meetings.close_vacancies(_with_entries(shown))
    meetings.withdraw_some()
    Stages().happen()
    Applicants(chance, _still_open(shown)).happen(own)
    _grow_old(chance, own)
    _propose_skills(chance, meetings.staff[0])
    fill_queue(meetings.staff)
    step(len(content.vacancies()) - len(shown))


def _still_open(shown: Shown) -> Shown:
    return {vacancy: candidates for vacancy, candidates in shown.items() if vacancy.is_open}


def _grow_old(chance: Chance, own: Profile, number: int = 4) -> None:
    """Some students have not looked at their profiles for long: the platform asks them."""
    published = sa.select(Profile).where(Profile.published_at.is_not(None), Profile.id != own.id)
    profiles = list(db.session.scalars(published.order_by(Profile.id).limit(60)))
    for profile in chance.some(profiles, number, number):
        profile.confirmed_at = chance.office_moment(185)
        profile.freshness_asked_at = chance.office_moment(chance.uniform(1, 5))


def _own_requests(meetings: Meetings, shown: Shown, own: Profile) -> None:
    """From the enterprises for which everybody's student fits best, one request each."""
    best: dict[int, tuple[int, Candidate]] = {}
    for vacancy, candidates in shown.items():
        place = next((n for n, one in enumerate(candidates) if one.profile_id == own.id), None)
        if place is None or _is_to_close(vacancy):
            continue
        known = best.get(vacancy.employer_id)
        if known is None or place < known[0]:
            best[vacancy.employer_id] = (place, candidates[place])
    fitting = sorted(best.values(), key=lambda item: (item[0], item[1].id))
    told = list(zip(fitting, OWN_STORIES, strict=False))
    # As time goes: so many in a week reach one student.
    for (_place, candidate), (state, days_ago) in sorted(told, key=lambda story: -story[1][1]):
        meetings.tell(candidate, state, days_ago)


def _other_requests(meetings: Meetings, shown: Shown, own: Profile) -> None:
    """Spread over the vacancies; the first enterprise, whose HR everybody may be, has most: one in
    every state, and a vacancy with people at every stage."""
    states = [state for state, number in STORIES.items() for _ in range(number - 1)]
    meetings.chance.shuffle(states)
    # Taken from the end.
    states += STORIES
    states += [RequestState.ACCEPTED] * len(WAYS)
    busy: Counter[int] = Counter()
    first_employer = min(vacancy.employer_id for vacancy in shown)
    order = [vacancy for vacancy in shown if vacancy.employer_id == first_employer] * 2
    # The latest, which stands first in their list.
    filled = next(vacancy for vacancy in reversed(order) if not _is_to_close(vacancy))
    rest = [vacancy for vacancy in shown if vacancy.employer_id != first_employer]
    meetings.chance.shuffle(rest)
    asked: set[int] = set()
    for vacancy in [*[filled] * len(WAYS), *order, *rest]:
        if not states:
            return
        state = RequestState.APPROVED if _is_to_close(vacancy) else states[-1]
        # Who takes the profile back has no other requests, which would end too.
        most = 1 if state is RequestState.ENDED else BUSY
        free = [
            candidate
            for candidate in shown[vacancy][:CHOSEN_AMONG]
            if candidate.profile_id != own.id
            and candidate.id not in asked
            and busy[candidate.profile_id] < most
        ]
        if free:
            candidate = free[0]
            asked.add(candidate.id)
            busy[candidate.profile_id] += BUSY + 1 - most
            meetings.tell(candidate, state)
            if not _is_to_close(vacancy):
                states.pop()


def _propose_skills(chance: Chance, staff: User) -> None:
    """Students name skills that the vocabulary lacks."""
    published = sa.select(Profile).where(Profile.published_at.is_not(None)).order_by(Profile.id)
    profiles = chance.sample(list(db.session.scalars(published.limit(60))), 5)
    for profile, entry in zip(profiles, content.read("contacts.toml")["proposals"], strict=True):
        moment = chance.office_moment(entry["days_ago"])
        with as_of(moment):
            skill = find_or_propose(entry["name"], actor=profile.user)
            profile.skills.append(ProfileSkill(skill=skill))
        if "verdict" in entry:
            _decide_skill(skill, entry, chance.office_moment(entry["days_ago"] - 2, moment), staff)


def _decide_skill(skill: Skill, entry: Mapping[str, Any], moment: datetime, staff: User) -> None:
    names = SkillNames(entry["name"], entry["english"]) if "english" in entry else None
    with as_of(moment):
        decide(
            waiting_case(CaseKind.SKILL, skill.id),
            Verdict(entry["verdict"]),
            actor=staff,
            reason_code=entry.get("reason", ""),
            note=entry.get("note", ""),
            names=names,
        )


def _settle_notices() -> None:
    """People have read what is older than a few days."""
    old = sa.update(Notice).where(
        Notice.read_at.is_(None), Notice.created_at < utc_now() - timedelta(days=4)
    )
    db.session.execute(old.values(read_at=utc_now()))


def _settle_mail() -> None:
    """The past's letters are taken for sent: they are read in the demo mailbox."""
    db.session.flush()
    unsent = sa.update(OutboxMail).where(OutboxMail.state == MailState.WAITING)
    db.session.execute(unsent.values(state=MailState.SENT, sent_at=OutboxMail.created_at))


def _open_vacancies() -> list[Vacancy]:
    select = sa.select(Vacancy).where(Vacancy.state == VacancyState.PUBLISHED).order_by(Vacancy.id)
    return [vacancy for vacancy in db.session.scalars(select) if vacancy.is_open]


def _with_entries(vacancies: Iterable[Vacancy]) -> list[tuple[Vacancy, dict[str, Any]]]:
    entries = {entry["title"]: entry for entry in content.vacancies()}
    return [(vacancy, entries[vacancy.title]) for vacancy in vacancies]


def _is_to_close(vacancy: Vacancy) -> bool:
    return any(entry.get("state") == VacancyState.CLOSED for _, entry in _with_entries([vacancy]))


def _employer_entries() -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = content.read("employers.toml")["employers"]
    return entries


def _exists(condition: sa.ColumnExpressionArgument[bool]) -> bool:
    return bool(db.session.scalar(sa.select(sa.exists().where(condition))))


def _count(model: type[Model]) -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(model)) or 0
