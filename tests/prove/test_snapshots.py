"""A snapshot of the index that was damaged anywhere is noticed, and the index made anew."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from flask import Flask

from bridge.config import Config
from bridge.extensions import db
from bridge.search.index import live_index
from tests.conftest import Figure, often
from tests.factories import make_student
from tests.prove.writers import WORDS, index_differs


def damage(path: Path, chance: random.Random) -> None:
    """Flip a byte, cut the end off, empty it or delete it."""
    data = bytearray(path.read_bytes())
    way = chance.choice(("flip", "flip", "cut", "empty", "delete"))
    if way == "delete" or not data:
        path.unlink()
        return
    position = chance.randrange(len(data))
    if way == "flip":
        data[position] ^= 1 << chance.randrange(8)
    path.write_bytes({"flip": data, "cut": data[:position], "empty": b""}[way])


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_whatever_is_damaged_the_search_is_right(
    app: Flask, config: Config, figure: Figure
) -> None:
    for number in range(24):
        make_student(summary=WORDS[number % len(WORDS)], skills=("python", "cad", "cae"))
    db.session.commit()
    chance = random.Random(20261126)  # noqa: S311
    times = often(5, 60)
    wrong: list[str] = []
    for _number in range(times):
        live_index().rebuild()
        db.session.rollback()
        files = sorted(path for path in (config.data_dir / "index").rglob("*") if path.is_file())
        damage(chance.choice(files), chance)
        wrong += index_differs(config)
    figure(damaged_snapshots=times, wrong_results_after_them=len(wrong))
    assert wrong == []
