"""What happens below and matters to searches."""

from __future__ import annotations

from bridge import events
from bridge.accounts.models import User
from bridge.search.service import note_vocabulary
from bridge.skills.models import Skill


def note_skill(skill: Skill, *, actor: User | None) -> None:
    """Queries are read with the names that a decision adds to the vocabulary."""
    note_vocabulary()


def connect() -> None:
    events.skill_decided.connect(note_skill)
