"""An accepted request begins the first stage."""

from __future__ import annotations

from bridge import events
from bridge.accounts.models import User
from bridge.contacts.models import ContactRequest
from bridge.hiring.service import begin


def on_contact_accepted(request: ContactRequest, *, actor: User | None) -> None:
    begin(request)


def connect() -> None:
    """Connecting twice is the same as once."""
    events.contact_accepted.connect(on_contact_accepted)
