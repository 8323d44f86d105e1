"""Run what proves that the platform holds, at full strength, and print one report: `make prove`.

The same tests run a few times in `make test`. Here each group has a time limit of its own; the
whole takes up to an hour on two cores. Names of groups on the command line run these alone.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree

ROOT = Path(__file__).resolve().parents[1]
OUTCOMES = ("failure", "error", "skipped")


@dataclass(frozen=True)
class Group:
    """Tests that prove one thing. `environment` makes them run at full strength."""

    name: str
    paths: tuple[str, ...]
    seconds: int
    environment: dict[str, str] = field(default_factory=dict)


GROUPS = (
    Group("faults", ("tests/prove",), 1500, {"PROVE": "1"}),
    Group("letters", ("tests/mail/test_kills.py",), 300),
    Group(
        "backups", ("tests/operations/test_backups.py", "tests/contracts/test_migrations.py"), 300
    ),
    Group(
        "races",
        (
            "tests/contacts/test_races.py",
            "tests/moderation/test_races.py",
            "tests/accounts/test_races.py",
            "tests/attacks/test_double_clicks.py",
        ),
        900,
        {"RACE_ROUNDS": "200"},
    ),
    Group(
        "access",
        (
            "tests/contracts/test_permissions.py",
            "tests/attacks/test_sessions.py",
            "tests/attacks/test_mass_assignment.py",
        ),
        900,
    ),
    Group(
        "bad input",
        (
            "tests/attacks/test_bad_input.py",
            "tests/attacks/test_slow_input.py",
            "tests/attacks/test_markup.py",
        ),
        900,
        {"FUZZ": "1"},
    ),
    Group(
        "nothing personal",
        (
            "tests/attacks/test_traces.py",
            "tests/operations/test_logs.py",
            "tests/candidates/test_canary.py",
            "tests/applications/test_canary.py",
            "tests/rights/test_erasure.py",
        ),
        600,
    ),
    Group("pages", ("tests/browser/test_pages.py",), 1200),
)


@dataclass
class Outcome:
    """What a group came to; `figures` are what its tests counted."""

    passed: int = 0
    wrong: list[str] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    figures: list[tuple[str, str]] = field(default_factory=list)
    seconds: float = 0.0
    is_late: bool = False


def run(group: Group) -> Outcome:
    """Run the tests of a group and read what they report."""
    outcome, begun = Outcome(), time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        command = [sys.executable, "-m", "pytest", "-q", "--tb=short", f"--junitxml={report}"]
        # The newer form of the report has no room for what tests count.
        command += ["-o", "junit_family=xunit1"]
        try:
            subprocess.run(  # noqa: S603
                [*command, *group.paths],
                cwd=ROOT,
                env=os.environ | group.environment,
                timeout=group.seconds,
                check=False,
            )
        except subprocess.TimeoutExpired:
            outcome.is_late = True
        outcome.seconds = time.monotonic() - begun
        if report.exists():
            read(report, outcome)
    return outcome


def read(report: Path, outcome: Outcome) -> None:
    root = ElementTree.parse(report).getroot()  # noqa: S314 - pytest has just written it
    for case in root.iter("testcase"):
        name = f"{case.get('classname')}::{case.get('name')}"
        found = {kind for kind in OUTCOMES if case.find(kind) is not None}
        if not found:
            outcome.passed += 1
        elif found == {"skipped"}:
            outcome.skipped.append(name)
        else:
            outcome.wrong.append(name)
        for one in case.iter("property"):
            outcome.figures.append((str(one.get("name")), str(one.get("value"))))


def shown(group: Group, outcome: Outcome) -> list[str]:
    state = "TOO LATE" if outcome.is_late else "WRONG" if outcome.wrong else "ok"
    lines = [
        f"{group.name}: {state} – {outcome.passed} passed, {len(outcome.wrong)} wrong, "
        f"{len(outcome.skipped)} skipped, {outcome.seconds:.0f} s"
    ]
    lines += [f"    {name:<58} {value}" for name, value in outcome.figures]
    lines += [f"    wrong: {name}" for name in outcome.wrong]
    lines += [f"    skipped: {name}" for name in outcome.skipped]
    return lines


def main(names: list[str]) -> int:
    known = {group.name for group in GROUPS}
    if unknown := [name for name in names if name not in known]:
        sys.exit(f"No group {', '.join(unknown)}. Groups: {', '.join(sorted(known))}.")
    chosen = [group for group in GROUPS if not names or group.name in names]
    outcomes = [(group, run(group)) for group in chosen]
    print("\n=== What was proved ===")
    for group, outcome in outcomes:
        print("\n".join(shown(group, outcome)))
    bad = [group.name for group, one in outcomes if one.wrong or one.is_late or not one.passed]
    print(f"\nNot proved: {', '.join(bad)}" if bad else "\nAll of it holds.")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
