"""The library's own benchmark runs and says what it measured."""

from __future__ import annotations

import re
import subprocess
import sys

import numpy as np
import pytest
from scipy.sparse import csr_array

from matching.bench import bench
from matching.latent import leading


def test_the_table_has_a_figure_for_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("matching.bench.QUERIES", 3)
    monkeypatch.setattr("matching.bench.WORKERS", 2)
    monkeypatch.setattr("matching.synthetic.WORDS", 2000)
    lines = list(bench(200))
    assert re.fullmatch(r"200 profiles, \d+% of them eligible, best 20", lines[0])
    figures = {line[:34].strip(): line[34:].split() for line in lines[2:-1]}
    assert {"lexical part", "search and 20 explanations", "an edit", "refresh"} < figures.keys()
    assert all(len(values) == 2 and float(values[0]) > 0 for values in figures.values()), figures
    memory = re.fullmatch(
        r"snapshot \d+ MB; memory of 1 worker (\d+|nan) MB, of 2 (\d+|nan) MB", lines[-1]
    )
    assert memory
    one, two = map(float, memory.groups())
    assert not two > 2.2 * one


def test_too_few_profiles_are_refused() -> None:
    command = [sys.executable, "-m", "matching", "bench", "--profiles", "3"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "at least 100" in done.stderr


@pytest.mark.parametrize(("rows", "columns", "rank"), [(300, 500, 30), (40, 12, 11), (12, 90, 5)])
def test_leading_directions_are_those_of_a_full_decomposition(
    rows: int, columns: int, rank: int
) -> None:
    random = np.random.default_rng(1)
    parts = 0.7 ** np.arange(min(rows, columns))
    left, _ = np.linalg.qr(random.standard_normal((rows, len(parts))))
    right, _ = np.linalg.qr(random.standard_normal((columns, len(parts))))
    directions, values = leading(csr_array(left * parts @ right.T), rank)
    assert values == pytest.approx(parts[:rank], abs=1e-5)
    first = slice(0, min(rank, 10))
    products = np.abs(np.sum(directions[:, first] * right[:, first], axis=0))
    assert products == pytest.approx(np.ones(len(products)), abs=1e-4)
