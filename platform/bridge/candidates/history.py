"""What an employer did about one candidate and what came of it; each feature adds its part."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from flask import Flask, current_app
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import joinedload

from bridge.accounts.models import User
from bridge.audit import AuditEntry
from bridge.candidates.models import Candidate, CandidateNote, CandidateTag, Mark
from bridge.extensions import db
from bridge.web.i18n import short_datetime

MARKED: dict[str, object] = {
    Mark.STAR.value: _l("Added to the shortlist"),
    Mark.UNFIT.value: _l("Marked as not a fit"),
    Mark.NONE.value: _l("The mark was taken back"),
}
TITLES: dict[str, object] = {
    "candidate.opened": _l("The profile was opened"),
    "candidate_note.written": _l("A note was written"),
    "candidate_tag.added": _l("A tag was added"),
    "candidate_tag.removed": _l("A tag was removed"),
}
_EXTENSION = "bridge-candidate-history"


@dataclass(frozen=True, slots=True)
class Event:
    at: datetime
    title: object
    actor: str = ""
    text: object = ""

    @property
    def when(self) -> str:
        return short_datetime(self.at)


Provider = Callable[[Candidate, User], Iterable[Event]]


def attach_history(app: Flask, provider: Provider) -> None:
    """A later feature tells what it knows of a candidate."""
    app.extensions.setdefault(_EXTENSION, []).append(provider)


def history_of(candidate: Candidate, viewer: User) -> list[Event]:
    """Everything, the newest first; names of colleagues, never the student's."""
    events = list(_own_events(candidate))
    for provider in current_app.extensions.get(_EXTENSION, ()):
        events.extend(provider(candidate, viewer))
    return sorted(events, key=lambda event: event.at, reverse=True)


def _own_events(candidate: Candidate) -> Iterable[Event]:
    notes = sa.select(CandidateNote.id).where(CandidateNote.candidate_id == candidate.id)
    about = sa.or_(
        sa.and_(
            AuditEntry.subject_type == Candidate.__tablename__,
            AuditEntry.subject_id == candidate.id,
        ),
        sa.and_(
            AuditEntry.subject_type == CandidateNote.__tablename__,
            AuditEntry.subject_id.in_(notes),
        ),
        sa.and_(
            AuditEntry.subject_type == CandidateTag.__tablename__,
            AuditEntry.details["candidate"].as_integer() == candidate.id,
        ),
    )
    rows = db.session.scalars(
        sa.select(AuditEntry).where(about).options(joinedload(AuditEntry.actor))
    )
    for entry in rows:
        title = (
            MARKED.get(entry.details.get("to", ""))
            if entry.action == "candidate.marked"
            else TITLES.get(entry.action)
        )
        if title is not None:
            yield Event(entry.at, title, name_of(entry.actor))


def name_of(actor: User | None) -> str:
    """A colleague; accounts that are gone have none."""
    return str(_("The platform")) if actor is None else actor.name
