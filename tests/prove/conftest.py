"""Faults: what was acknowledged is there afterwards, nothing is done twice, nobody helps by hand.

In `make test` each runs a few times; with PROVE=1 (`make prove`) as often as the figures to reach
say. Everything happens on the loopback interface and ends by itself.
"""

from __future__ import annotations

import os
from collections.abc import Callable

import pytest

PROVE = os.environ.get("PROVE") == "1"
Figure = Callable[..., None]


def often(short: int, full: int) -> int:
    """How often to do what a figure counts."""
    return full if PROVE else short


@pytest.fixture
def figure(record_property: Callable[[str, object], None]) -> Figure:
    """Call it with what was counted, by name: the report of `make prove` prints it."""

    def note(**counted: object) -> None:
        for name, value in counted.items():
            record_property(name.replace("_", " "), value)

    return note
