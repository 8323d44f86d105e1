"""Run what proves that the platform holds, at full strength, and print one report: `make prove`.

The same tests run a few times in `make test`. Here each group has a time limit of its own; the
whole takes up to an hour on two cores. Names of groups on the command line run these alone. The
report ends with the figures to reach, made of what the tests counted.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree

ROOT = Path(__file__).resolve().parents[1]
ENDING_SECONDS = 60
# What a case of the report may hold, and what the report counts them as.
OUTCOMES = ("failure", "error", "skipped")
COUNTS = ("failures", "errors", "skipped")


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
        1200,
        {"RACE_ROUNDS": "200"},
    ),
    Group(
        "access",
        (
            "tests/contracts/test_permissions.py",
            "tests/attacks/test_sessions.py",
            "tests/attacks/test_mass_assignment.py",
            "tests/attacks/test_budgets.py",
            "tests/limits/test_budgets.py",
        ),
        900,
    ),
    Group(
        "bad input",
        (
            "tests/attacks/test_bad_input.py",
            "tests/attacks/test_bad_files.py",
            "tests/attacks/test_junk_bytes.py",
            "tests/attacks/test_junk_headers.py",
            "tests/attacks/test_slow_input.py",
            "tests/attacks/test_markup.py",
        ),
        1200,
        {"FUZZ": "1", "PROVE": "1"},
    ),
    Group("parsers", ("tests/attacks/test_parsers.py",), 600),
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
    Group(
        "checklist", ("tests/operations/test_dependencies.py", "tests/attacks/test_headers.py"), 120
    ),
    Group("pages", ("tests/browser/test_pages.py",), 1200),
)


@dataclass(frozen=True)
class Goal:
    """A figure to reach: of those whose names begin with `counted`, put together by `join`, at
    least or at most so much."""

    text: str
    counted: str
    join: Callable[[Sequence[float]], float]
    least: float = 0.0
    most: float = float("inf")

    def shown(self, figures: Sequence[tuple[str, str]]) -> tuple[str, bool]:
        """A line of the report, and whether the figure is reached; what was not run is not."""
        found = [float(value) for name, value in figures if name.startswith(self.counted)]
        wanted = f"{self.least:g} at least" if self.least else f"{self.most:g} at most"
        if not found:
            return f"    {self.text:<58} was not counted (wanted: {wanted})", False
        value = self.join(found)
        reached = self.least <= value <= self.most
        state = "" if reached else "  NOT REACHED"
        return f"    {self.text:<58} {value:.10g} (wanted: {wanted}){state}", reached


GOALS = (
    Goal("items of ASVS 5.0, levels 1 and 2, with a test or a reason", "ASVS items with", sum, 120),
    Goal("items of it without", "ASVS items open", sum, most=0),
    Goal("bad inputs tried", "bad inputs", sum, 10_000),
    Goal("answers of 5xx to them", "answers of 5xx", sum, most=0),
    Goal("the slowest answer to them, seconds", "slowest of them", max, most=5),
    Goal("inputs led by the branches of our parsers", "inputs led", sum, 50_000),
    Goal("answers of route × actor × id", "answers of the access matrix", sum, 1000),
    Goal("wrong ones", "wrong answers of the access matrix", sum, most=0),
    Goal("foreign fields that changed something", "changes by foreign fields", sum, most=0),
    Goal("kill -9, on each database at least", "kill -9 of workers", min, 200),
    Goal("power cuts", "power cuts", sum, 200),
    Goal("acknowledged writes lost", "acknowledged writes lost", sum, most=0),
    Goal("where the index differs from the database", "differences of the index", sum, most=0),
    Goal("8 writers: the counter minus the successes", "counter minus successes", sum, most=0),
    Goal("rounds of 8 moderators, on each database at least", "rounds of 8 moderators", min, 200),
    Goal("rounds without exactly one winner", "rounds without", sum, most=0),
    Goal("points by the rules of the Observatory", "points by the rules", min, 130),
    Goal("hits of the canary in blind mode", "hits of the canary", sum, most=0),
    Goal("places with the canary after erasure", "places with the canary", sum, most=0),
    Goal("axe violations on the pages", "axe violations", sum, most=0),
    Goal("windows in which a page is too wide", "windows narrower than a page", sum, most=0),
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
        process = subprocess.Popen(  # noqa: S603
            [*command, *group.paths], cwd=ROOT, env=os.environ | group.environment
        )
        try:
            process.wait(group.seconds)
        except subprocess.TimeoutExpired:
            outcome.is_late = True
            # As Ctrl-C does: it still reports what it has seen so far.
            process.send_signal(signal.SIGINT)
            try:
                process.wait(ENDING_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        outcome.seconds = time.monotonic() - begun
        if report.exists():
            read(report, outcome)
    return outcome


def read(report: Path, outcome: Outcome) -> None:
    root = ElementTree.parse(report).getroot()  # noqa: S314 - pytest has just written it
    for suite in root.iter("testsuite"):
        # A test that was interrupted is among the cases, looking as if it had passed, but not
        # among those that are counted.
        counted = {kind: int(suite.get(kind, 0)) for kind in ("tests", *COUNTS)}
        outcome.passed += counted["tests"] - sum(counted[kind] for kind in COUNTS)
    for case in root.iter("testcase"):
        name = f"{case.get('classname')}::{case.get('name')}"
        found = {kind for kind in OUTCOMES if case.find(kind) is not None}
        if found == {"skipped"}:
            outcome.skipped.append(name)
        elif found:
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
    print("\n=== Figures to reach ===")
    figures = [figure for _group, outcome in outcomes for figure in outcome.figures]
    goals = [(goal, *goal.shown(figures)) for goal in GOALS]
    for _goal, line, _reached in goals:
        print(line)
    # Of some groups alone nobody expects all figures.
    bad += [goal.text for goal, _line, reached in goals if not names and not reached]
    print(f"\nNot proved: {', '.join(bad)}" if bad else "\nAll of it holds.")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
