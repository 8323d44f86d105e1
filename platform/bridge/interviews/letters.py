"""Letters about interviews, each with the calendar entry, the time on its reader's clock. None
names the student to the employer."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import force_locale

from bridge.accounts.models import Role, User
from bridge.contacts import notices
from bridge.contacts.models import ContactRequest
from bridge.interviews.calendars import calendar_of, file_name
from bridge.interviews.models import Interview, Slot
from bridge.interviews.zones import zone_of
from bridge.mail.models import OutboxMail
from bridge.mail.service import attach

REQUEST, CANCEL = "REQUEST", "CANCEL"


def times_offered(request: ContactRequest, slots: Sequence[Slot]) -> None:
    for student in notices.student_of(request):
        notices.send(
            (student,),
            request,
            "interviews/offered_student",
            slots=slots,
            zone=zone_of(student.id),
        )


def booked(interview: Interview) -> None:
    _to_both(interview, "booked", REQUEST)


def changed(interview: Interview) -> None:
    _to_both(interview, "changed", REQUEST)


def cancelled(interview: Interview, actor: User | None) -> None:
    """Also to who cancelled: the entry in their calendar goes too."""
    _to_both(interview, "cancelled", CANCEL, by_student=actor is not None and _is_student(actor))


def reminder(interview: Interview) -> None:
    _to_both(interview, "reminder", None)


def _is_student(person: User) -> bool:
    return person.role is Role.STUDENT


def _to_both(interview: Interview, what: str, method: str | None, **context: object) -> None:
    request = interview.request
    for reader in (*notices.student_of(request), *notices.people_of_employer(request)):
        suffix = "_student" if _is_student(reader) else ""
        mails = notices.send(
            (reader,),
            request,
            f"interviews/{what}{suffix}",
            slot=interview.slot,
            zone=zone_of(reader.id),
            words=interview.note,
            **context,
        )
        if method is not None:
            for mail in mails:
                _attach_entry(mail, interview, reader, method)


def _attach_entry(mail: OutboxMail, interview: Interview, reader: User, method: str) -> None:
    with force_locale(reader.locale):
        content = calendar_of([interview], reader, method)
    kind = f"text/calendar; method={method}; charset=utf-8"
    attach(mail, file_name(interview), kind, content)
