"""What the page of a request shows to one of its sides: built here, so that no template holds a
name that its reader may not know yet."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from bridge.accounts.models import Role, User
from bridge.audit import AuditEntry
from bridge.contacts.attention import days_until_delivery
from bridge.contacts.labels import reason_label, state_badge, student_state_badge
from bridge.contacts.models import ContactRequest, Message, RequestState
from bridge.contacts.queries import steps
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
class Utterance:
    """A message of the thread."""

    author: str
    is_own: bool
    when: str
    text: str


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
        thread=tuple(_said(message, viewer) for message in request.messages),
        may_write=request.state is RequestState.ACCEPTED
        and (is_student or request.employer.is_working),
        waits_days=(days_until_delivery(request) if request.state is RequestState.QUEUED else None),
    )


def candidate_name(request: ContactRequest) -> str:
    """As the employer may call the student now."""
    pseudonym = _("Candidate %(pseudonym)s", pseudonym=request.candidate.pseudonym)
    return f"{request.profile.user.name} ({pseudonym})" if request.is_open else pseudonym


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


def _said(message: Message, viewer: User) -> Utterance:
    author = message.author
    return Utterance(
        _("Deleted account") if author is None else author.name,
        author is not None and author.id == viewer.id,
        short_datetime(message.created_at),
        message.text,
    )
