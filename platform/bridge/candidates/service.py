"""The verbs of a candidate: present under a pseudonym, mark, open."""

from __future__ import annotations

import secrets
from collections.abc import Collection

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from bridge import audit
from bridge.accounts.models import User
from bridge.candidates.models import ALPHABET, Candidate, Mark
from bridge.candidates.queries import known_candidates
from bridge.database import utc_now, writing
from bridge.extensions import db

LENGTH = 5


def new_pseudonym() -> str:
    """One of a million, at random: its order tells nothing."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def present(vacancy_id: int, profile_ids: Collection[int]) -> dict[int, Candidate]:
    """The candidates that these profiles are for the vacancy, by the profile's number; whoever is
    shown for the first time gets a pseudonym, in a transaction of its own."""
    known = known_candidates(vacancy_id, profile_ids)
    missing = sorted(set(profile_ids) - known.keys())
    if not missing:
        return known
    with writing() as session:
        while missing:
            _insert(session, vacancy_id, missing)
            made = session.scalars(
                sa.select(Candidate).where(
                    Candidate.vacancy_id == vacancy_id, Candidate.profile_id.in_(missing)
                )
            )
            known |= {candidate.profile_id: candidate for candidate in made}
            # A pseudonym that was taken: another try.
            missing = sorted(set(missing) - known.keys())
        session.expunge_all()
    return known


def mark(candidate: Candidate, judgement: Mark, *, actor: User) -> None:
    """Star, find unfit, or take either back; the same again changes nothing."""
    if candidate.mark is judgement:
        return
    before = candidate.mark
    candidate.mark = judgement
    candidate.marked_by_id = actor.id
    candidate.marked_at = utc_now()
    audit.record(
        "candidate.marked",
        candidate,
        actor=actor,
        **{"from": before.value, "to": judgement.value},
    )
    db.session.flush()


def note_opening(candidate: Candidate, *, actor: User) -> None:
    """Record the first time that the employer opens the whole profile; in a transaction of its
    own, since looking is a GET. The student sees it."""
    if candidate.opened_at is not None:
        return
    with writing() as session:
        first = session.execute(
            sa.update(Candidate)
            .where(Candidate.id == candidate.id, Candidate.opened_at.is_(None))
            .values(opened_at=utc_now())
        )
        if first.rowcount == 1:  # type: ignore[attr-defined]
            session.add(
                audit.AuditEntry(
                    actor_id=actor.id,
                    action="candidate.opened",
                    subject_type=Candidate.__tablename__,
                    subject_id=candidate.id,
                )
            )


def _insert(session: Session, vacancy_id: int, profile_ids: Collection[int]) -> None:
    """Two requests may show the same student for the first time at once: the second row is left
    out, whoever's it is."""
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    now = utc_now()
    rows = [
        {
            "vacancy_id": vacancy_id,
            "profile_id": profile_id,
            "pseudonym": new_pseudonym(),
            "mark": Mark.NONE,
            "created_at": now,
        }
        for profile_id in profile_ids
    ]
    session.execute(dialect.insert(Candidate).values(rows).on_conflict_do_nothing())
