"""Which jobs there are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from flask import Flask

_EXTENSION = "bridge-jobs"


@dataclass(frozen=True, slots=True)
class Job:
    """`every`: from one start to the next. at: the time of day, where the university is, for a job
    of whole days. lease: longer than the job can take; then another process may take it over."""

    name: str
    every: timedelta
    run: Callable[[], object]
    at: time | None = None
    lease: timedelta = timedelta(hours=1)

    def next_after(self, moment: datetime, zone: ZoneInfo) -> datetime:
        """When to start after a start at `moment` (aware)."""
        if self.at is None:
            return moment + self.every
        # Days are counted on the wall's clock: where it is set back, a day has 25 hours.
        local = moment.astimezone(zone)
        today = local.replace(
            hour=self.at.hour, minute=self.at.minute, second=0, microsecond=0, fold=0
        )
        return today if today > local else today + max(self.every, timedelta(days=1))


def register(
    app: Flask,
    name: str,
    *,
    every: timedelta,
    run: Callable[[], object],
    at: time | None = None,
    lease: timedelta = timedelta(hours=1),
) -> None:
    """Let `run` be called from time to time (see Job); ValueError where the name is taken."""
    registered = jobs_of(app)
    if name in registered:
        raise ValueError(f"two jobs are called {name!r}")
    registered[name] = Job(name, every, run, at, lease)


def jobs_of(app: Flask) -> dict[str, Job]:
    """The jobs of an application by name."""
    found: dict[str, Job] = app.extensions.setdefault(_EXTENSION, {})
    return found
