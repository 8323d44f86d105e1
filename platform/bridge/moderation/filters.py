"""What part of the queue an address asks for."""

from __future__ import annotations

from dataclasses import dataclass, replace

import sqlalchemy as sa
from flask import request, url_for
from sqlalchemy.orm import joinedload

from bridge.accounts.models import User
from bridge.cases.models import Case, CaseKind, CaseState
from bridge.cases.queries import DECIDED
from bridge.database import utc_now
from bridge.employers.models import Employer
from bridge.web.forms import clean_line

TEXT_MAX = 100


@dataclass(frozen=True, slots=True)
class Filters:
    """All of them stand in the address, so that Back works and a link can be passed on."""

    kind: CaseKind | None = None
    employer_id: int | None = None
    overdue: bool = False
    mine: bool = False
    flagged: bool = False
    decided: bool = False
    text: str = ""

    @classmethod
    def asked(cls) -> Filters:
        """Values that mean nothing are as if not there."""
        name, number = request.args.get("kind"), request.args.get("employer", "")
        is_number = number.isascii() and number.isdecimal() and len(number) < 10
        return cls(
            kind=next((kind for kind in CaseKind if kind.value == name), None),
            employer_id=int(number) if is_number else None,
            overdue=request.args.get("overdue") == "1",
            mine=request.args.get("mine") == "1",
            flagged=request.args.get("flagged") == "1",
            decided=request.args.get("state") == "decided",
            text=str(clean_line(request.args.get("q", "")))[:TEXT_MAX],
        )

    @property
    def narrows(self) -> bool:
        """Beyond the kind and the state, which are the tabs."""
        return bool(self.employer_id or self.overdue or self.mine or self.flagged or self.text)

    def only(self, **changes: object) -> Filters:
        return replace(self, **changes)  # type: ignore[arg-type]

    def values(self) -> dict[str, str]:
        """The parameters of the address that ask for this."""
        chosen = {
            "kind": self.kind.value if self.kind else None,
            "employer": str(self.employer_id) if self.employer_id else None,
            "overdue": "1" if self.overdue else None,
            "mine": "1" if self.mine else None,
            "flagged": "1" if self.flagged else None,
            "state": "decided" if self.decided else None,
            "q": self.text or None,
        }
        return {name: value for name, value in chosen.items() if value is not None}

    def url(self, endpoint: str, **values: object) -> str:
        """An address that keeps these filters; None leaves a parameter out."""
        return url_for(endpoint, **{**self.values(), **values})  # type: ignore[arg-type]

    def select(self, viewer: User) -> sa.Select[Case]:
        """What waits, the most overdue first; or what was decided, the latest first."""
        select = sa.select(Case).options(
            joinedload(Case.employer),
            joinedload(Case.claimed_by),
            joinedload(Case.escalated_to),
            joinedload(Case.first_by),
            joinedload(Case.batch),
        )
        if self.kind is not None:
            select = select.where(Case.kind == self.kind)
        if self.employer_id is not None:
            select = select.where(Case.employer_id == self.employer_id)
        if self.flagged:
            select = select.where((Case.flag_count > 0) | Case.spot_check)
        if self.text:
            select = select.where(
                Case.title.icontains(self.text, autoescape=True)
                | Case.employer.has(Employer.name.icontains(self.text, autoescape=True))
            )
        return self._decided(select, viewer) if self.decided else self._waiting(select, viewer)

    def _decided(self, select: sa.Select[Case], viewer: User) -> sa.Select[Case]:
        if self.overdue:
            select = select.where(Case.decided_at > Case.due_at)
        if self.mine:
            select = select.where(Case.decided_by_id == viewer.id)
        return (
            select.where(Case.state.in_(DECIDED))
            .options(joinedload(Case.decided_by))
            .order_by(Case.decided_at.desc(), Case.id.desc())
        )

    def _waiting(self, select: sa.Select[Case], viewer: User) -> sa.Select[Case]:
        if self.overdue:
            select = select.where(Case.due_at < utc_now())
        if self.mine:
            select = select.where(is_mine(viewer))
        return select.where(Case.state == CaseState.WAITING).order_by(Case.due_at, Case.id)


def is_mine(viewer: User) -> sa.ColumnElement[bool]:
    """Claimed by the viewer, or the viewer was asked about it when it became overdue."""
    claimed = sa.and_(Case.claimed_by_id == viewer.id, Case.claimed_until > utc_now())
    return sa.or_(claimed, Case.escalated_to_id == viewer.id)
