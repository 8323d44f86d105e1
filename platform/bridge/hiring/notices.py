"""What is told about a stage, to the side that did not make the step. No letter names the student
to the employer."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import sqlalchemy as sa

from bridge.accounts.models import Role, User
from bridge.contacts import notices as contacts
from bridge.extensions import db
from bridge.hiring.models import Hiring
from bridge.notices.kinds import Told, register
from bridge.notices.models import Group
from bridge.notices.service import notify, notify_all

TO_EMPLOYER, TO_STUDENT = "hiring/moved", "hiring/moved_student"


def init_app() -> None:
    register(Group.REQUESTS, tell, TO_EMPLOYER, TO_STUDENT)


def tell(hiring_ids: Collection[int], reader: User) -> Mapping[int, Told]:
    """`words` are those of the stage `words_of`, the present one."""
    hirings = db.session.scalars(sa.select(Hiring).where(Hiring.id.in_(hiring_ids))).all()
    requests = contacts.tell({hiring.request_id for hiring in hirings}, reader)
    return {
        hiring.id: Told(
            {**told.context, "words": hiring.note, "words_of": hiring.state.value}, told.person
        )
        for hiring in hirings
        if (told := requests.get(hiring.request_id)) is not None
    }


def tell_other_side(hiring: Hiring, actor: User, *, back: bool = False) -> None:
    data: dict[str, Any] = {
        "stage": hiring.state.value,
        "reason_code": hiring.reason_code,
        "back": back,
    }
    if actor.role is Role.STUDENT:
        notify_all(contacts.people_of_employer(hiring.request), TO_EMPLOYER, hiring, **data)
    else:
        notify(hiring.request.profile.user, TO_STUDENT, hiring, **data)
