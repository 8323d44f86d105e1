"""Notices as their reader may see them now: rows become texts, at the time of reading."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bridge.accounts.models import User
from bridge.mail.letters import Letter, read_letter
from bridge.notices.kinds import KINDS, Source, Told
from bridge.notices.models import Group, Notice
from bridge.notices.queries import Line


@dataclass(frozen=True, slots=True)
class Reading:
    """`letter` is None where its subject is gone or no longer the reader's to see; `person` a
    name that the reader may see now, else empty. `notice` is the newest of its `line`."""

    notice: Notice
    line: Line
    group: Group
    letter: Letter | None
    person: str = ""


def read(
    notices: Sequence[Notice], reader: User, lines: Mapping[int, Line] | None = None
) -> list[Reading]:
    """Texts of `notices`, all of `reader`, in the present language: as many queries as there are
    sources among them, however many notices. A notice that `lines` has stands for all of its line,
    any other for itself."""
    known = lines or {}
    wanted: dict[Source, set[int]] = defaultdict(set)
    for notice in notices:
        wanted[KINDS[notice.kind].source].add(notice.subject_id)
    told = {source: source(ids, reader) for source, ids in wanted.items()}
    return [
        _reading(
            notice,
            known.get(notice.id) or Line.of(notice),
            told[KINDS[notice.kind].source].get(notice.subject_id),
            reader,
        )
        for notice in notices
    ]


def letter_of(notice: Notice, reader: User) -> Letter | None:
    return read([notice], reader)[0].letter


def pack(data: Mapping[str, Any]) -> dict[str, Any]:
    """As JSON keeps it: moments (their names end in `_at`) become texts."""
    return {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in data.items()
    }


def _unpack(data: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: datetime.fromisoformat(value) if value and name.endswith("_at") else value
        for name, value in data.items()
    }


def _reading(notice: Notice, line: Line, told: Told | None, reader: User) -> Reading:
    group = KINDS[notice.kind].group
    if told is None:
        return Reading(notice, line, group, None)
    context: dict[str, Any] = {**told.context, **_unpack(notice.data), "line": line}
    letter = read_letter(notice.kind, recipient=reader, **context)
    return Reading(notice, line, group, letter, told.person)
