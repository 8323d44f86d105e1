"""Drawing by lot, the same every time."""

from __future__ import annotations

import random
import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import TypeVar

from bridge.database import utc_now

T = TypeVar("T")
_SLOT = re.compile(r"\{([^{}]*)\}")
SEED = 7
# Between these hours (UTC) people of the university and the enterprises work.
OFFICE_HOURS = (6, 14)
# Between these they write to each other.
WAKING_HOURS = (5, 19)


class Chance(random.Random):
    """`random.Random` with what the demo university draws."""

    def often(self, probability: float) -> bool:
        return self.random() < probability

    def weighted(self, weights: Mapping[T, float]) -> T:
        return self.choices(list(weights), list(weights.values()))[0]

    def some(self, items: Sequence[T], least: int, most: int) -> list[T]:
        """From `least` to `most` different items, in the order they had."""
        number = min(len(items), self.randint(least, most))
        chosen = set(self.sample(range(len(items)), number))
        return [item for position, item in enumerate(items) if position in chosen]

    def fill(self, text: str, words: Mapping[str, Sequence[str]], *, woman: bool = False) -> str:
        """Fill the slots: {word} by one of `words`, {he~she} by the sex."""

        def value(slot: re.Match[str]) -> str:
            he, tilde, she = slot[1].partition("~")
            if tilde:
                return she if woman else he
            return self.choice(words[slot[1]])

        return _SLOT.sub(value, text)

    def office_moment(self, days_ago: float, after: datetime | None = None) -> datetime:
        """A moment of a working day about so many days ago, later than `after`, not in the
        future: before the offices open, today's is one of the day before."""
        day = utc_now() - timedelta(days=days_ago)
        moment = day.replace(hour=self.randint(*OFFICE_HOURS), minute=self.randint(0, 59))
        while moment.weekday() >= 5 or moment > utc_now():
            moment -= timedelta(days=1)
        if after is not None and moment <= after:
            moment = after + timedelta(minutes=self.randint(5, 50))
        return min(moment, utc_now())

    def waking_moment(self, after: datetime, most_hours: float) -> datetime:
        """Within so many hours after `after`, or the next morning; not in the future."""
        moment = after + timedelta(hours=self.uniform(0.3, most_hours))
        if not WAKING_HOURS[0] <= moment.hour < WAKING_HOURS[1]:
            night_ends = moment + timedelta(days=moment.hour >= WAKING_HOURS[1])
            moment = night_ends.replace(hour=self.randint(*OFFICE_HOURS))
        return min(moment, utc_now())
