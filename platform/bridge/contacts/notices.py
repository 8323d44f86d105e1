"""What people are told about a contact request. No letter names the student to the employer."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bridge.accounts.models import Role, User
from bridge.accounts.queries import is_moderator
from bridge.contacts.models import ContactRequest, Message, Side
from bridge.contacts.queries import find_requests
from bridge.employers.models import Member
from bridge.extensions import db
from bridge.notices.kinds import Told, register
from bridge.notices.models import Group
from bridge.notices.service import notify_all, settle

ASKS_STAFF = "contacts/requested"
REQUEST_KINDS = (
    *("offer", "approved", "returned", "rejected", "withdrawn"),
    *("accepted", "declined", "ended", "ended_student"),
    *("queued", "expired", "expired_student", "reminder", "reminder_student"),
)
# When the term has passed, they would ask for what nobody can do any more.
ASK_FOR_AN_ACT = {"offer", "returned", "reminder", "reminder_student"}
MESSAGES = {Side.EMPLOYER: "contacts/message", Side.STUDENT: "contacts/message_student"}
ENDS_OF_THREADS = ("closed", "closed_student", "closed_university")


def init_app() -> None:
    register(Group.QUEUE, tell, ASKS_STAFF)
    register(Group.REQUESTS, tell, *(f"contacts/{kind}" for kind in REQUEST_KINDS))
    register(Group.MESSAGES, tell, *(f"contacts/{kind}" for kind in ENDS_OF_THREADS))
    register(Group.MESSAGES, tell, *MESSAGES.values(), is_threaded=True)


def tell(request_ids: Collection[int], reader: User) -> Mapping[int, Told]:
    """What `reader` may know of these requests now."""
    select = find_requests(reader).where(ContactRequest.id.in_(request_ids))
    return {
        request.id: Told(_facts(request), _person(request, reader))
        for request in db.session.scalars(select)
    }


def _facts(request: ContactRequest) -> dict[str, object]:
    return {
        "request_id": request.id,
        "pseudonym": request.candidate.pseudonym,
        "vacancy_title": request.vacancy.title,
        "employer_name": request.employer.name,
        "message": request.message,
        "note": request.note,
        **_at_present(request),
    }


def _person(request: ContactRequest, reader: User) -> str:
    """The student's name, once it is open to the employer."""
    is_open = reader.role is Role.MEMBER and request.is_open
    return request.profile.user.name if is_open else ""


def _at_present(request: ContactRequest) -> dict[str, Any]:
    """What the next step will change: kept with the notice of this one."""
    return {"reason_code": request.reason_code, "due_at": request.due_at}


def to_student(request: ContactRequest, kind: str) -> None:
    _to((request.profile.user,), kind, request)


def to_employer(request: ContactRequest, kind: str) -> None:
    _to(people_of_employer(request), kind, request)


def _to(readers: Iterable[User], kind: str, request: ContactRequest) -> None:
    good_until = request.due_at if kind in ASK_FOR_AN_ACT else None
    notify_all(readers, f"contacts/{kind}", request, good_until=good_until, **_at_present(request))


def people_of_employer(request: ContactRequest) -> Sequence[User]:
    """Whoever asked; all colleagues where that person has left."""
    asker = request.requested_by
    if asker is not None and asker.is_active:
        return (asker,)
    colleagues = sa.select(User).join(Member, Member.user_id == User.id)
    return db.session.scalars(
        colleagues.where(Member.employer_id == request.employer_id, User.deactivated_at.is_(None))
    ).all()


def to_staff(request: ContactRequest) -> None:
    """Ask for a decision."""
    staff = sa.select(User).where(is_moderator())
    notify_all(db.session.scalars(staff).all(), ASKS_STAFF, request, **_at_present(request))


def thread_was_read(
    request: ContactRequest, side: Side, last_message_id: int, session: Session
) -> None:
    """The notices of its messages tell that side nothing new, unless another message has come
    meanwhile."""
    newer = sa.exists().where(Message.request_id == request.id, Message.id > last_message_id)
    settle(MESSAGES[side], request, ~newer, session=session)


def no_longer_asks_staff(request: ContactRequest) -> None:
    settle(ASKS_STAFF, request)
