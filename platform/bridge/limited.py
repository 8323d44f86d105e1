"""Runs a program of ours on bytes that somebody brought, with limits on memory, time and files: a
small file may unpack into gigabytes, and a fault of a parser must not be one of the server.

This file is also what runs in the child: it limits itself, then hands over to the program, which
reads standard input and writes standard output. Neither imports anything of the platform.
"""

from __future__ import annotations

import resource
import runpy
import subprocess
import sys
from pathlib import Path

MEMORY_BYTES = 768 * 1024 * 1024


def run(program: Path, content: bytes, *, seconds: int, memory: int = MEMORY_BYTES) -> bytes | None:
    """What the program wrote; None where it failed or its limits ended it.

    seconds: of the processor; on the clock it may take twice as long. memory: bytes.
    """
    try:
        done = subprocess.run(  # noqa: S603  a program of our own, its input on a pipe
            # Isolated: neither the environment nor the present folder tells it what to import.
            [sys.executable, "-I", __file__, str(program), str(seconds), str(memory)],
            input=content,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=2 * seconds,
            check=False,
            env={},
        )
    except subprocess.TimeoutExpired:
        return None
    return done.stdout if done.returncode == 0 else None


def _limit(seconds: int, memory: int) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # It may write to its standard output, a pipe, and to no file.
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


if __name__ == "__main__":
    _limit(int(sys.argv[2]), int(sys.argv[3]))
    runpy.run_path(sys.argv[1], run_name="__main__")
