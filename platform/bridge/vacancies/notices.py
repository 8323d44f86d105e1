"""What members are told about their vacancies."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from bridge.accounts.models import User
from bridge.extensions import db
from bridge.notices.kinds import Told, register
from bridge.notices.models import Group
from bridge.vacancies.models import Vacancy, VacancyState
from bridge.vacancies.queries import own_vacancies

DECISIONS = (VacancyState.PUBLISHED, VacancyState.RETURNED, VacancyState.REJECTED)


def init_app() -> None:
    register(Group.COMPANY, tell, *(kind_of(state) for state in DECISIONS))


def kind_of(state: VacancyState) -> str:
    return f"vacancies/{state.value}"


def tell(vacancy_ids: Collection[int], reader: User) -> Mapping[int, Told]:
    select = own_vacancies(reader).where(Vacancy.id.in_(vacancy_ids))
    return {vacancy.id: Told({"vacancy": vacancy}) for vacancy in db.session.scalars(select)}
