"""What employers look for and the vocabulary does not know: collected, shown to staff.

Counts alone are kept, of names that cannot be a person's or an address: neither who searched nor
for which vacancy.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bridge.accounts.models import User
from bridge.database import dialect_of, utc_now, writing
from bridge.extensions import db
from bridge.skills import queries, service
from bridge.skills.models import Skill, TermState, UnknownTerm
from bridge.skills.vocabulary import vocabulary
from bridge.transitions import transition
from matching import normalise
from matching.text import term, words

WORDS_AT_MOST = 4
# Of one vacancy: the first ones.
TERMS_AT_MOST = 30
_CONTACT = re.compile(r"[@/\\]|(\d\D{0,3}){5}|\w\.\w")
# How tools are written, in whatever language the vacancy is: CamelCase, КАПСОМ, with a figure.
_TOOL = re.compile(r"[A-Z][A-Za-z0-9+#.-]{2,}|[А-ЯЁ]{3,6}")


def note_search(text: str) -> None:
    """Count what an employer searched the profiles for, in a transaction of its own: searching is
    a GET."""
    name = " ".join(text.split())
    found = words(name)
    if not 0 < len(found) <= WORDS_AT_MOST or vocabulary().detect(name) or not _is_term(name):
        return
    if not _names_somebody(word.surface for word in found):
        with writing() as session:
            _count(session, [name], UnknownTerm.searches)


def note_vacancy(text: str) -> None:
    """Count the names of tools in the text of a vacancy, in the present transaction."""
    known = vocabulary()
    found = words(text)
    named = {place for span in known.spans(found, text) for place in range(span.first, span.end)}
    left = [word.surface for place, word in enumerate(found) if place not in named]
    names = [
        name
        for name in dict.fromkeys(left)
        if _TOOL.fullmatch(name) and _is_term(name) and known.find(name) is None
    ]
    if names and not _names_somebody(names):
        _count(db.session, names[:TERMS_AT_MOST], UnknownTerm.vacancies)


def take_up(unknown: UnknownTerm, *, actor: User) -> Skill:
    """Propose it to the vocabulary: the skill that it is, waiting in the queue for its names, for
    a merger with another or for a refusal. Raises SkillNameError where it cannot be one."""
    skill = service.find_or_propose(unknown.name, actor=actor)
    transition(unknown, TermState.TAKEN, allowed_from=(TermState.OPEN,), actor=actor)
    return skill


def dismiss(unknown: UnknownTerm, *, actor: User) -> None:
    """It is no skill; it is not shown again however often it is looked for."""
    transition(unknown, TermState.DISMISSED, allowed_from=(TermState.OPEN,), actor=actor)


def reopen(unknown: UnknownTerm, *, actor: User) -> None:
    """Take a dismissal back."""
    transition(unknown, TermState.OPEN, allowed_from=(TermState.DISMISSED,), actor=actor)


def _is_term(name: str) -> bool:
    key = normalise(name)
    letters = sum(letter.isalpha() for letter in key)
    if letters < 2 or len(name) >= service.NAME_MAX or len(key) >= service.NAME_MAX:
        return False
    if _CONTACT.search(name) or all(term(word.surface) is None for word in words(name)):
        return False
    return not queries.proposed_keys([key])


def _names_somebody(parts: Iterable[str]) -> bool:
    """Whether one of the words is part of a person's name that the platform knows."""
    long = [part for part in parts if len(part) > 2]
    like = [User.name.ilike(f"%{part}%") for word in long for part in {word, word.capitalize()}]
    return bool(like) and bool(db.session.scalar(sa.select(sa.exists().where(sa.or_(*like)))))


def _count(session: Session, names: Iterable[str], column: Any) -> None:
    """Raise the count of each name by one; of two who bring a new one at once both count."""
    now = utc_now()
    for name in names:
        values: Mapping[str, Any] = {
            "key": normalise(name),
            "name": name,
            "state": TermState.OPEN,
            "searches": 0,
            "vacancies": 0,
            "first_at": now,
            "last_at": now,
            "version": 1,
        }
        insert = dialect_of(session).insert(UnknownTerm).values({**values, column.key: 1})
        counted = {column.key: column + 1, "last_at": now}
        session.execute(insert.on_conflict_do_update(index_elements=["key"], set_=counted))
