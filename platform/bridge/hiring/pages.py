"""What pages show of a stage: built here, so that no template decides who may do what."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Flask, current_app, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from bridge.accounts.models import Role, User
from bridge.audit import AuditEntry
from bridge.candidates.history import Event, attach_history
from bridge.candidates.models import Candidate
from bridge.contacts.models import ContactRequest, Side
from bridge.contacts.pages import Step, actor_name, blind_name
from bridge.contacts.queries import requests_of_candidate
from bridge.contacts.reading import side_of
from bridge.hiring import queries
from bridge.hiring.labels import STAGES, reason_label, stage_badge
from bridge.hiring.models import Hiring, Stage
from bridge.hiring.service import (
    OPEN_STAGES,
    forward_steps,
    may_go_back,
    previous,
)
from bridge.permissions import Permission, can
from bridge.vacancies.models import Vacancy
from bridge.web.i18n import short_date, short_datetime
from bridge.web.labels import Badge

VERBS: dict[Stage, object] = {
    Stage.INTERVIEW: _l("To the interview"),
    Stage.OFFER: _l("Make an offer"),
    Stage.HIRED: _l("Mark as hired"),
}
STUDENT_VERBS = VERBS | {Stage.HIRED: _l("Accept the offer")}
DECLINE: dict[Side, object] = {
    Side.STUDENT: _l("Decline…"),
    Side.EMPLOYER: _l("Decline the candidate…"),
}
STEP_TITLES: dict[Stage, object] = {
    Stage.CONTACT: _l("Contacts are open"),
    Stage.INTERVIEW: _l("Stage: interview"),
    Stage.OFFER: _l("Stage: offer"),
    Stage.HIRED: _l("Stage: hired"),
    Stage.DECLINED: _l("Declined to go on"),
}
_EXTENSION = "bridge-stage-notes"


@dataclass(frozen=True, slots=True)
class Action:
    """A button that posts to `url`, or the link of that address."""

    label: object
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StageView:
    """One request's stage, as its reader may see and change it. `track` is every stage in order
    and whether it is reached; empty where one side declined."""

    badge: Badge
    reason: object
    words: str
    changed: str
    track: tuple[tuple[Badge, str], ...]
    steps: tuple[Action, ...]
    decline: Action | None
    back: Action | None
    history: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardCard:
    """A candidate on the board of a vacancy; notes: short facts of other features."""

    name: str
    pseudonym: str
    url: str
    changed: str
    stage: StageView
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Column:
    stage: Stage
    badge: Badge
    cards: tuple[BoardCard, ...]


# Requests' numbers -> short facts about each (the next interview, unread messages).
CardNotes = Callable[[Collection[int]], Mapping[int, Sequence[str]]]


def attach_card_notes(app: Flask, notes: CardNotes) -> None:
    """A later feature adds facts to the cards of the board."""
    app.extensions.setdefault(_EXTENSION, []).append(notes)


def stage_view(hiring: Hiring, viewer: User, *, with_history: bool = False) -> StageView:
    side = side_of(viewer)
    verbs = STUDENT_VERBS if side is Side.STUDENT else VERBS
    may_move = can(viewer, Permission.MOVE_STAGE, hiring.request) and (
        side is Side.STUDENT or hiring.request.employer.is_working
    )
    is_open = hiring.state in OPEN_STAGES
    return StageView(
        badge=stage_badge(hiring.state, hiring.moved_by),
        reason=reason_label(hiring.reason_code),
        words=hiring.note,
        changed=short_date(hiring.changed_at),
        track=_track(hiring),
        steps=tuple(
            Action(verbs[to], _address("hiring.advance", hiring, stage=to.value))
            for to in (forward_steps(hiring, side) if may_move else ())
        ),
        decline=Action(DECLINE[side], _address("hiring.decline", hiring))
        if may_move and is_open
        else None,
        back=_back(hiring) if may_move and may_go_back(hiring, side) else None,
        history=tuple(_step(entry, hiring, viewer) for entry in queries.stage_steps(hiring))
        if with_history
        else (),
    )


def undo_address(hiring: Hiring, **values: str) -> str:
    """Takes back the step just made, and no other: the version is part of the address."""
    return _address("hiring.back", hiring, version=hiring.version, **values)


def _address(endpoint: str, hiring: Hiring, **values: Any) -> str:
    return url_for(endpoint, request_id=hiring.request_id, **values)


def _back(hiring: Hiring) -> Action:
    target = previous(hiring)
    assert target is not None
    label = _("Back to the stage “%(stage)s”", stage=STAGES[target].label)
    return Action(label, undo_address(hiring))


def _track(hiring: Hiring) -> tuple[tuple[Badge, str], ...]:
    """Each stage with `done`, `current` or `ahead`; a declined one shows how far it came."""
    order = (*OPEN_STAGES, Stage.HIRED)
    reached = hiring.came_from if hiring.state is Stage.DECLINED else hiring.state
    place = order.index(reached) if reached in order else 0
    lost = hiring.state is Stage.DECLINED
    return tuple(
        (STAGES[stage], "done" if n < place or (lost and n == place) else _ahead(n, place, lost))
        for n, stage in enumerate(order)
    )


def _ahead(number: int, place: int, lost: bool) -> str:
    return "current" if number == place and not lost else "ahead"


def _title(entry: AuditEntry) -> object:
    stage = Stage(entry.action.removeprefix(f"{Hiring.__tablename__}."))
    if entry.details.get("back"):
        return _("A step was taken back: %(stage)s", stage=STAGES[stage].label)
    return STEP_TITLES[stage]


def history_of_candidate(candidate: Candidate, viewer: User) -> Iterator[Event]:
    """For the candidate's page: the steps after the acceptance, without a name."""
    for request in requests_of_candidate(candidate):
        hiring = queries.of_request(request.id) if request.is_open else None
        for entry in queries.stage_steps(hiring) if hiring else ():
            reason = reason_label(entry.details.get("reason", ""))
            yield Event(entry.at, _title(entry), blind_name(entry.actor, request, viewer), reason)


