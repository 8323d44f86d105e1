"""What happens below and matters to erasure."""

from __future__ import annotations

from bridge import events
from bridge.accounts.models import User
from bridge.rights.service import cancel_of


def on_account_reactivated(user: User, *, actor: User | None) -> None:
    """Nobody's account is erased that an administrator has opened again."""
    cancel_of(user, actor=actor)


def connect() -> None:
    events.account_reactivated.connect(on_account_reactivated)
