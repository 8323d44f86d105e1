"""Rows for tests: each maker fills what the test does not name and flushes; none commits."""

from __future__ import annotations

import itertools
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa

from bridge.accounts.models import Role, User
from bridge.database import utc_now
from bridge.employers.models import Employer, EmployerState, Member
from bridge.extensions import db
from bridge.mail.models import OutboxMail
from bridge.search.service import note_change
from bridge.skills.models import Skill
from bridge.students.models import Degree, Direction, Evidence, Profile, ProfileSkill
from bridge.vacancies.models import SkillNeed, Vacancy, VacancyKind, VacancySkill, VacancyState

_numbers = itertools.count(1)
VALID_INNS = ("7707083893", "7736050003", "7728168971", "5018200994", "7702070139")


def make_user(role: Role, **values: Any) -> User:
    number = next(_numbers)
    user = User(
        **{
            "email": f"{role.value}{number}@example.test",
            "name": f"Имя Фамилия{number}",
            "role": role,
            "locale": "en",
            "email_confirmed_at": utc_now(),
        }
        | values
    )
    db.session.add(user)
    db.session.flush()
    return user


def make_direction(code: str = "24.05.01", **values: Any) -> Direction:
    found = db.session.scalar(sa.select(Direction).where(Direction.code == code))
    if found is not None:
        return found
    direction = Direction(
        **{"code": code, "name_ru": "Проектирование ракет", "name_en": "Rocket design"} | values
    )
    db.session.add(direction)
    db.session.flush()
    return direction


def make_skill(slug: str, **values: Any) -> Skill:
    found = db.session.scalar(sa.select(Skill).where(Skill.slug == slug))
    if found is not None:
        return found
    skill = Skill(**{"slug": slug, "name_ru": slug.title(), "name_en": slug.title()} | values)
    db.session.add(skill)
    db.session.flush()
    return skill


def make_student(
    *, skills: tuple[str, ...] = (), published: bool = True, user: User | None = None, **values: Any
) -> Profile:
    """A student with a profile; `skills` are slugs, stated."""
    profile = Profile(
        **{
            "user": user or make_user(Role.STUDENT),
            "direction": make_direction(),
            "degree": Degree.BACHELOR,
            "year_of_study": 3,
            "graduates_on": date(2028, 6, 1),
            "city": "Королёв",
            "hours_per_week": 20,
            "ready_for": ["job", "internship", "practice"],
            "summary": "Люблю проектировать.",
            "published_at": utc_now() if published else None,
            "confirmed_at": utc_now() if published else None,
        }
        | values
    )
    db.session.add(profile)
    profile.skills = [
        ProfileSkill(skill=make_skill(slug), evidence=Evidence.STATED) for slug in skills
    ]
    db.session.flush()
    note_change(profile.id)
    return profile


def make_employer(**values: Any) -> Employer:
    number = next(_numbers)
    employer = Employer(
        **{
            "name": f"АО «Завод {number}»",
            "inn": f"{number:010d}",
            "contact_name": "Анна Контактная",
            "state": EmployerState.APPROVED,
        }
        | values
    )
    db.session.add(employer)
    db.session.flush()
    return employer


def make_member(employer: Employer | None = None, **values: Any) -> Member:
    member = Member(user=make_user(Role.MEMBER, **values), employer=employer or make_employer())
    db.session.add(member)
    db.session.flush()
    return member


def make_vacancy(
    employer: Employer | None = None,
    *,
    must: tuple[str, ...] = (),
    nice: tuple[str, ...] = (),
    **values: Any,
) -> Vacancy:
    vacancy = Vacancy(
        **{
            "employer": employer or make_employer(),
            "kind": VacancyKind.INTERNSHIP,
            "title": "Инженер-стажёр",
            "text": "Проектирование узлов и расчёты на прочность.",
            "city": "Королёв",
            "state": VacancyState.PUBLISHED,
            "published_at": utc_now(),
            "deadline": (utc_now() + timedelta(days=60)).date(),
        }
        | values
    )
    vacancy.skills = [
        VacancySkill(skill=make_skill(slug), need=need)
        for need, slugs in ((SkillNeed.MUST, must), (SkillNeed.NICE, nice))
        for slug in slugs
    ]
    db.session.add(vacancy)
    db.session.flush()
    return vacancy


def make_letter(number: int, **values: Any) -> OutboxMail:
    letter = OutboxMail(
        **{
            "recipient": "person@example.ru",
            "subject": "Письмо",
            "text": "Текст",
            "message_id": f"<{number}@localhost>",
        }
        | values
    )
    db.session.add(letter)
    db.session.flush()
    return letter
