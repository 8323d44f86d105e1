"""What the page of a request shows to one of its sides: built here, so that no template holds a
name that its reader may not know yet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from flask import url_for
from flask_babel import format_decimal
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from bridge.accounts.models import Role, User
from bridge.audit import AuditEntry
from bridge.candidates.history import Event
from bridge.candidates.models import Candidate
from bridge.contacts.attention import days_until_delivery
from bridge.contacts.labels import reason_label, state_badge, student_state_badge
from bridge.contacts.models import ContactRequest, Message, RequestState, Side
from bridge.contacts.queries import requests_of_candidate, steps
from bridge.contacts.reading import read_up_to, side_of
from bridge.students.models import EntryKind
from bridge.web.i18n import short_datetime
from bridge.web.labels import Badge

STEP_TITLES: dict[RequestState, object] = {
    RequestState.REQUESTED: _l("The request was sent to the university"),
    RequestState.QUEUED: _l("The university approved the request: it waits for delivery"),
    RequestState.APPROVED: _l("The university passed the request to the candidate"),
    RequestState.RETURNED: _l("The university asked for a change"),
    RequestState.REJECTED: _l("The university rejected the request"),
    RequestState.ACCEPTED: _l("The candidate agreed: contacts are open"),
    RequestState.DECLINED: _l("The candidate declined"),
    RequestState.WITHDRAWN: _l("The enterprise withdrew the request"),
    RequestState.EXPIRED: _l("The candidate did not answer in time"),
    RequestState.ENDED: _l("The request ended unanswered"),
    RequestState.CLOSED: _l("The conversation was finished"),
}
STUDENT_STEP_TITLES = STEP_TITLES | {
    RequestState.APPROVED: _l("The university passed the request to you"),
    RequestState.ACCEPTED: _l("You agreed: contacts are open"),
    RequestState.DECLINED: _l("You declined"),
    RequestState.EXPIRED: _l("You did not answer in time"),
}
ACTION_PREFIX = f"{ContactRequest.__tablename__}."


@dataclass(frozen=True, slots=True)
class Step:
    """A line of the history; see the macro `timeline`."""

    title: object
    when: str
    actor: str
    text: object = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """A person of the other side, once both know each other."""

    name: str
    role: str = ""
    email: str
    phone: str = ""
    messenger: str = ""
    links: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Attached:
    """A file of a message; size in words, no url for who may not have it."""

    name: str
    size: str
    url: str


@dataclass(frozen=True, slots=True)
class Utterance:
    """A message of the thread."""

    number: int
    author: str
    is_own: bool
    when: str
    text: str
    files: tuple[Attached, ...]
    # by the other side; of the reader's own side's messages only
    is_seen: bool
    is_new: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestPage:
    """`contact` is None until the student has accepted; `waits_days`: about how long one that
    waits for delivery waits yet, None where nobody can tell."""

    title: str
    badge: Badge
    history: tuple[Step, ...]
    contact: Contact | None
    thread: tuple[Utterance, ...]
    may_write: bool
    waits_days: int | None = None


def request_page(request: ContactRequest, viewer: User) -> RequestPage:
    is_student = viewer.role is Role.STUDENT
    badge = student_state_badge if is_student else state_badge
    contact = None
    if request.is_open:
        contact = _of_employer(request) if is_student else _of_student(request)
    return RequestPage(
        title=request.employer.name if is_student else candidate_name(request),
        badge=badge(request.state),
        history=tuple(_history(request, viewer)),
        contact=contact,
        thread=conversation(request, viewer),
        may_write=request.state is RequestState.ACCEPTED
        and (is_student or request.employer.is_working),
        waits_days=(days_until_delivery(request) if request.state is RequestState.QUEUED else None),
    )


def conversation(request: ContactRequest, viewer: User) -> tuple[Utterance, ...]:
    """The messages of the thread, the oldest first; whoever asks has checked that the viewer may
    read them: a side of it, or staff because of a report."""
    if not request.messages:
        return ()
    read = read_up_to(request)
    return tuple(_said(message, request, viewer, read) for message in request.messages)


def candidate_name(request: ContactRequest) -> str:
    """As the employer may call the student now."""
    pseudonym = request.candidate.pseudonym
    if not request.is_open:
        return str(_("Candidate %(pseudonym)s", pseudonym=pseudonym))
    candidate = _("candidate %(pseudonym)s", pseudonym=pseudonym)
    return f"{request.profile.user.name} ({candidate})"


def _of_student(request: ContactRequest) -> Contact:
    profile = request.profile
    return Contact(
        name=profile.user.name,
        email=profile.user.email,
        phone=profile.phone,
        messenger=profile.messenger,
        links=tuple(
            (entry.title, entry.url) for entry in profile.entries_of(EntryKind.LINK) if entry.url
        ),
    )


def _of_employer(request: ContactRequest) -> Contact:
    """Whoever asked, or the enterprise's contact person where that account is gone."""
    employer, asker = request.employer, request.requested_by
    if asker is None or asker.member is None or not asker.is_active:
        return Contact(name=employer.contact_name, email="", phone=employer.contact_phone)
    return Contact(
        name=asker.name,
        role=asker.member.position,
        email=asker.email,
        phone=employer.contact_phone,
    )


