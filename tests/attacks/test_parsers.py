"""Our own parsers under bytes that are led by their branches (libFuzzer, through atheris): each
raises only what it declares, keeps its promise, and is quick. Part of `make prove`, which installs
atheris; what it has found stands in the tests of the parser.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import Figure, often

atheris = pytest.importorskip("atheris", reason="of requirements-prove.txt")
PARSERS = ("table", "questions", "words", "record", "scrub", "scan", "path")
ANSWER_SECONDS = 5


@pytest.mark.parametrize("name", PARSERS)
def test_only_what_is_declared_is_raised(name: str, tmp_path: Path, figure: Figure) -> None:
    options = {
        "max_total_time": often(3, 40),
        "timeout": ANSWER_SECONDS,
        "max_len": 4096,
        "seed": 20261126,
        "artifact_prefix": f"{tmp_path}/",
    }
    done = subprocess.run(
        [sys.executable, "-m", "tests.attacks.parsers", name]
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
