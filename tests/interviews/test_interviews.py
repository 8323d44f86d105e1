"""Times are offered, one is picked, changed, cancelled; both sides' calendars follow."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask, current_app
from icalendar import Calendar, Event

from bridge.accounts.models import User
from bridge.audit import AuditEntry
from bridge.contacts import endings
from bridge.contacts import service as contacts
from bridge.contacts.models import ContactRequest, EndReason
from bridge.database import as_of, utc_now
from bridge.employers.models import EmployerState
from bridge.errors import DomainError, NotAllowedError, StaleStateError
from bridge.extensions import db
from bridge.hiring import service as hiring
from bridge.hiring.labels import EmployerReason
from bridge.hiring.models import Stage
from bridge.interviews import queries, service
from bridge.interviews.models import Interview, InterviewState, Slot, SlotState
from bridge.interviews.reminders import send_reminders
from bridge.interviews.service import Meeting, SlotTakenError
from bridge.mail.models import OutboxMail
from bridge.mail.transport import compose
from tests.contacts.scene import Scene
from tests.contacts.test_races import race, user
from tests.hiring.scene import another_accepted, letters_to, stage_of

MEETING = Meeting(45, "Проходная № 2, пропуск на ваше имя", "", "Europe/Moscow")


def ahead(days: float = 3, hours: float = 0) -> datetime:
    return utc_now().replace(microsecond=0) + timedelta(days=days, hours=hours)


def offered(scene: Scene, *requests: ContactRequest, moments: int = 2) -> list[Slot]:
    times = [ahead(hours=2 * number) for number in range(moments)]
    return service.offer(scene.vacancy, requests, times, MEETING, actor=scene.member.user)


def entry_of(mail: OutboxMail) -> tuple[str, Event]:
    """The method and the event of a letter's calendar, as a mail program reads them."""
    message = compose(mail, current_app.config["BRIDGE"])
    (part,) = message.iter_attachments()
    assert part.get_content_type() == "text/calendar"
    calendar = Calendar.from_ical(part.get_payload(decode=True))
    (event,) = calendar.walk("VEVENT")
    assert part["Content-Type"].params["method"] == calendar["METHOD"]
    return str(calendar["METHOD"]), event


def last_entry(person: User) -> tuple[str, Event]:
    return entry_of(letters_to(person)[-1])


def test_an_offer_brings_the_stage_of_the_interview_and_one_letter(
    scene: Scene, request_: ContactRequest
) -> None:
    slots = offered(scene, request_)
    assert [slot.state for slot in slots] == [SlotState.OPEN] * 2
    assert stage_of(request_).state is Stage.INTERVIEW
    (letter,) = letters_to(scene.profile.user)
    assert letter.subject == f"Choose a time for the interview: {scene.employer.name}"
    assert letter.text.count("UTC+3)") == 2
    # A double click offers nothing twice.
    moments = [slot.starts_at for slot in slots]
    again = service.offer(scene.vacancy, [request_], moments, MEETING, actor=scene.member.user)
    assert again == []
    assert len(letters_to(scene.profile.user)) == 1


def test_a_time_that_is_on_offer_is_offered_to_another_too(
    scene: Scene, request_: ContactRequest
) -> None:
    second = another_accepted(scene)
    slot, other = offered(scene, request_)
    again = service.offer(
        scene.vacancy, [request_, second], [slot.starts_at], MEETING, actor=scene.member.user
    )
    assert again == [slot]
    assert sorted(one.request_id for one in slot.invitations) == sorted((request_.id, second.id))
    assert [one.request_id for one in other.invitations] == [request_.id]
    assert stage_of(second).state is Stage.INTERVIEW
    # A letter to the one whom it is new to.
    assert len(letters_to(scene.profile.user)) == 1
    (letter,) = letters_to(second.profile.user)
    assert letter.text.count("UTC+3)") == 1
    service.pick(slot, second, actor=second.profile.user)
    with pytest.raises(SlotTakenError):
        service.pick(slot, request_, actor=scene.profile.user)
    # Another place at the same time is another meeting.
    elsewhere = Meeting(45, "Проходная № 3", "", "Europe/Moscow")
    (third,) = service.offer(
        scene.vacancy, [second], [other.starts_at], elsewhere, actor=scene.member.user
    )
    assert third.id != other.id


def test_times_that_are_over_or_far_away_are_not_offered(
    scene: Scene, request_: ContactRequest
) -> None:
    for moments in ([ahead(-1)], [ahead(), ahead(400)], []):
        with pytest.raises(service.PastTimeError):
            service.offer(scene.vacancy, [request_], moments, MEETING, actor=scene.member.user)
    scene.employer.state = EmployerState.SUSPENDED
    with pytest.raises(NotAllowedError):
        offered(scene, request_)


