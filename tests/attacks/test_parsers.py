"""Our own parsers under bytes that are damaged anywhere, and under bytes that are led by their
branches (libFuzzer, through atheris, which `make prove` installs): each keeps its promise, and is
quick. What was found stands in the tests of the parser.
"""

from __future__ import annotations

import random
import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.attacks.damage import damaged
from tests.attacks.parsers import PARSERS, examples
from tests.conftest import Figure

ANSWER_SECONDS = 5


@pytest.mark.usefixtures("speaking")
@pytest.mark.parametrize("name", PARSERS)
def test_damaged_bytes_are_refused_in_words(name: str) -> None:
    chance = random.Random(7)  # noqa: S311
    for _number in range(60):
        for content in examples(name):
            PARSERS[name][0](damaged(content, chance))


@pytest.mark.skipif(find_spec("atheris") is None, reason="atheris: requirements-prove.txt")
@pytest.mark.parametrize("name", PARSERS)
def test_bytes_led_by_the_branches_are_refused_in_words(
    name: str, tmp_path: Path, figure: Figure
) -> None:
    options = {
        "max_total_time": 40,
        "timeout": ANSWER_SECONDS,
        "max_len": 4096,
        "seed": 20261126,
        "artifact_prefix": f"{tmp_path}/",
    }
    done = subprocess.run(
        [sys.executable, "-m", "tests.attacks.led_input", name]
        + [f"-{option}={value}" for option, value in options.items()],
        capture_output=True,
        text=True,
        errors="replace",
        timeout=300,
    )
    found = [path.read_bytes() for path in tmp_path.iterdir()]
    assert (done.returncode, found) == (0, []), done.stdout[-2000:] + done.stderr[-4000:]
    runs = re.search(r"^Done (\d+) runs", done.stderr, re.MULTILINE)
    assert runs is not None
    figure(**{f"inputs led by the branches: {name}": int(runs[1])})
    assert int(runs[1]) > 100
