"""What members are told about their enterprise."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from bridge.accounts.models import User
from bridge.employers.models import Employer, EmployerState
from bridge.employers.queries import visible_employers
from bridge.extensions import db
from bridge.notices.kinds import Told, register
from bridge.notices.models import Group

REINSTATED = "employers/reinstated"
DECISIONS = (
    EmployerState.APPROVED,
    EmployerState.RETURNED,
    EmployerState.REJECTED,
    EmployerState.SUSPENDED,
)


def init_app() -> None:
    register(Group.COMPANY, tell, REINSTATED, *(kind_of(state) for state in DECISIONS))


def kind_of(state: EmployerState) -> str:
    return f"employers/{state.value}"


def tell(employer_ids: Collection[int], reader: User) -> Mapping[int, Told]:
    select = visible_employers(reader).where(Employer.id.in_(employer_ids))
    return {employer.id: Told({"employer": employer}) for employer in db.session.scalars(select)}
