"""The enterprises of the demo university and their vacancies, through the platform's own verbs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from stdnum.ru import inn as russian_inn

from bridge.accounts.models import Role, User
from bridge.cases.models import Case, CaseKind, CaseState
from bridge.consents.models import Purpose
from bridge.database import as_of, local_today, utc_now
from bridge.demo import content
from bridge.demo.agreeing import agree
from bridge.demo.chance import Chance
from bridge.demo.people import PASSWORD, add_user, as_demo
from bridge.employers import service as employers
from bridge.employers.models import Employer, EmployerState, Member
from bridge.employers.service import CompanyDetails
from bridge.extensions import db
from bridge.moderation.service import Verdict, decide
from bridge.students.models import LanguageLevel
from bridge.vacancies import service as vacancies
from bridge.vacancies.content import VacancyContent
from bridge.vacancies.models import Vacancy, VacancyKind, VacancyState, WorkPlace

# Of the tax office whose enterprises these pretend to be.
INN_PREFIX = "50180"
VERDICTS = {
    EmployerState.APPROVED: Verdict.APPROVE,
    EmployerState.SUSPENDED: Verdict.APPROVE,
    EmployerState.RETURNED: Verdict.RETURN,
    EmployerState.REJECTED: Verdict.REJECT,
    VacancyState.PUBLISHED: Verdict.APPROVE,
    VacancyState.CLOSED: Verdict.APPROVE,
    VacancyState.RETURNED: Verdict.RETURN,
    VacancyState.REJECTED: Verdict.REJECT,
}


def make_inn(number: int) -> str:
    """A ten-digit INN whose check digit is right."""
    digits = f"{INN_PREFIX}{number:04}"
    return digits + russian_inn.calc_company_check_digit(digits)


def add_employer(chance: Chance, entry: Mapping[str, Any], number: int, staff: User) -> Employer:
    """One that applied in its time and was decided on, as `entry` says."""
    state = EmployerState(entry.get("state", EmployerState.APPROVED))
    days_ago = entry.get("days_ago", chance.uniform(130, 190))
    email = "hr@demo.test" if number == 1 else f"hr{number:02}@demo.test"
    (name, position), *colleagues = entry["people"]
    with as_of(chance.office_moment(days_ago)):
        details = CompanyDetails(
            name=entry["name"],
            inn=make_inn(number * 37),
            site=entry["site"],
            city=entry["city"],
            about=entry["about"],
            contact_name=name,
            contact_phone=f"+7 900 000-{number:02}-00",
            cluster_member=entry["cluster_member"],
        )
        employer = employers.apply(
            details, email=email, password=PASSWORD, position=position, locale="ru"
        )
        assert employer is not None
        agree(employer.members[0].user, Purpose.MEMBER, "apply")
        as_demo(employer.members[0].user, utc_now())
    _judge(CaseKind.EMPLOYER, employer.id, state, entry, chance, staff, days_ago)
    for place, (colleague, role) in enumerate(colleagues, start=1):
        address = f"hr{number:02}.{place}@demo.test"
        user = add_user(address, colleague, Role.MEMBER, chance.office_moment(days_ago - 5))
        employer.members.append(Member(user=user, position=role))
    db.session.flush()
    return employer


def suspend_where_told(staff: User, by_key: Mapping[str, Employer], chance: Chance) -> None:
    """After their vacancies were published: one that is suspended cannot submit any."""
    for entry in content.read("employers.toml")["employers"]:
        if entry.get("state") == EmployerState.SUSPENDED:
            with as_of(chance.office_moment(3)):
                employer = by_key[entry["key"]]
                employers.suspend(
                    employer, actor=staff, reason_code=entry["reason"], note=entry["note"]
                )


def add_vacancy(
    chance: Chance,
    entry: Mapping[str, Any],
    employer: Employer,
    names: Mapping[str, str],
    staff: User,
) -> Vacancy:
    """Written, submitted and decided on in the past, as far as `entry` says. Those to be closed
    are left published: closing them ends their contact requests."""
    state = VacancyState(entry.get("state", VacancyState.PUBLISHED))
    days_ago = entry.get("days_ago", chance.uniform(8, 75))
    author = employer.members[0].user
    with as_of(chance.office_moment(days_ago)):
        vacancy = vacancies.create(employer, _content(chance, entry, employer, names), actor=author)
        if state is not VacancyState.DRAFT:
            vacancies.submit(vacancy, actor=author)
    _judge(CaseKind.VACANCY, vacancy.id, state, entry, chance, staff, days_ago)
    if entry.get("open_selection"):
        vacancies.set_blind(vacancy, False, actor=staff)
    return vacancy


def _content(
    chance: Chance, entry: Mapping[str, Any], employer: Employer, names: Mapping[str, str]
) -> VacancyContent:
    languages = entry.get("languages", {})
    pay = entry.get("pay", (None, None))
    years = entry.get("years", (None, None))
    return VacancyContent(
        kind=VacancyKind(entry["kind"]),
        title=entry["title"],
        text=entry["text"].strip(),
        must=_names(entry["must"], names),
        nice=_names(entry["nice"], names),
        work_place=WorkPlace(entry.get("place", WorkPlace.ON_SITE)),
        city=employer.city,
        city_required=entry.get("city_required", False),
        hours_per_week=entry.get("hours"),
        pay_from=pay[0],
        pay_to=pay[1],
        deadline=local_today() + timedelta(days=chance.randint(100, 160)),
        degrees=tuple(entry.get("degrees", ())),
        year_from=years[0],
        year_to=years[1],
        languages={code: LanguageLevel(level) for code, level in languages.items()},
    )


def _names(slugs: Iterable[str], names: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(names[slug] for slug in slugs)


def _judge(
    kind: CaseKind,
    subject_id: int,
    state: EmployerState | VacancyState,
    entry: Mapping[str, Any],
    chance: Chance,
    staff: User,
    days_ago: float,
) -> None:
    """Decide the subject's case a day after it was opened, unless it is to wait. What needs four
    eyes gets them: a colleague of `staff` looks too."""
    if state not in VERDICTS:
        return
    case = waiting_case(kind, subject_id)
    with as_of(chance.office_moment(days_ago - 1, after=case.opened_at)):
        for actor in (staff, colleague_of(staff)):
            if case.state is CaseState.WAITING:
                decide(
                    case,
                    VERDICTS[state],
                    actor=actor,
                    reason_code=entry.get("reason", ""),
                    note=entry.get("note", ""),
                )


def colleague_of(user: User) -> User:
    """Another of the demo university's staff."""
    others = sa.select(User).where(User.role == Role.STAFF, User.is_demo, User.id != user.id)
    return db.session.scalars(others.order_by(User.id)).first() or user


def waiting_case(kind: CaseKind, subject_id: int) -> Case:
    return db.session.scalars(
        sa.select(Case).where(
            Case.kind == kind, Case.subject_id == subject_id, Case.state == CaseState.WAITING
        )
    ).one()
