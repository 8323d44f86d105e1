"""The verbs of an interview: offer times, pick one, change, cancel."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import selectinload

from bridge import audit
from bridge.accounts.models import Role, User
from bridge.contacts.models import ContactRequest
from bridge.database import utc_now
from bridge.errors import DomainError, NotAllowedError, StaleStateError
from bridge.extensions import db
from bridge.hiring import service as hiring
from bridge.hiring.models import Hiring, Stage
from bridge.hiring.queries import of_request as hiring_of
from bridge.interviews import letters
from bridge.interviews.models import Interview, InterviewState, Slot, SlotInvitation, SlotState
from bridge.interviews.queries import booked_ahead
from bridge.transitions import transition
from bridge.vacancies.models import Vacancy

# No interview is planned further ahead.
HORIZON = timedelta(days=180)
# Open slots of one vacancy at a time.
SLOTS_AT_MOST = 60


class SlotTakenError(StaleStateError):
    message = _l("Somebody has just taken this time. Please choose another.")


class PastTimeError(DomainError):
    message = _l("Offer a time that lies ahead, within half a year.")


@dataclass(frozen=True, slots=True)
class Meeting:
    """Where and for how long; `time_zone` is the one that times were entered in."""

    minutes: int
    place: str
    link: str
    time_zone: str


def offer(
    vacancy: Vacancy,
    requests: Sequence[ContactRequest],
    moments: Collection[datetime],
    meeting: Meeting,
    *,
    actor: User,
) -> list[Slot]:
    """Offer the moments to the students of these accepted requests; those who were only getting
    to know the enterprise come to the stage of the interview. A meeting that is offered already
    goes to those of them who do not have it yet: a double click offers nothing twice. Returns what
    is new to somebody.
    """
    _check_working(vacancy, actor)
    now = utc_now()
    if not moments or any(not now < moment < now + HORIZON for moment in moments):
        raise PastTimeError
    db.session.refresh(vacancy, with_for_update={"of": Vacancy})
    known = _open_slots(vacancy)
    asked = {moment: known.get((moment, meeting)) for moment in sorted(set(moments))}
    if len(known) + sum(slot is None for slot in asked.values()) > SLOTS_AT_MOST:
        raise DomainError(_l("There are too many open times already. Withdraw some of them."))
    offered, told = [], set[int]()
    for moment, slot in asked.items():
        place = slot or _make_slot(vacancy, moment, meeting, actor.id)
        new = _invite(place, requests)
        if new:
            offered.append(place)
            told |= new
            audit.record("interview_slot.offered", place, actor=actor, requests=len(new))
    for request in requests:
        if request.id not in told:
            continue
        stage = hiring_of(request.id)
        if stage is not None and stage.state is Stage.CONTACT:
            hiring.advance(stage, Stage.INTERVIEW, actor=actor, tell=False)
        letters.times_offered(request)
    return offered


def _make_slot(
    vacancy: Vacancy, moment: datetime, meeting: Meeting, offered_by_id: int | None
) -> Slot:
    slot = Slot(
        vacancy_id=vacancy.id,
        offered_by_id=offered_by_id,
        starts_at=moment,
        minutes=meeting.minutes,
        place=meeting.place,
        link=meeting.link,
        time_zone=meeting.time_zone,
    )
    db.session.add(slot)
    db.session.flush()
    return slot


def _invite(slot: Slot, requests: Sequence[ContactRequest]) -> set[int]:
    """Offer it to those who do not have it; the numbers of their requests."""
    invited = {invitation.request_id for invitation in slot.invitations}
    new = {request.id for request in requests} - invited
    slot.invitations += [SlotInvitation(request_id=number) for number in sorted(new)]
    db.session.flush()
    return new


def withdraw(slot: Slot, *, actor: User) -> None:
    """Take an open slot back; StaleStateError where it was taken meanwhile."""
    _check_working(slot.vacancy, actor)
    transition(slot, SlotState.WITHDRAWN, allowed_from=(SlotState.OPEN,), actor=actor)


def pick(slot: Slot, request: ContactRequest, *, actor: User) -> Interview:
    """The student takes the slot. Who has an interview ahead moves it to this slot. Of several who
    pick at once one gets the slot, the others SlotTakenError.
    """
    stage = _locked_stage(request)
    goes_on = request.goes_on and stage.state in hiring.OPEN_STAGES
    if not goes_on or not request.employer.is_working:
        raise StaleStateError
    current = booked_ahead(request.id)
    if current is not None and current.slot_id == slot.id:
        return current
    if not slot.is_ahead:
        raise SlotTakenError
    _take(slot, actor)
    if current is not None:
        left = current.slot
        transition(left, SlotState.OPEN, allowed_from=(SlotState.TAKEN,), actor=actor)
        current.slot_id = slot.id
        _note_change(current, "interview.moved", actor)
        db.session.refresh(current)
        letters.changed(current, left)
        return current
    interview = Interview(request_id=request.id, slot_id=slot.id, booked_at=utc_now())
    db.session.add(interview)
    db.session.flush()
    audit.record("interview.booked", interview, actor=actor, request=request.id)
    letters.booked(interview)
    return interview


def change(interview: Interview, moment: datetime, meeting: Meeting, *, actor: User) -> None:
    """The enterprise sets another time or place; both sides get the new entry."""
    vacancy = interview.slot.vacancy
    _check_working(vacancy, actor)
    if not utc_now() < moment < utc_now() + HORIZON:
        raise PastTimeError
    _check_booked(interview)
    slot = interview.slot
    if _had_another(interview):
        # What was cancelled goes on telling of the time it was for.
        interview.slot = _make_slot(vacancy, moment, meeting, slot.offered_by_id)
        interview.slot.invitations = [
            SlotInvitation(request_id=one.request_id) for one in slot.invitations
        ]
        _take(interview.slot, actor)
        transition(slot, SlotState.WITHDRAWN, allowed_from=(SlotState.TAKEN,), actor=actor)
    else:
        slot.starts_at, slot.minutes = moment, meeting.minutes
        slot.place, slot.link, slot.time_zone = meeting.place, meeting.link, meeting.time_zone
    _note_change(interview, "interview.changed", actor)
    letters.changed(interview)


def _had_another(interview: Interview) -> bool:
    """Somebody had its time before and cancelled."""
    others = sa.exists().where(Interview.slot_id == interview.slot_id, Interview.id != interview.id)
    return bool(db.session.scalar(sa.select(others)))


def cancel(interview: Interview, note: str = "", *, actor: User | None) -> None:
    """Either side takes the interview back (None: the platform, when one side ended it all). A
    time that the student leaves is open again to the others. StaleStateError for what is cancelled
    already and, from a side, for what has begun: that took place."""
    if actor is not None and actor.role is Role.MEMBER:
        _check_working(interview.slot.vacancy, actor)
    if actor is None:
        _locked_stage(interview.request)
    else:
        _check_booked(interview)
    transition(
        interview,
        InterviewState.CANCELLED,
        allowed_from=(InterviewState.BOOKED,),
        actor=actor,
        values={"sequence": Interview.sequence + 1, "note": note},
        request=interview.request_id,
    )
    by_student = actor is not None and actor.role is Role.STUDENT
    after = SlotState.OPEN if by_student else SlotState.WITHDRAWN
    transition(interview.slot, after, allowed_from=(SlotState.TAKEN,), actor=actor)
    letters.cancelled(interview, actor)


def cancel_ahead(request: ContactRequest) -> None:
    """What lies ahead of a request that one side has ended."""
    while (interview := booked_ahead(request.id)) is not None:
        cancel(interview, actor=None)


def _take(slot: Slot, actor: User) -> None:
    try:
        transition(slot, SlotState.TAKEN, allowed_from=(SlotState.OPEN,), actor=actor)
    except StaleStateError as error:
        raise SlotTakenError from error


def _note_change(interview: Interview, action: str, actor: User) -> None:
    """Calendars take over only what has a higher sequence; the reminder is due anew."""
    interview.sequence += 1
    interview.reminded_at = None
    interview.booked_at = utc_now()
    audit.record(action, interview, actor=actor, request=interview.request_id)
    db.session.flush()


def _check_booked(interview: Interview) -> None:
    _locked_stage(interview.request)
    db.session.refresh(interview, with_for_update={"of": Interview})
    if interview.state is not InterviewState.BOOKED or not interview.slot.is_ahead:
        raise StaleStateError


def _locked_stage(request: ContactRequest) -> Hiring:
    """Its row is the lock of all that happens to the interviews of a request."""
    stage = hiring_of(request.id)
    if stage is None:
        raise StaleStateError
    db.session.refresh(stage, with_for_update={"of": Hiring})
    return stage


def _check_working(vacancy: Vacancy, actor: User) -> None:
    if actor.role is not Role.MEMBER or not vacancy.employer.is_working:
        raise NotAllowedError


def _open_slots(vacancy: Vacancy) -> dict[tuple[datetime, Meeting], Slot]:
    """What may still be picked of the vacancy, by when and where it is."""
    found = db.session.scalars(
        sa.select(Slot)
        .where(
            Slot.vacancy_id == vacancy.id,
            Slot.state == SlotState.OPEN,
            Slot.starts_at > utc_now(),
        )
        .options(selectinload(Slot.invitations))
    )
    return {
        (slot.starts_at, Meeting(slot.minutes, slot.place, slot.link, slot.time_zone)): slot
        for slot in found
    }
