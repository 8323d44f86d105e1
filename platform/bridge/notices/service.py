"""Telling people what happened: a notice in the platform and, as they chose, a letter."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask_babel import force_locale
from sqlalchemy.orm import Session

from bridge import audit
from bridge.accounts.models import User
from bridge.audit import Subject
from bridge.database import put, utc_now
from bridge.extensions import db
from bridge.mail.letters import absolute_url
from bridge.mail.models import Attachment
from bridge.mail.service import put_letter
from bridge.notices.kinds import KINDS
from bridge.notices.models import Delivery, DeliveryChoice, DigestSchedule, Group, Notice
from bridge.notices.queries import count_unread, deliveries
from bridge.notices.reading import letter_of, pack
from bridge.notices.unsubscribing import unsubscribe_url


def notify(
    reader: User,
    kind: str,
    subject: Subject,
    *,
    attachments: Sequence[Attachment] = (),
    good_until: datetime | None = None,
    **data: Any,
) -> None:
    """Tell `reader` that `kind` happened to `subject`, in the transaction of the act itself.

    `kind` is one that a feature has registered. `data` is kept with the notice: JSON values for
    the template that later differ or are gone, such as a reason's code, never anything personal of
    others; a moment's name ends in `_at`. A letter that has not left by `good_until` stays away:
    what it asks for is too late then. A closed account is told nothing; an address that was not
    confirmed gets no letter.
    """
    if not reader.is_active:
        return
    db.session.flush()
    notice = Notice(user_id=reader.id, kind=kind, subject_id=subject.id, data=pack(data))
    db.session.add(notice)
    group = KINDS[kind].group
    if reader.email_confirmed_at is None or delivery_of(reader, group) is not Delivery.IMMEDIATE:
        return
    with force_locale(reader.locale):
        letter = letter_of(notice, reader)
        if letter is not None:
            put_letter(
                reader,
                kind,
                letter,
                attachments=attachments,
                good_until=good_until,
                unsubscribe_url=unsubscribe_url(reader, group),
                settings_url=absolute_url("notices.settings"),
            )


def notify_all(readers: Iterable[User], kind: str, subject: Subject, **data: Any) -> None:
    for reader in readers:
        notify(reader, kind, subject, **data)


def settle(
    kind: str,
    subject: Subject,
    *conditions: sa.ColumnElement[bool],
    session: Session | None = None,
) -> None:
    """What `kind` asked for is done, by whomever: nobody needs to read it any more."""
    session = session or db.session
    session.flush()
    session.execute(
        sa.update(Notice)
        .where(
            Notice.kind == kind,
            Notice.subject_id == subject.id,
            Notice.read_at.is_(None),
            *conditions,
        )
        .values(read_at=utc_now())
        .execution_options(synchronize_session=False)
    )


def delivery_of(reader: User, group: Group) -> Delivery:
    choice = db.session.get(DeliveryChoice, (reader.id, group))
    return Delivery.IMMEDIATE if choice is None else choice.delivery


def mark_read(notice: Notice) -> None:
    """With what came before it in its thread."""
    _mark(notice, Notice.id <= notice.id, Notice.read_at.is_(None), read_at=utc_now())


def mark_unread(notice: Notice) -> None:
    """Of its thread also what was read at the same moment, thus by the same act."""
    _mark(notice, Notice.read_at == notice.read_at, read_at=None)


def _mark(notice: Notice, *conditions: sa.ColumnElement[bool], read_at: datetime | None) -> None:
    kind = KINDS.get(notice.kind)
    is_threaded = kind is not None and kind.is_threaded
    subject = Notice.subject_id == notice.subject_id, Notice.kind == notice.kind
    db.session.execute(
        sa.update(Notice)
        .where(Notice.user_id == notice.user_id, *conditions)
        .where(*subject if is_threaded else (Notice.id == notice.id,))
        .values(read_at=read_at)
        .execution_options(synchronize_session=False)
    )
    db.session.expire(notice)


def mark_all_read(reader: User, up_to: int) -> tuple[int, datetime]:
    """Mark all up to the number `up_to`, the latest that the reader has seen; say how many lines,
    and the moment by which `mark_unread_again` knows them."""
    moment = utc_now()
    number = count_unread(reader, Notice.id <= up_to)
    db.session.execute(
        sa.update(Notice)
        .where(Notice.user_id == reader.id, Notice.id <= up_to, Notice.read_at.is_(None))
        .values(read_at=moment)
        .execution_options(synchronize_session=False)
    )
    return number, moment


def mark_unread_again(reader: User, moment: datetime) -> None:
    """Take back `mark_all_read`: what was read one by one, before or since, stays read."""
    db.session.execute(
        sa.update(Notice)
        .where(Notice.user_id == reader.id, Notice.read_at == moment)
        .values(read_at=None)
        .execution_options(synchronize_session=False)
    )


def choose(reader: User, group: Group, delivery: Delivery, *, actor: User | None) -> None:
    """How `reader` wants to be told of `group`; `actor` is None for the link of a letter, which
    works without signing in."""
    before = delivery_of(reader, group)
    if before is delivery:
        return
    put(DeliveryChoice, {"user_id": reader.id, "group": group}, delivery=delivery)
    audit.record(
        "user.delivery-chosen", reader, actor=actor, group=group.value, delivery=delivery.value
    )


def unsubscribe(reader: User, group: Group | None) -> None:
    """No more letters of `group`, or of whatever came in digests (None). The link of a letter
    does it, so nobody need be signed in."""
    if group is not None:
        choose(reader, group, Delivery.NONE, actor=None)
        return
    for digested, delivery in deliveries(reader).items():
        if delivery is Delivery.DIGEST:
            choose(reader, digested, Delivery.NONE, actor=None)


def schedule(reader: User, *, hour: int, time_zone: str) -> None:
    """When the reader's daily letter goes."""
    put(DigestSchedule, {"user_id": reader.id}, hour=hour, time_zone=time_zone)
