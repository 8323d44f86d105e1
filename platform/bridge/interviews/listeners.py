"""Who ends it all has no interview any more."""

from __future__ import annotations

from bridge import events
from bridge.accounts.models import User
from bridge.contacts.models import ContactRequest
from bridge.hiring.models import Hiring, Stage
from bridge.interviews.service import cancel_ahead


def on_stage_changed(hiring: Hiring, *, actor: User | None) -> None:
    if hiring.state is Stage.DECLINED:
        cancel_ahead(hiring.request)


def on_contact_ended(request: ContactRequest, *, actor: User | None) -> None:
    cancel_ahead(request)


def connect() -> None:
    """Connecting twice is the same as once."""
    events.stage_changed.connect(on_stage_changed)
    events.contact_ended.connect(on_contact_ended)
