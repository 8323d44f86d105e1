"""The kinds of notice: what each feature tells, and how its text is filled when it is read.

The name of a kind is that of its template, `templates/emails/<name>.txt`: the letter and the
notice on the page are written once.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from bridge.accounts.models import User
from bridge.notices.models import Group


@dataclass(frozen=True, slots=True)
class Told:
    """What the template of a notice gets. `person` is a name that the reader may see now: pages
    show it beside the text, letters never."""

    context: Mapping[str, object]
    person: str = ""


# What a reader may know of these subjects now, by their numbers, in a constant number of queries.
# What is gone, or no longer theirs to see, is left out.
Source = Callable[[Collection[int], User], Mapping[int, Told]]


@dataclass(frozen=True, slots=True)
class Kind:
    """is_threaded: the notices of one subject are one line of the list, as a mail program shows
    the letters of one conversation."""

    group: Group
    source: Source
    is_threaded: bool = False


KINDS: dict[str, Kind] = {}


def register(group: Group, source: Source, *names: str, is_threaded: bool = False) -> None:
    """Called by a feature's `init_app` for the kinds that it tells of."""
    KINDS.update(dict.fromkeys(names, Kind(group, source, is_threaded)))


def threaded() -> list[str]:
    return [name for name, kind in KINDS.items() if kind.is_threaded]
