"""Record the hashes of every pinned package: `python tools/lock.py`, which `make lock` calls.

The requirements*.txt name exact versions; below each stand the hashes of all files of that version,
for every system and Python. A pin without hashes, as somebody writes it, gets them from the index
(UV_DEFAULT_INDEX names another); the others stay as they are. What a new package needs must be
pinned too: the tool names what is not.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PIN = re.compile(r"([A-Za-z0-9._-]+)==([^\s;\\]+)")
HASH = re.compile(r"--hash=(sha256:[0-9a-f]{64})")
OPTIONS = ("--quiet", "--generate-hashes", "--no-header", "--no-annotate", "--python-version=3.11")

# Comes with the environment.
OF_THE_ENVIRONMENT = {"pip"}

# The version and the hashes of each package, by its name.
Pins = dict[str, tuple[str, list[str]]]


def normalised(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def read_pins(text: str) -> Pins:
    """The pins of a requirements file."""
    pins: Pins = {}
    name = ""
    for line in text.splitlines():
        if match := PIN.match(line):
            name = normalised(match[1])
            pins[name] = (match[2], [])
        for found in HASH.findall(line) if name else ():
            pins[name][1].append(found)
    return pins


def written(comments: list[str], pins: Pins) -> str:
    lines = [*comments]
    for name, (version, hashes) in sorted(pins.items()):
        parts = [f"{name}=={version}", *(f"    --hash={one}" for one in sorted(set(hashes)))]
        lines.append(" \\\n".join(parts))
    return "\n".join(lines) + "\n"


def with_hashes(missing: Pins, known: Pins) -> Pins:
    """What the index says of the missing ones and of all that they need, at the pinned versions."""
    with tempfile.TemporaryDirectory() as folder:
        wanted, others, result = (Path(folder) / name for name in ("in.in", "others.txt", "out"))
        wanted.write_text("".join(f"{name}=={pin[0]}\n" for name, pin in missing.items()))
        others.write_text("".join(f"{name}=={pin[0]}\n" for name, pin in known.items()))
        command = [sys.executable, "-m", "uv", "pip", "compile", *OPTIONS]
        command += ["--constraint", str(others), "--output-file", str(result), str(wanted)]
        if subprocess.call(command):  # noqa: S603
            sys.exit("uv could not resolve the pins: see its last lines above.")
        return read_pins(result.read_text())


def main() -> None:
    texts = {
        path: path.read_text(encoding="utf-8") for path in sorted(ROOT.glob("requirements*.txt"))
    }
    files = {path: read_pins(text) for path, text in texts.items()}
    known: Pins = {name: pin for pins in files.values() for name, pin in pins.items()}
    unpinned: Pins = {}
    for path, pins in files.items():
        missing = {name: pin for name, pin in pins.items() if not pin[1]}
        found = with_hashes(missing, known) if missing else {}
        unpinned |= {name: pin for name, pin in found.items() if name not in known}
        complete = {name: pin if pin[1] else found[name] for name, pin in pins.items()}
        comments = [line for line in texts[path].splitlines() if line.startswith("#")]
        # At once: to ask for all of them takes minutes.
        path.write_text(written(comments, complete), encoding="utf-8")
        print(f"{path.name}: {len(pins)} packages, hashes added for {len(missing)}", flush=True)
    if needed := sorted(name for name in unpinned if name not in OF_THE_ENVIRONMENT):
        lines = "".join(f"\n    {name}=={unpinned[name][0]}" for name in needed)
        sys.exit(f"These are needed and pinned nowhere:{lines}")


if __name__ == "__main__":
    main()
