"""What is counted of bad inputs: how many, how slow the slowest answer, what was wrong."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from werkzeug.test import TestResponse

from tests.conftest import Figure

SLOWEST_SECONDS = 5.0
# How often what is slow is tried: an input that costs much costs it each time, a machine that
# stands still for a moment does not.
TRIES = 3


def seconds_of(
    act: Callable[[], object], limit: float, clock: Callable[[], float] = time.monotonic
) -> float:
    """How long `act` takes, at its quickest of a few times if the first passes `limit`."""
    taken = []
    for _ in range(TRIES):
        started = clock()
        act()
        taken.append(clock() - started)
        if taken[-1] < limit:
            break
    return min(taken)


@dataclass
class Answers:
    count: int = 0
    slowest: float = 0.0
    wrong: list[str] = field(default_factory=list)

    def add(self, seconds: float) -> None:
        self.count += 1
        self.slowest = max(self.slowest, seconds)

    def ask(self, send: Callable[[], TestResponse], sent: str) -> None:
        """Counts an answer of the server; `sent`: to what."""
        statuses: list[int] = []

        def answer() -> None:
            with send() as page:
                statuses.append(page.status_code)

        seconds = seconds_of(answer, SLOWEST_SECONDS)
        self.add(seconds)
        if max(statuses) >= 500 or seconds >= SLOWEST_SECONDS:
            self.wrong.append(f"{statuses} in {seconds:.1f} s: {sent}")

    def tell(self, figure: Figure, what: str) -> None:
        """For the report of `make prove`."""
        figure(
            **{
                f"bad inputs: {what}": self.count,
                f"answers of 5xx to them: {what}": len(self.wrong),
                f"slowest of them, s: {what}": round(self.slowest, 2),
            }
        )
