"""What is told about interviews: the time on the reader's clock, letters with the calendar entry.
No letter names the student to the employer."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from flask_babel import force_locale

from bridge.accounts.models import Role, User
from bridge.contacts import notices as contacts
from bridge.contacts.models import ContactRequest
from bridge.interviews.calendars import calendar_of, file_name
from bridge.interviews.models import Interview, Slot
from bridge.interviews.queries import interviews_by_number, slots_on_offer
from bridge.interviews.zones import zone_of
from bridge.mail.models import Attachment
from bridge.notices.kinds import Told, register
from bridge.notices.models import Group
from bridge.notices.service import notify, settle

OFFERED = "interviews/offered_student"
REMINDERS = ("interviews/reminder", "interviews/reminder_student")
KINDS = ("booked", "changed", "cancelled", "reminder")


def init_app() -> None:
    register(Group.REQUESTS, tell_offer, OFFERED)
    names = (f"interviews/{kind}{side}" for kind in KINDS for side in ("", "_student"))
    register(Group.REQUESTS, tell, *names)


def tell(interview_ids: Collection[int], reader: User) -> Mapping[int, Told]:
    """What `reader` may know of these interviews now."""
    found = interviews_by_number(interview_ids)
    requests = contacts.tell({interview.request_id for interview in found}, reader)
    zone = zone_of(reader.id)
    return {
        interview.id: Told(
            {**told.context, "slot": interview.slot, "zone": zone, "words": interview.note},
            told.person,
        )
        for interview in found
        if (told := requests.get(interview.request_id)) is not None
    }


def tell_offer(request_ids: Collection[int], reader: User) -> Mapping[int, Told]:
    """The times that are still free."""
    slots, zone = slots_on_offer(request_ids), zone_of(reader.id)
    return {
        number: Told({**told.context, "slots": slots.get(number, ()), "zone": zone}, told.person)
        for number, told in contacts.tell(request_ids, reader).items()
    }


def times_offered(request: ContactRequest) -> None:
    times = slots_on_offer([request.id]).get(request.id, ())
    good_until = max((slot.starts_at for slot in times), default=None)
    notify(request.profile.user, OFFERED, request, good_until=good_until)


def booked(interview: Interview) -> None:
    settle(OFFERED, interview.request)
    _to_both(interview, "booked", "REQUEST")


def changed(interview: Interview, left: Slot | None = None) -> None:
    """left: the slot that it was moved away from. Who offered that one, and has nothing to do with
    the new time, gets the entry taken out of their calendar."""
    _no_longer_soon(interview)
    _to_both(interview, "changed", "REQUEST")
    before = None if left is None else left.offered_by
    if before is not None and before not in _readers(interview):
        _tell(before, interview, "changed", "CANCEL")


def cancelled(interview: Interview, actor: User | None) -> None:
    """Also to who cancelled: the entry in their calendar goes too."""
    _no_longer_soon(interview)
    by_student = actor is not None and actor.role is Role.STUDENT
    _to_both(interview, "cancelled", "CANCEL", by_student=by_student)


def reminder(interview: Interview) -> None:
    _to_both(interview, "reminder", None, good_until=interview.slot.starts_at)


def _no_longer_soon(interview: Interview) -> None:
    """It does not begin when the reminder said: nobody needs to read that one any more."""
    for kind in REMINDERS:
        settle(kind, interview)


def _readers(interview: Interview) -> list[User]:
    """The student, who asked for the contact, and the colleague who offered the time: those whose
    calendars hold the interview."""
    request, offerer = interview.request, interview.slot.offered_by
    readers = [request.profile.user, *contacts.people_of_employer(request)]
    return readers if offerer is None or offerer in readers else [*readers, offerer]


def _to_both(interview: Interview, what: str, method: str | None, **data: Any) -> None:
    for reader in _readers(interview):
        _tell(reader, interview, what, method, **data)


def _tell(reader: User, interview: Interview, what: str, method: str | None, **data: Any) -> None:
    suffix = "_student" if reader.role is Role.STUDENT else ""
    files = () if method is None else (_entry(interview, reader, method),)
    notify(reader, f"interviews/{what}{suffix}", interview, attachments=files, **data)


def _entry(interview: Interview, reader: User, method: str) -> Attachment:
    with force_locale(reader.locale):
        content = calendar_of([interview], reader, method)
    kind = f"text/calendar; method={method}; charset=utf-8"
    return Attachment(name=file_name(interview), media_type=kind, content=content)
