"""How long things are kept and people may change their mind: settings with defaults."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

import sqlalchemy as sa

from bridge import audit
from bridge.accounts.models import User
from bridge.extensions import db
from bridge.rights.models import Term

ERASURE = "erasure"
EXPORT = "export"
# Name of a term -> days, as long as the administrator has set nothing else.
DEFAULTS = {
    ERASURE: 3,
    EXPORT: 7,
    "unanswered": 60,
    "conversations": 730,
    "unconfirmed": 30,
    "graduates": 365,
    "rejected": 180,
    "letters": 30,
    "notices": 180,
    "sessions": 90,
    "audit": 1825,
}
MAX_DAYS = 36_500


def present_terms() -> dict[str, int]:
    """Every term, in days."""
    known = {row.name: row.days for row in db.session.scalars(sa.select(Term))}
    return {name: known.get(name, default) for name, default in DEFAULTS.items()}


def term(name: str) -> timedelta:
    found = db.session.get(Term, name)
    return timedelta(days=DEFAULTS[name] if found is None else found.days)


def set_terms(days: Mapping[str, int], *, actor: User) -> None:
    """Set terms; those that stay as they are leave no trace."""
    before = present_terms()
    for name, value in days.items():
        if value == before[name]:
            continue
        row = db.session.get(Term, name)
        if row is None:
            db.session.add(Term(name=name, days=value))
        else:
            row.days = value
        changed = {"term": name, "from": before[name], "to": value}
        audit.record("term.set", actor, actor=actor, **changed)
