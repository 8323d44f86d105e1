"""What is moved, changed or cancelled stays true for everybody whom it concerned."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from bridge.accounts.models import User
from bridge.contacts.models import ContactRequest
from bridge.database import as_of
from bridge.errors import StaleStateError
from bridge.extensions import db
from bridge.interviews import queries, service
from bridge.interviews.models import Interview, InterviewState, Slot, SlotState
from bridge.interviews.reminders import send_reminders
from bridge.interviews.service import Meeting
from bridge.notices.models import Notice
from tests.client import forms_of
from tests.contacts.scene import Scene
from tests.factories import make_member
from tests.hiring.scene import another_accepted, letters_to
from tests.interviews.test_interviews import MEETING, ahead, entry_of, offered

ELSEWHERE = Meeting(30, "Проходная № 9", "https://meet.example/second", "Asia/Omsk")


def unread_reminders() -> list[tuple[int, int]]:
    """Reader and interview of each."""
    rows = db.session.execute(
        sa.select(Notice.user_id, Notice.subject_id)
        .where(Notice.kind.startswith("interviews/reminder"), Notice.read_at.is_(None))
        .order_by(Notice.id)
    )
    return [(reader, interview) for reader, interview in rows]


def kinds_to(person: User) -> list[str]:
    return [letter.kind for letter in letters_to(person)]


def test_a_cancelled_interview_keeps_the_time_that_another_took_over(
    scene: Scene, request_: ContactRequest, student: FlaskClient
) -> None:
    second, third = another_accepted(scene), another_accepted(scene)
    (slot,) = offered(scene, request_, second, third, moments=1)
    was_at, moved_to = slot.starts_at, ahead(9)
    cancelled = service.pick(slot, request_, actor=scene.profile.user)
    service.cancel(cancelled, actor=scene.profile.user)
    taken_over = service.pick(slot, second, actor=second.profile.user)
    service.change(taken_over, moved_to, ELSEWHERE, actor=scene.member.user)
    db.session.commit()
    db.session.refresh(cancelled)
    assert (cancelled.slot.starts_at, cancelled.slot.place) == (was_at, MEETING.place)
    for address in (f"/requests/{request_.id}", f"/interviews/{cancelled.id}.ics"):
        page = student.get(address).text
        assert "№ 2" in page
        assert "№ 9" not in page
        assert "meet.example" not in page
    assert (taken_over.slot.starts_at, taken_over.slot.place) == (moved_to, ELSEWHERE.place)
    assert taken_over.slot.offered_by_id == scene.member.user_id
    # The time before is nobody's; the new one opens to the same people when it is left.
    assert (slot.state, taken_over.slot.state) == (SlotState.WITHDRAWN, SlotState.TAKEN)
    assert [found.id for found, _ in queries.slots_of(scene.vacancy)] == [taken_over.slot_id]
    service.cancel(taken_over, actor=second.profile.user)
    assert queries.open_slots(third.id) == [taken_over.slot]
    # Where nobody had the time before, the slot itself changes.
    only = service.pick(taken_over.slot, third, actor=third.profile.user)
    service.change(only, ahead(8), MEETING, actor=scene.member.user)
    number = only.slot_id
    service.change(only, ahead(7), MEETING, actor=scene.member.user)
    assert only.slot_id == number
    assert db.session.scalar(sa.select(sa.func.count(Slot.id))) == 3


def test_who_offered_the_time_reads_of_it_as_does_who_asked(
    scene: Scene, request_: ContactRequest
) -> None:
    colleague, other = make_member(scene.employer), make_member(scene.employer)
    stranger = make_member()
    slot, later = service.offer(
        scene.vacancy, [request_], [ahead(3), ahead(4)], MEETING, actor=colleague.user
    )
    interview = service.pick(slot, request_, actor=scene.profile.user)
    with as_of(slot.starts_at - timedelta(hours=23)):
        db.session.commit()
        assert send_reminders() == 1
    service.pick(later, request_, actor=scene.profile.user)
    service.cancel(interview, actor=scene.profile.user)
    kinds = [f"interviews/{kind}" for kind in ("booked", "reminder", "changed", "cancelled")]
    assert kinds_to(scene.member.user) == kinds
    assert kinds_to(colleague.user) == kinds
    assert [kinds_to(person.user) for person in (other, stranger)] == [[], []]
    for letter in letters_to(colleague.user):
        assert scene.profile.user.name not in letter.text
    methods = [entry_of(letters_to(colleague.user)[place])[0] for place in (0, 2, 3)]
    assert methods == ["REQUEST", "REQUEST", "CANCEL"]


def test_moved_to_a_colleagues_time_it_leaves_the_calendar_of_the_first(
    scene: Scene, request_: ContactRequest
) -> None:
    first, second = make_member(scene.employer), make_member(scene.employer)
    slots = [
        service.offer(scene.vacancy, [request_], [ahead(days)], MEETING, actor=member.user)[0]
        for days, member in ((3, first), (4, second), (5, scene.member))
    ]
    interview = service.pick(slots[0], request_, actor=scene.profile.user)
    service.pick(slots[1], request_, actor=scene.profile.user)
    for person, method, status in (
        (first.user, "CANCEL", "CANCELLED"),
        (second.user, "REQUEST", "CONFIRMED"),
        (scene.member.user, "REQUEST", "CONFIRMED"),
    ):
        letter = letters_to(person)[-1]
        assert letter.kind == "interviews/changed"
        found, event = entry_of(letter)
        assert (found, event["STATUS"], event["SEQUENCE"]) == (method, status, 1)
        assert event["UID"] == f"{interview.uid}@localhost"
    # Who asked for the contact and offered the new time too reads of it once.
    service.pick(slots[2], request_, actor=scene.profile.user)
    assert kinds_to(scene.member.user) == ["interviews/booked", *["interviews/changed"] * 2]
    assert kinds_to(first.user) == ["interviews/booked", "interviews/changed"]


@pytest.mark.parametrize("act", ["change", "move", "cancel"])
def test_nobody_reads_soon_of_what_is_not(scene: Scene, request_: ContactRequest, act: str) -> None:
    fellow = another_accepted(scene)
    slot, other, late = offered(scene, request_, fellow, moments=3)
    interview = service.pick(slot, request_, actor=scene.profile.user)
    kept = service.pick(other, fellow, actor=fellow.profile.user)
    db.session.commit()
    readers = (scene.profile.user_id, scene.member.user_id)
    fellows = (fellow.profile.user_id, scene.member.user_id)
    with as_of(slot.starts_at - timedelta(hours=20)):
        assert send_reminders() == 2
        expected = [*((reader, interview.id) for reader in readers)]
        expected += [(reader, kept.id) for reader in fellows]
        assert unread_reminders() == expected
        if act == "change":
            service.change(interview, ahead(20), MEETING, actor=scene.member.user)
        elif act == "move":
            service.pick(late, request_, actor=scene.profile.user)
        else:
            service.cancel(interview, actor=scene.member.user)
        assert unread_reminders() == [(reader, kept.id) for reader in fellows]


def test_what_took_place_is_not_cancelled(
    scene: Scene, request_: ContactRequest, student: FlaskClient
) -> None:
    (slot,) = offered(scene, request_, moments=1)
    interview = service.pick(slot, request_, actor=scene.profile.user)
    db.session.commit()
    page = f"/interviews/{interview.id}/cancel"
    _, fields = next(form for form in forms_of(student.get(page)) if "note" in form[1])
    letters = len(letters_to(scene.member.user))
    db.session.rollback()
    # The page stayed open until the interview was over.
    slot.starts_at -= timedelta(days=4)
    db.session.commit()
    assert student.post(page, data={**fields, "note": ["Заболела"]}).status_code == 409
    for person in (scene.profile.user, scene.member.user):
        with pytest.raises(StaleStateError):
            service.cancel(interview, actor=person)
        db.session.rollback()
    db.session.refresh(interview)
    assert (interview.state, interview.note) == (InterviewState.BOOKED, "")
    assert db.session.scalars(sa.select(Interview.slot_id)).all() == [slot.id]
    assert len(letters_to(scene.member.user)) == letters