def _step(entry: AuditEntry, hiring: Hiring, viewer: User) -> Step:
    return Step(
        _title(entry),
        short_datetime(entry.at),
        actor_name(entry.actor, hiring.request, viewer),
        reason_label(entry.details.get("reason", "")),
    )


def columns_of(vacancy: Vacancy, viewer: User) -> list[Column]:
    """The board: one column a stage, whatever their length in the same number of queries."""
    board = queries.board_of(vacancy)
    everybody = [hiring.request_id for column in board.values() for hiring in column]
    notes = _card_notes(everybody)
    return [
        Column(
            stage,
            STAGES[stage],
            tuple(_board_card(hiring, viewer, notes.get(hiring.request_id, ())) for hiring in rows),
        )
        for stage, rows in board.items()
    ]


def _board_card(hiring: Hiring, viewer: User, notes: Sequence[str]) -> BoardCard:
    return BoardCard(
        name=hiring.request.profile.user.name,
        pseudonym=hiring.request.candidate.pseudonym,
        url=url_for("contacts.detail", request_id=hiring.request_id),
        changed=short_date(hiring.changed_at),
        stage=stage_view(hiring, viewer),
        notes=tuple(notes),
    )


def _card_notes(request_ids: Collection[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for provider in current_app.extensions.get(_EXTENSION, ()) if request_ids else ():
        for request_id, notes in provider(request_ids).items():
            found.setdefault(request_id, []).extend(notes)
    return found


def stage_of_request(request: ContactRequest) -> StageView | None:
    """For the page of a request, which knows nothing of stages; None before the acceptance."""
    if current_user.role not in (Role.STUDENT, Role.MEMBER) or not request.is_open:
        return None
    hiring = queries.visible_hiring(current_user, request.id)
    return None if hiring is None else stage_view(hiring, current_user, with_history=True)


def stages_of_requests(requests: Sequence[ContactRequest]) -> dict[int, Badge]:
    """For lists of requests: the badge of each that has come further than open contacts."""
    opened = [request.id for request in requests if request.is_open]
    return {
        request_id: stage_badge(hiring.state, hiring.moved_by)
        for request_id, hiring in (queries.of_requests(opened) if opened else {}).items()
        if hiring.state is not Stage.CONTACT
    }


def init_app(app: Flask) -> None:
    attach_history(app, history_of_candidate)
    app.jinja_env.globals.update(
        stage_of_request=stage_of_request, stages_of_requests=stages_of_requests
    )