def _history(request: ContactRequest, viewer: User) -> list[Step]:
    entries = steps(request)
    if viewer.role is Role.STUDENT:
        # What employer and university settled before is not the student's to read.
        first = next((n for n, entry in enumerate(entries) if _state(entry) == "approved"), 0)
        entries = entries[first:]
    return [_step(entry, request, viewer) for entry in entries]


def _state(entry: AuditEntry) -> str:
    return entry.action.removeprefix(ACTION_PREFIX)


def _step(entry: AuditEntry, request: ContactRequest, viewer: User) -> Step:
    titles = STUDENT_STEP_TITLES if viewer.role is Role.STUDENT else STEP_TITLES
    state = RequestState(_state(entry))
    title = titles[state]
    if state is RequestState.REQUESTED and "from" in entry.details:
        title = _("The request was changed and sent again")
    if state is RequestState.ACCEPTED and request.is_from_application:
        title = _("An application was answered with an invitation: contacts are open")
    return Step(
        title,
        short_datetime(entry.at),
        actor_name(entry.actor, request, viewer),
        reason_label(entry.details.get("reason", "")),
    )


def actor_name(actor: User | None, request: ContactRequest, viewer: User) -> str:
    if actor is None:
        return str(_("The platform"))
    if actor.id == viewer.id:
        return str(_("You"))
    if actor.role is Role.STUDENT:
        return candidate_name(request)
    if actor.role is Role.MEMBER:
        return (
            actor.name if viewer.role is Role.MEMBER or request.is_open else request.employer.name
        )
    return str(_("The university"))


def size_in_words(size: int) -> str:
    if size < 100 * 1024:
        return str(_("%(num)s KB", num=max(1, round(size / 1024))))
    return str(_("%(num)s MB", num=format_decimal(size / 1024 / 1024, "0.0")))


def _said(
    message: Message, request: ContactRequest, viewer: User, read: Mapping[Side, int]
) -> Utterance:
    author, own_side = message.author, side_of(viewer)
    other_side = Side.EMPLOYER if own_side is Side.STUDENT else Side.STUDENT
    # Who looks into a report is of neither side: nothing is new to them, and no file is theirs.
    is_side = viewer.role in (Role.STUDENT, Role.MEMBER)
    from_own_side = author is not None and side_of(author) is own_side
    return Utterance(
        number=message.id,
        author=_("Deleted account") if author is None else author.name,
        is_own=author is not None and author.id == viewer.id,
        when=short_datetime(message.created_at),
        text=message.text,
        files=tuple(
            Attached(
                file.name,
                size_in_words(file.size),
                url_for("contacts.download", request_id=request.id, file_id=file.id)
                if is_side
                else "",
            )
            for file in message.files
        ),
        is_seen=is_side and from_own_side and message.id <= read.get(other_side, 0),
        is_new=is_side and not from_own_side and message.id > read.get(own_side, 0),
    )


def history_of_candidate(candidate: Candidate, viewer: User) -> Iterator[Event]:
    """For the candidate's page: the steps of every request, without a name."""
    for request in requests_of_candidate(candidate):
        for entry in steps(request):
            step = _step(entry, request, viewer)
            yield Event(entry.at, step.title, blind_name(entry.actor, request, viewer), step.text)


def blind_name(actor: User | None, request: ContactRequest, viewer: User) -> str:
    """The page of a candidate stays under the pseudonym, also after the acceptance."""
    if actor is not None and actor.role is Role.STUDENT:
        return str(_("Candidate %(pseudonym)s", pseudonym=request.candidate.pseudonym))
    return actor_name(actor, request, viewer)
