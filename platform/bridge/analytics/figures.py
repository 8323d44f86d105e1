"""The figures as rows with their names: what the pages draw and the files hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import lazy_gettext as _l

from bridge.analytics.queries import Funnel

STEPS: dict[str, object] = {
    "shown": _l("Shown in a list"),
    "opened": _l("Profile opened"),
    "requested": _l("Contact requested"),
    "approved": _l("Passed on by the university"),
    "agreed": _l("The student agreed"),
    "interviewed": _l("Came to an interview"),
    "offered": _l("Got an offer"),
    "hired": _l("Hired"),
}


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the way. of_first, of_previous: shares in [0, 1], None where nobody was there."""

    label: object
    count: int
    of_first: float
    of_previous: float | None


def steps(funnel: Funnel) -> list[Step]:
    """The way step by step."""
    counts = [getattr(funnel, name) for name in STEPS]
    previous: Sequence[int | None] = [None, *counts[:-1]]
    return [
        Step(
            label,
            count,
            count / counts[0] if counts[0] else 0.0,
            count / before if before else None,
        )
        for label, count, before in zip(STEPS.values(), counts, previous, strict=True)
    ]
