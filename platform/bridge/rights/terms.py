"""How long things are kept and people may change their mind: settings with defaults."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from bridge import audit
from bridge.accounts.models import User
from bridge.extensions import db
from bridge.rights.models import Term

ERASURE = "erasure"
EXPORT = "export"


@dataclass(frozen=True, slots=True)
class Kind:
    """days: as long as the administrator has set nothing else."""

    days: int
    label: object


KINDS = {
    ERASURE: Kind(3, _l("To change one's mind about erasure")),
    EXPORT: Kind(7, _l("A file with one's data can be downloaded")),
    "unanswered": Kind(60, _l("Requests without an answer")),
    "conversations": Kind(730, _l("Texts of finished requests and conversations")),
    "unconfirmed": Kind(30, _l("Accounts never confirmed")),
    "graduates": Kind(365, _l("Students after graduation")),
    "rejected": Kind(180, _l("People of rejected enterprises")),
    "letters": Kind(30, _l("Letters sent or given up")),
    "notices": Kind(180, _l("Notices")),
    "sessions": Kind(90, _l("Sign-ins and links")),
    "audit": Kind(1825, _l("Entries of the audit log")),
}
MAX_DAYS = 36_500


def present_terms() -> dict[str, int]:
    """Every term, in days."""
    known = {row.name: row.days for row in db.session.scalars(sa.select(Term))}
    return {name: known.get(name, kind.days) for name, kind in KINDS.items()}


def term(name: str) -> timedelta:
    found = db.session.get(Term, name)
    return timedelta(days=KINDS[name].days if found is None else found.days)


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
