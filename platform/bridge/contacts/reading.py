"""Who has read how far in a thread. A thread is read for a whole side: what one colleague has seen
does not wait for the others."""

from __future__ import annotations

from collections.abc import Collection

import sqlalchemy as sa
from flask_login import current_user

from bridge.accounts.models import Role, User
from bridge.contacts import notices
from bridge.contacts.models import ContactRequest, Message, RequestState, Side, ThreadRead
from bridge.contacts.queries import visible_requests
from bridge.database import dialect_of, recording, utc_now
from bridge.extensions import db
from bridge.students.models import Profile


def side_of(actor: User) -> Side:
    return Side.STUDENT if actor.role is Role.STUDENT else Side.EMPLOYER


def note_reading(request: ContactRequest, reader: User) -> None:
    """The reader sees all messages that `request` was loaded with; where that is a GET, in a
    transaction of its own. Nothing is written where nothing is new."""
    last = request.messages[-1].id if request.messages else 0
    side = side_of(reader)
    if last <= read_up_to(request).get(side, 0):
        return
    with recording() as session:
        row = {"request_id": request.id, "side": side, "message_id": last, "read_at": utc_now()}
        insert = dialect_of(session).insert(ThreadRead).values(**row)
        session.execute(
            insert.on_conflict_do_update(
                index_elements=["request_id", "side"],
                set_={"message_id": last, "read_at": row["read_at"]},
                where=ThreadRead.message_id < last,
            )
        )
        notices.thread_was_read(request, side, last, session)


def read_up_to(request: ContactRequest) -> dict[Side, int]:
    """The last message that each side has seen, by its number."""
    rows = db.session.execute(
        sa.select(ThreadRead.side, ThreadRead.message_id).where(ThreadRead.request_id == request.id)
    )
    return {row.side: row.message_id for row in rows}


def _unread(viewer: User) -> sa.Select[int, int]:
    """(request, number of unread messages) of the viewer's requests."""
    side = side_of(viewer)
    is_students = Message.author_id == Profile.user_id
    # Nobody is the author of what an erased colleague of the enterprise wrote.
    is_employers = sa.or_(Message.author_id.is_(None), sa.not_(is_students))
    from_other = is_employers if side is Side.STUDENT else is_students
    own = visible_requests(viewer).with_only_columns(ContactRequest.id)
    return (
        sa.select(Message.request_id, sa.func.count())
        .join(ContactRequest, ContactRequest.id == Message.request_id)
        .join(Profile, Profile.id == ContactRequest.profile_id)
        .outerjoin(
            ThreadRead,
            sa.and_(ThreadRead.request_id == Message.request_id, ThreadRead.side == side),
        )
        .where(
            Message.request_id.in_(own),
            from_other,
            Message.id > sa.func.coalesce(ThreadRead.message_id, 0),
        )
        .group_by(Message.request_id)
    )


def unread_counts(viewer: User, request_ids: Collection[int]) -> dict[int, int]:
    """Unread messages of each of these requests that has some."""
    select = _unread(viewer).where(Message.request_id.in_(request_ids))
    return {row[0]: row[1] for row in db.session.execute(select)}


def count_awaiting_reader() -> int:
    """What waits for the present reader: a student's answer, a member's change, and threads with
    something unread. One statement, since every page asks it."""
    state = RequestState.APPROVED if current_user.role is Role.STUDENT else RequestState.RETURNED
    waiting = visible_requests(current_user).where(ContactRequest.state == state)
    steps = waiting.with_only_columns(sa.func.count()).scalar_subquery()
    unread = sa.select(sa.func.count()).select_from(_unread(current_user).subquery())
    return db.session.scalar(sa.select(steps + unread.scalar_subquery())) or 0
