"""What the numbers in the audit log stand for: the log keeps no names, its page looks them up."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, TypeAlias

import sqlalchemy as sa

from bridge.accounts.models import User
from bridge.audit import AuditEntry
from bridge.candidates.models import Candidate
from bridge.cases.models import Case
from bridge.contacts.models import ContactRequest
from bridge.employers.models import Employer
from bridge.extensions import db
from bridge.skills.models import Skill
from bridge.students.models import Profile
from bridge.vacancies.models import Vacancy
from bridge.web.i18n import locale_code

# A table and the number of a row of it.
Reference: TypeAlias = tuple[str, int]
# Particulars that are numbers of rows -> whose.
TABLES = {
    "candidate": "candidate",
    "employer": "employer",
    "recipient": "user",
    "request": "contact_request",
    "skill": "skill",
}


def reference(key: str, value: Any) -> Reference | None:
    """The row that a particular of an entry names."""
    if key == "about":
        table, _colon, number = str(value).partition(":")
        return (table, int(number)) if number.isdecimal() else None
    return (TABLES[key], value) if key in TABLES and isinstance(value, int) else None


def names_in(entries: Iterable[AuditEntry]) -> dict[Reference, str]:
    """The rows that the entries are about and name, in words; a row that is gone or has no words
    is left out. One query for each table."""
    wanted: dict[str, set[int]] = {}
    for entry in entries:
        for table, number in _references(entry):
            wanted.setdefault(table, set()).add(number)
    return {
        (table, number): " · ".join(words)
        for table, select in _selects().items()
        if (numbers := wanted.get(table))
        for number, *words in db.session.execute(select.where(_id(table).in_(numbers)))
        if any(words)
    }


def _references(entry: AuditEntry) -> Iterator[Reference]:
    yield entry.subject_type, entry.subject_id
    for key, value in entry.details.items():
        if found := reference(key, value):
            yield found


def _id(table: str) -> sa.Column[Any]:
    found: sa.Column[Any] = AuditEntry.metadata.tables[table].c.id
    return found


def _selects() -> dict[str, Any]:
    """Table -> its numbers with the words for a row."""
    skill = Skill.name_ru if locale_code() == "ru" else Skill.name_en
    return {
        "candidate": sa.select(Candidate.id, Candidate.pseudonym, Vacancy.title).join(
            Candidate.vacancy
        ),
        "contact_request": sa.select(ContactRequest.id, Candidate.pseudonym, Vacancy.title)
        .join(ContactRequest.candidate)
        .join(ContactRequest.vacancy),
        "employer": sa.select(Employer.id, Employer.name),
        "moderation_case": sa.select(Case.id, Case.title),
        "profile": sa.select(Profile.id, User.name).join(Profile.user),
        "skill": sa.select(Skill.id, skill),
        "user": sa.select(User.id, User.name),
        "vacancy": sa.select(Vacancy.id, Vacancy.title),
    }