def test_the_picked_time_reaches_both_calendars(scene: Scene, request_: ContactRequest) -> None:
    slot, other = offered(scene, request_)
    interview = service.pick(slot, request_, actor=scene.profile.user)
    assert (slot.state, other.state) == (SlotState.TAKEN, SlotState.OPEN)
    for person in (scene.profile.user, scene.member.user):
        method, event = last_entry(person)
        assert method == "REQUEST"
        assert event["UID"] == f"{interview.uid}@localhost"
        assert event["SEQUENCE"] == 0
        assert event.start == slot.starts_at
        assert event.end == slot.starts_at + timedelta(minutes=45)
        assert str(event["LOCATION"]) == MEETING.place
        assert event["ATTENDEE"] == f"mailto:{person.email}"
    _, event = last_entry(scene.member.user)
    assert scene.profile.user.name not in event.to_ical().decode()
    assert scene.profile.user.email not in letters_to(scene.member.user)[-1].text
    # The same again is the same interview.
    assert service.pick(slot, request_, actor=scene.profile.user).id == interview.id


def test_another_time_keeps_the_entry_and_frees_the_first(
    scene: Scene, request_: ContactRequest
) -> None:
    slot, other = offered(scene, request_)
    interview = service.pick(slot, request_, actor=scene.profile.user)
    moved = service.pick(other, request_, actor=scene.profile.user)
    assert (moved.id, moved.sequence) == (interview.id, 1)
    db.session.refresh(slot)
    assert (slot.state, other.state) == (SlotState.OPEN, SlotState.TAKEN)
    method, event = last_entry(scene.member.user)
    assert (method, event["SEQUENCE"], event.start) == ("REQUEST", 1, other.starts_at)
    when = ahead(5)
    meeting = Meeting(30, "", "https://meet.example/room", "Asia/Omsk")
    service.change(moved, when, meeting, actor=scene.member.user)
    method, event = last_entry(scene.profile.user)
    assert (method, event["SEQUENCE"], event.start) == ("REQUEST", 2, when)
    assert str(event["LOCATION"]) == "https://meet.example/room"


def test_a_cancelled_interview_leaves_both_calendars(
    scene: Scene, request_: ContactRequest
) -> None:
    slot, other = offered(scene, request_)
    interview = service.pick(slot, request_, actor=scene.profile.user)
    service.cancel(interview, "Заболела", actor=scene.profile.user)
    for person in (scene.profile.user, scene.member.user):
        method, event = last_entry(person)
        assert (method, event["SEQUENCE"], event["STATUS"]) == ("CANCEL", 1, "CANCELLED")
        assert event["UID"] == f"{interview.uid}@localhost"
    assert "Заболела" in letters_to(scene.member.user)[-1].text
    # The student's time is free again; that of the enterprise is gone.
    assert slot.state is SlotState.OPEN
    again = service.pick(other, request_, actor=scene.profile.user)
    assert again.uid != interview.uid
    service.cancel(again, actor=scene.member.user)
    assert other.state is SlotState.WITHDRAWN
    with pytest.raises(StaleStateError):
        service.cancel(again, actor=scene.member.user)


def test_who_ends_it_all_has_no_interview_any_more(scene: Scene, request_: ContactRequest) -> None:
    slot, other = offered(scene, request_)
    interview = service.pick(slot, request_, actor=scene.profile.user)
    hiring.decline(stage_of(request_), EmployerReason.SKILLS, actor=scene.member.user)
    db.session.refresh(interview)
    assert interview.state is InterviewState.CANCELLED
    with pytest.raises(StaleStateError):
        service.pick(other, request_, actor=scene.profile.user)


def test_a_time_is_not_picked_when_it_is_over(scene: Scene, request_: ContactRequest) -> None:
    slot, _ = offered(scene, request_)
    with as_of(ahead(4)), pytest.raises(SlotTakenError):
        service.pick(slot, request_, actor=scene.profile.user)
    service.withdraw(slot, actor=scene.member.user)
    with pytest.raises(SlotTakenError):
        service.pick(slot, request_, actor=scene.profile.user)


def test_of_eight_who_pick_at_once_one_has_the_time(
    app: Flask, scene: Scene, request_: ContactRequest
) -> None:
    requests = [request_, *(another_accepted(scene) for _ in range(3))]
    (slot,) = offered(scene, *requests, moments=1)
    db.session.commit()
    slot_id = slot.id
    people = [(one.id, one.profile.user_id) for one in requests]
    db.session.rollback()

    def pick(request_id: int, student: int) -> None:
        service.pick(
            db.session.get_one(Slot, slot_id),
            db.session.get_one(ContactRequest, request_id),
            actor=user(student),
        )

    acts = [lambda who=who: pick(*who) for who in people]
    results = race(app, list(acts))
    assert sorted(results) == ["SlotTakenError"] * 3 + ["done"]
    won = people[results.index("done")][0]
    assert db.session.scalars(sa.select(Interview.request_id)).all() == [won]
    steps = sa.select(sa.func.count()).where(AuditEntry.action == "interview_slot.taken")
    assert db.session.scalar(steps) == 1


