"""Programs that read what somebody brought end where their limits are."""

from __future__ import annotations

import resource
import time
from pathlib import Path

import pytest

from bridge import limited

MEGABYTE = 1024 * 1024


def run(folder: Path, source: str, content: bytes = b"", **limits: int) -> bytes | None:
    program = folder / "program.py"
    program.write_text(source)
    return limited.run(program, content, **{"seconds": 10, **limits})


def test_a_program_reads_and_writes(tmp_path: Path) -> None:
    source = "import sys\nsys.stdout.buffer.write(sys.stdin.buffer.read()[::-1])"
    assert run(tmp_path, source, b"abc\x00\xff") == b"\xff\x00cba"


@pytest.mark.parametrize(
    "source",
    [
        "raise ValueError",
        "import os\nos.kill(os.getpid(), 9)",
        # a gigabyte
        "bytearray(1 << 30)",
        # into a file
        "import tempfile\nwith tempfile.TemporaryFile() as file:\n    file.write(b'x')",
        "import os\nassert os.environ.get('SECRET_KEY')",
    ],
)  # fmt: skip
def test_what_goes_beyond_is_ended(
    tmp_path: Path, source: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET_KEY", "not for children")
    assert run(tmp_path, source) is None


def test_one_that_does_not_end_is_ended(tmp_path: Path) -> None:
    started = time.monotonic()
    assert run(tmp_path, "while True: pass", seconds=1) is None
    assert time.monotonic() - started < 10


def test_memory_is_what_is_asked_for(tmp_path: Path) -> None:
    source = "bytearray(100 << 20)\nprint('done')"
    assert run(tmp_path, source) == b"done\n"
    assert run(tmp_path, source, memory=100 * MEGABYTE) is None


def test_the_server_keeps_its_own_limits(tmp_path: Path) -> None:
    before = resource.getrlimit(resource.RLIMIT_AS)
    run(tmp_path, "pass")
    assert resource.getrlimit(resource.RLIMIT_AS) == before
