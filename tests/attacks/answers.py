"""What is counted of bad inputs: how many, how slow the slowest answer, what was wrong."""

from __future__ import annotations

from dataclasses import dataclass, field

from tests.conftest import Figure

SLOWEST_SECONDS = 5.0


@dataclass
class Answers:
    count: int = 0
    slowest: float = 0.0
    wrong: list[str] = field(default_factory=list)

    def add(self, seconds: float) -> None:
        self.count += 1
        self.slowest = max(self.slowest, seconds)

    def add_page(self, status: int, seconds: float, sent: str) -> None:
        """An answer of the server; `sent`: to what."""
        self.add(seconds)
        if status >= 500 or seconds >= SLOWEST_SECONDS:
            self.wrong.append(f"{status} in {seconds:.1f} s: {sent}")

    def tell(self, figure: Figure, what: str) -> None:
        """For the report of `make prove`."""
        figure(
            **{
                f"bad inputs: {what}": self.count,
                f"answers of 5xx to them: {what}": len(self.wrong),
                f"slowest of them, s: {what}": round(self.slowest, 2),
            }
        )
