"""The verbs of a stage. Either side may end it with a reason; a step can be taken back by the side
that made it."""

from __future__ import annotations

from typing import Any

from bridge import events
from bridge.accounts.models import Role, User
from bridge.contacts.models import ContactRequest, Side
from bridge.contacts.reading import side_of
from bridge.database import utc_now
from bridge.errors import NotAllowedError, StaleStateError
from bridge.extensions import db
from bridge.hiring import notices
from bridge.hiring.labels import EmployerReason, StudentReason
from bridge.hiring.models import Hiring, Stage
from bridge.hiring.queries import of_request
from bridge.transitions import transition

OPEN_STAGES = (Stage.CONTACT, Stage.INTERVIEW, Stage.OFFER)
# Every step forward: the stage it leads to, those it may start from, the sides that may make it.
STEPS: dict[Stage, tuple[tuple[Stage, ...], tuple[Side, ...]]] = {
    Stage.INTERVIEW: ((Stage.CONTACT,), (Side.EMPLOYER,)),
    Stage.OFFER: ((Stage.CONTACT, Stage.INTERVIEW), (Side.EMPLOYER,)),
    Stage.HIRED: ((Stage.OFFER,), (Side.EMPLOYER, Side.STUDENT)),
}
BEFORE = {
    Stage.INTERVIEW: Stage.CONTACT,
    Stage.OFFER: Stage.INTERVIEW,
    Stage.HIRED: Stage.OFFER,
}


def begin(request: ContactRequest) -> Hiring:
    """The student has accepted: the first stage. The same again changes nothing."""
    hiring = of_request(request.id)
    if hiring is None:
        hiring = Hiring(request=request, changed_at=utc_now())
        db.session.add(hiring)
        db.session.flush()
    return hiring


def forward_steps(hiring: Hiring, side: Side) -> list[Stage]:
    """The stages that the side may move to now."""
    return [
        to for to, (sources, sides) in STEPS.items() if hiring.state in sources and side in sides
    ]


def previous(hiring: Hiring) -> Stage | None:
    """Where a step back leads; None from the first stage."""
    return hiring.came_from or BEFORE.get(hiring.state)


def may_go_back(hiring: Hiring, side: Side) -> bool:
    """Who made a step may take it back; so nobody undoes the other side's answer."""
    return previous(hiring) is not None and hiring.moved_by is side


def advance(hiring: Hiring, to: Stage, *, actor: User, tell: bool = True) -> None:
    """One step forward; StaleStateError where the stage has changed meanwhile, NotAllowedError
    where the actor's side does not make this step. tell: whether a letter goes to the other side,
    or what leads to the step has one of its own."""
    sources, sides = STEPS[to]
    if side_of(actor) not in sides:
        raise NotAllowedError
    _move(hiring, to, sources, actor=actor)
    if tell:
        notices.tell_other_side(hiring, actor)


def decline(
    hiring: Hiring, reason: EmployerReason | StudentReason, note: str = "", *, actor: User
) -> None:
    """Either side goes no further; the other one reads the reason and the note."""
    _move(hiring, Stage.DECLINED, OPEN_STAGES, actor=actor, reason_code=reason.value, note=note)
    notices.tell_other_side(hiring, actor)


def go_back(hiring: Hiring, version: int, *, actor: User) -> None:
    """Take back the last step, if it still is the one that the actor saw (`version`)."""
    _lock(hiring)
    target = previous(hiring)
    if target is None or hiring.version != version:
        raise StaleStateError
    if not may_go_back(hiring, side_of(actor)):
        raise NotAllowedError
    _move(hiring, target, (hiring.state,), actor=actor, back=True)
    notices.tell_other_side(hiring, actor, back=True)


def _move(
    hiring: Hiring,
    to: Stage,
    sources: tuple[Stage, ...],
    *,
    actor: User,
    reason_code: str = "",
    note: str = "",
    back: bool = False,
) -> None:
    _check_working(hiring, actor)
    _lock(hiring)
    details: dict[str, Any] = {"request": hiring.request_id, "back": True if back else None}
    transition(
        hiring,
        to,
        allowed_from=sources,
        actor=actor,
        values={
            "came_from": None if back else hiring.state,
            "moved_by": side_of(actor),
            "reason_code": reason_code,
            "note": note,
            "changed_at": utc_now(),
        },
        reason=reason_code,
        **{name: value for name, value in details.items() if value is not None},
    )
    events.stage_changed.send(hiring, actor=actor)


def _lock(hiring: Hiring) -> None:
    db.session.refresh(hiring, with_for_update={"of": Hiring})


def _check_working(hiring: Hiring, actor: User) -> None:
    """A suspended employer does nothing any more; the student may always end it."""
    if actor.role is Role.MEMBER and not hiring.request.employer.is_working:
        raise NotAllowedError
