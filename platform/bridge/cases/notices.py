"""What staff are told about cases of every kind."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import sqlalchemy as sa

from bridge.accounts.models import Role, User
from bridge.cases.models import Case
from bridge.extensions import db
from bridge.notices.kinds import Told, register
from bridge.notices.models import Group

ESCALATED = "cases/escalated"


def init_app() -> None:
    register(Group.QUEUE, tell, ESCALATED)


def tell(case_ids: Collection[int], reader: User) -> Mapping[int, Told]:
    if reader.role not in (Role.STAFF, Role.ADMIN):
        return {}
    cases = db.session.scalars(sa.select(Case).where(Case.id.in_(case_ids)))
    return {case.id: Told({"case": case}) for case in cases}
