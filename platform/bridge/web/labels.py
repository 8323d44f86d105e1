"""How a state is shown: what the macro `state_badge` draws."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Badge:
    """label: a lazy text; style: neutral, ok, warning, bad or accent; icon: a lucide name."""

    label: object
    style: str = "neutral"
    icon: str | None = None


@dataclass(frozen=True, slots=True)
class Tab:
    """A filter or a part of a page as a link; `count` is None where there is nothing to count."""

    label: object
    url: str
    current: bool
    count: int | None = None