def test_a_double_click_on_two_times_leaves_one_interview(
    app: Flask, scene: Scene, request_: ContactRequest
) -> None:
    slots = [slot.id for slot in offered(scene, request_)]
    db.session.commit()
    number, student = request_.id, scene.profile.user_id
    db.session.rollback()

    def pick(slot_id: int) -> None:
        service.pick(
            db.session.get_one(Slot, slot_id),
            db.session.get_one(ContactRequest, number),
            actor=user(student),
        )

    results = race(app, [lambda one=one: pick(one) for one in slots])
    assert results == ["done", "done"]
    booked = db.session.scalars(
        sa.select(Interview).where(Interview.state == InterviewState.BOOKED)
    ).all()
    assert len(booked) == 1
    states = sorted(db.session.scalars(sa.select(Slot.state)).all())
    assert states == [SlotState.OPEN, SlotState.TAKEN]


def test_both_sides_are_reminded_once_the_day_before(
    scene: Scene, request_: ContactRequest
) -> None:
    slot, last = offered(scene, request_)
    interview = service.pick(slot, request_, actor=scene.profile.user)
    db.session.commit()
    assert send_reminders() == 0
    with as_of(slot.starts_at - timedelta(hours=23)):
        assert send_reminders() == 1
        assert send_reminders() == 0
    for person in (scene.profile.user, scene.member.user):
        subjects = [letter.subject for letter in letters_to(person)]
        assert sum(subject.startswith("Soon: ") for subject in subjects) == 1
    untrue_from = {letter.kind: letter.good_until for letter in letters_to(scene.profile.user)}
    assert untrue_from["interviews/reminder_student"] == slot.starts_at
    assert untrue_from["interviews/offered_student"] == last.starts_at
    assert untrue_from["interviews/booked_student"] is None
    # Changed to a time less than a day away, it needs no reminder.
    soon = slot.starts_at - timedelta(hours=5)
    with as_of(slot.starts_at - timedelta(hours=22)):
        service.change(interview, soon, MEETING, actor=scene.member.user)
        db.session.commit()
        assert send_reminders() == 0


def test_too_many_open_times_are_refused(scene: Scene, request_: ContactRequest) -> None:
    times = [ahead(hours=number) for number in range(service.SLOTS_AT_MOST + 1)]
    with pytest.raises(DomainError):
        service.offer(scene.vacancy, [request_], times, MEETING, actor=scene.member.user)


def test_moments_are_written_in_utc(scene: Scene, request_: ContactRequest) -> None:
    slot, _ = offered(scene, request_)
    service.pick(slot, request_, actor=scene.profile.user)
    _, event = last_entry(scene.member.user)
    assert (
        event["DTSTART"].to_ical()
        == slot.starts_at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ").encode()
    )


@pytest.mark.parametrize("end", ["consent", "breach", "leaving"])
def test_what_ends_a_contact_for_good_ends_its_interviews(
    scene: Scene, request_: ContactRequest, end: str
) -> None:
    second = another_accepted(scene)
    mine, left, other = offered(scene, request_, second, moments=3)
    service.pick(mine, request_, actor=scene.profile.user)
    service.pick(other, second, actor=second.profile.user)
    if end == "consent":
        endings.hide_contacts(request_.id, actor=scene.profile.user)
    elif end == "breach":
        endings.close_by_university(request_, actor=scene.staff)
    else:
        reason = EndReason.ACCOUNT_ERASED
        endings.close_open(scene.profile, reason, actor=scene.profile.user)
    db.session.flush()
    states = {one.request_id: one.state for one in db.session.scalars(sa.select(Interview))}
    assert states == {
        request_.id: InterviewState.CANCELLED,
        second.id: InterviewState.BOOKED,
    }
    assert queries.invitable(scene.vacancy) == [second]
    with pytest.raises(StaleStateError):
        service.pick(left, request_, actor=scene.profile.user)
    assert left.state is SlotState.OPEN
    (letter,) = [one for one in letters_to(scene.member.user) if "cancelled" in one.subject]
    assert scene.profile.user.name not in letter.text


def test_a_conversation_that_a_side_finished_may_still_lead_to_an_interview(
    scene: Scene, request_: ContactRequest
) -> None:
    contacts.close(request_, actor=scene.member.user)
    (slot,) = offered(scene, request_, moments=1)
    assert queries.invitable(scene.vacancy) == [request_]
    service.pick(slot, request_, actor=scene.profile.user)
