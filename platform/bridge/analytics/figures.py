"""The figures as rows with their names: what the pages draw and the files hold."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import lazy_gettext as _l

from bridge.analytics.queries import Funnel

STEPS: dict[str, object] = {
    "shown": _l("Shown in a list"),
    "opened": _l("Profile opened"),
    "requested": _l("Contact requested"),
    "approved": _l("Passed on by the university"),
    "agreed": _l("The student agreed"),
    "in_contact": _l("In contact, with invited applicants"),
    "interviewed": _l("Came to an interview"),
    "offered": _l("Got an offer"),
    "hired": _l("Hired"),
}
# At these, others join who did not come through the step before.
JOINED = ("in_contact",)


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the way. of_first, of_previous: shares in [0, 1]; the latter None where nobody
    was there, and where others join, who did not come through the step before."""

    label: object
    count: int
    of_first: float
    of_previous: float | None


def steps(funnel: Funnel) -> list[Step]:
    """The way step by step."""
    found: list[Step] = []
    for name, label in STEPS.items():
        count = getattr(funnel, name)
        first, before = (found[0].count, found[-1].count) if found else (count, 0)
        found.append(
            Step(
                label,
                count,
                of_first=count / first if first else 0.0,
                of_previous=count / before if before and name not in JOINED else None,
            )
        )
    return found
