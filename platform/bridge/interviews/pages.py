"""What pages show of interviews: built here, on the reader's clock."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from flask import Flask, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from bridge.accounts.models import Role, User
from bridge.candidates.history import Event, attach_history
from bridge.candidates.models import Candidate
from bridge.contacts.models import ContactRequest
from bridge.contacts.pages import blind_name, candidate_name
from bridge.extensions import db
from bridge.hiring.queries import of_request as hiring_of
from bridge.hiring.service import OPEN_STAGES
from bridge.interviews import queries
from bridge.interviews.calendars import download_url
from bridge.interviews.models import Interview, InterviewState, Slot
from bridge.interviews.zones import zone_of, zoned
from bridge.permissions import Permission, can

TITLES: dict[str, object] = {
    "interview.booked": _l("An interview was agreed"),
    "interview.moved": _l("The interview was moved to another time"),
    "interview.changed": _l("The interview was changed"),
    "interview.cancelled": _l("The interview was cancelled"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class InterviewView:
    """An interview as its reader may see and change it; the urls are None where they may not."""

    title: str
    about: str
    url: str
    when: str
    place: str
    link: str
    is_off: bool
    is_ahead: bool
    note: str
    calendar_url: str
    change_url: str | None
    cancel_url: str | None


@dataclass(frozen=True, slots=True)
class Choice:
    """A time that the student may pick."""

    when: str
    place: str
    link: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InterviewsPanel:
    """For the page of a request; `offer_url`: where the enterprise offers times."""

    interviews: tuple[InterviewView, ...]
    choices: tuple[Choice, ...]
    offered: tuple[str, ...]
    has_one_ahead: bool
    offer_url: str | None

    @property
    def is_empty(self) -> bool:
        return not (self.interviews or self.choices or self.offered or self.offer_url)


def interview_view(interview: Interview, reader: User, zone: str) -> InterviewView:
    slot, request = interview.slot, interview.request
    is_student = reader.role is Role.STUDENT
    is_off = interview.state is InterviewState.CANCELLED
    may_act = slot.is_ahead and not is_off and (is_student or request.employer.is_working)
    may_plan = may_act and can(reader, Permission.PLAN_INTERVIEW, request)
    return InterviewView(
        title=request.employer.name if is_student else candidate_name(request),
        about=request.vacancy.title,
        url=url_for("contacts.detail", request_id=request.id),
        when=zoned(slot.starts_at, zone, slot.minutes),
        place=slot.place,
        link=slot.link,
        is_off=is_off,
        is_ahead=slot.is_ahead,
        note=interview.note,
        calendar_url=download_url(interview),
        change_url=url_for("interviews.change", interview_id=interview.id) if may_plan else None,
        cancel_url=url_for("interviews.cancel", interview_id=interview.id) if may_act else None,
    )


def interviews_of_request(request: ContactRequest) -> InterviewsPanel | None:
    """For the page of a request, which knows nothing of interviews; None before acceptance."""
    reader = current_user
    if reader.role not in (Role.STUDENT, Role.MEMBER) or not request.is_open:
        return None
    zone = zone_of(reader.id)
    stage = hiring_of(request.id)
    is_going_on = stage is not None and stage.state in OPEN_STAGES and request.goes_on
    slots = queries.open_slots(request.id) if is_going_on else []
    found = [
        interview_view(interview, reader, zone) for interview in queries.of_request(request.id)
    ]
    is_student = reader.role is Role.STUDENT
    may_plan = is_going_on and can(reader, Permission.PLAN_INTERVIEW, request)
    return InterviewsPanel(
        interviews=tuple(found),
        choices=tuple(_choice(slot, request, zone) for slot in slots) if is_student else (),
        offered=()
        if is_student
        else tuple(zoned(slot.starts_at, zone, slot.minutes) for slot in slots),
        has_one_ahead=any(one.is_ahead and not one.is_off for one in found),
        offer_url=url_for("interviews.plan", vacancy_id=request.vacancy_id, request=request.id)
        if may_plan
        else None,
    )


def _choice(slot: Slot, request: ContactRequest, zone: str) -> Choice:
    return Choice(
        when=zoned(slot.starts_at, zone, slot.minutes),
        place=slot.place,
        link=slot.link,
        url=url_for("interviews.pick", request_id=request.id, slot_id=slot.id),
    )


def next_interview() -> InterviewView | None:
    """The reader's next one, for their home."""
    found = db.session.scalars(queries.upcoming(current_user).limit(1)).first()
    return found and interview_view(found, current_user, zone_of(current_user.id))


def card_notes(request_ids: Collection[int]) -> dict[int, list[str]]:
    """For the board: when each is next to be met."""
    zone = zone_of(current_user.id)
    return {
        request_id: [_("Interview: %(when)s", when=zoned(slot.starts_at, zone))]
        for request_id, slot in queries.next_of_requests(request_ids).items()
    }


def history_of_candidate(candidate: Candidate, viewer: User) -> Iterator[Event]:
    """For the candidate's page: what became of interviews, without a name."""
    for request, entry in queries.steps_of_candidate(candidate):
        title = TITLES.get(entry.action)
        if title is not None:
            yield Event(entry.at, title, blind_name(entry.actor, request, viewer))


def init_app(app: Flask) -> None:
    attach_history(app, history_of_candidate)
    app.jinja_env.globals.update(
        interviews_of_request=interviews_of_request, next_interview=next_interview
    )
