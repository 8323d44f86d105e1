"""Selects of vacancies."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from bridge.accounts.models import Role, User
from bridge.database import Model, local_today
from bridge.employers.models import Employer, EmployerState
from bridge.extensions import db
from bridge.vacancies.models import Vacancy, VacancyKind, VacancySkill, VacancyState

WHOLE = (
    joinedload(Vacancy.employer),
    selectinload(Vacancy.skills).joinedload(VacancySkill.skill),
    selectinload(Vacancy.languages),
)


def _offered() -> sa.ColumnElement[bool]:
    """Published by an employer that works; past its deadline it can still be read."""
    working = Vacancy.employer.has(Employer.state == EmployerState.APPROVED)
    return sa.and_(Vacancy.state == VacancyState.PUBLISHED, working)


def visible_vacancies(viewer: User | None) -> sa.Select[Vacancy]:
    """Everybody sees what is offered, members also all of their employer's, staff all."""
    select = sa.select(Vacancy)
    if viewer is None or viewer.role is Role.STUDENT:
        return select.where(_offered())
    if viewer.role is Role.MEMBER:
        return select.where(_offered() | _own(viewer))
    return select


def own_vacancies(viewer: User) -> sa.Select[Vacancy]:
    """Those of the member's employer."""
    return sa.select(Vacancy).where(_own(viewer))


def _own(viewer: User) -> sa.ColumnElement[bool]:
    return Vacancy.employer_id == (viewer.member.employer_id if viewer.member else 0)


def open_vacancies(
    text: str = "", kind: VacancyKind | None = None, city: str = ""
) -> sa.Select[Any]:
    """What students may apply for today, newest first; `text` is sought in the title, the text
    and the employer's name."""
    select = (
        sa.select(Vacancy)
        .where(_takes_new())
        .options(*WHOLE)
        .order_by(Vacancy.published_at.desc(), Vacancy.id.desc())
    )
    if text:
        select = select.where(
            Vacancy.title.icontains(text, autoescape=True)
            | Vacancy.text.icontains(text, autoescape=True)
            | Vacancy.employer.has(Employer.name.icontains(text, autoescape=True))
        )
    if kind is not None:
        select = select.where(Vacancy.kind == kind)
    return select.where(Vacancy.city == city) if city else select


def open_cities() -> list[str]:
    """The cities that open vacancies name, for the filter."""
    return list(
        db.session.scalars(
            sa.select(Vacancy.city)
            .where(_takes_new(), Vacancy.city != "")
            .distinct()
            .order_by(Vacancy.city)
        )
    )


def _takes_new() -> sa.ColumnElement[bool]:
    """Students may apply today."""
    in_time = sa.or_(Vacancy.deadline.is_(None), Vacancy.deadline >= local_today())
    return sa.and_(_offered(), in_time, Vacancy.paused_at.is_(None))


def find_own(viewer: User, state: VacancyState | None = None) -> sa.Select[Any]:
    """The member's list: the newest first."""
    select = own_vacancies(viewer).options(joinedload(Vacancy.employer))
    if state is not None:
        select = select.where(Vacancy.state == state)
    return select.order_by(Vacancy.id.desc())


def own_counts(viewer: User) -> dict[VacancyState, int]:
    rows = db.session.execute(
        sa.select(Vacancy.state, sa.func.count()).where(_own(viewer)).group_by(Vacancy.state)
    )
    return dict(rows.all())


def waiting_applications(vacancies: Collection[Vacancy]) -> dict[int, int]:
    """How many students wait for an answer to their application, by the vacancy's id.

    Applications belong to a later feature, so their table is asked for by its name.
    """
    applications = Model.metadata.tables["application"]
    rows = db.session.execute(
        sa.select(applications.c.vacancy_id, sa.func.count())
        .where(
            applications.c.vacancy_id.in_([vacancy.id for vacancy in vacancies]),
            applications.c.state == "sent",
        )
        .group_by(applications.c.vacancy_id)
    )
    return dict(rows.all())


def request_counts(vacancies: Collection[Vacancy]) -> dict[int, int]:
    """How many contact requests were ever made for each, by its id.

    Requests belong to a later feature, so their table is asked for by its name.
    """
    requests = Model.metadata.tables["contact_request"]
    rows = db.session.execute(
        sa.select(requests.c.vacancy_id, sa.func.count())
        .where(requests.c.vacancy_id.in_([vacancy.id for vacancy in vacancies]))
        .group_by(requests.c.vacancy_id)
    )
    return dict(rows.all())
