"""Several people act at the same moment, each in a thread and an application context of their own.

RACE_ROUNDS says how often the races are run whose winners are counted: a few times in the usual
tests, 200 times where it is to be proved; the others a quarter as often.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable

from flask import Flask

from bridge.errors import DomainError
from bridge.extensions import db
from tests.conftest import Figure

ROUNDS = int(os.environ.get("RACE_ROUNDS", "3"))
FEWER = max(3, ROUNDS // 4)
RACERS = 8


def tell(figure: Figure, what: str, winners: int) -> None:
    """Put the rounds, and those without exactly one winner, into the report."""
    which = f"{what}, {db.engine.dialect.name}"
    figure(
        **{
            f"rounds of 8 {which}": ROUNDS,
            f"rounds without exactly one winner ({which})": ROUNDS - winners,
        }
    )


def race(app: Flask, acts: list[Callable[[], object]]) -> list[str]:
    """Run the acts at once; for each "done" or the name of the error."""
    barrier = threading.Barrier(len(acts))
    results = [""] * len(acts)

    def run(number: int, act: Callable[[], object]) -> None:
        with app.app_context():
            barrier.wait()
            try:
                act()
                db.session.commit()
                results[number] = "done"
            except DomainError as error:
                db.session.rollback()
                results[number] = type(error).__name__

    threads = [threading.Thread(target=run, args=(number, act)) for number, act in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return results
