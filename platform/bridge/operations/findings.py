"""What a check of the doctor comes to."""

from __future__ import annotations

import enum
from dataclasses import dataclass


class Level(enum.Enum):
    OK = "ok"
    WARNING = "warning"
    FAULT = "FAULT"


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found; `text` says what to do where the level is not OK."""

    level: Level
    check: str
    text: str


Result = tuple[Level, str]
