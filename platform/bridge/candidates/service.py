"""The verbs of a candidate: present under a pseudonym, mark, open."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bridge import audit
from bridge.accounts.models import User
from bridge.candidates.models import ALPHABET, Candidate, Mark, ProfileOpening, Sight
from bridge.candidates.queries import known_candidates
from bridge.database import dialect_of, local_today, utc_now, writing
from bridge.extensions import db

LENGTH = 5
# Loading a page again within this time is no second opening.
RELOAD_TERM = timedelta(minutes=10)


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


def candidate_for(vacancy_id: int, profile_id: int) -> Candidate:
    """The candidate that the profile is for the vacancy, made in the present transaction where
    nobody was shown it before."""
    while True:
        known = known_candidates(vacancy_id, [profile_id])
        if known:
            return known[profile_id]
        _insert(db.session, vacancy_id, [profile_id])


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


def note_opening(candidate: Candidate, sight: Sight = Sight.MASKED, *, actor: User) -> None:
    """Record that the employer opens the whole profile; in a transaction of its own, since
    looking is a GET. The student sees it. A page loaded again within ten minutes is one opening."""
    today, now = local_today(), utc_now()
    last = db.session.scalar(
        sa.select(ProfileOpening.last_at).where(
            ProfileOpening.candidate_id == candidate.id,
            ProfileOpening.day == today,
            ProfileOpening.sight == sight,
        )
    )
    if last is not None and last > now - RELOAD_TERM:
        return
    with writing() as session:
        session.execute(
            sa.update(Candidate)
            .where(Candidate.id == candidate.id, Candidate.opened_at.is_(None))
            .values(opened_at=now)
        )
        if _count_opening(session, candidate.id, sight, today, now) == 1:
            session.add(audit.entry("candidate.opened", candidate, actor=actor, sight=sight.value))


def note_resume(candidate: Candidate, sight: Sight, *, actor: User) -> None:
    """Record that the employer takes the profile away on paper, which is an opening too."""
    note_opening(candidate, sight, actor=actor)
    with writing() as session:
        session.add(
            audit.entry("candidate.resume-taken", candidate, actor=actor, sight=sight.value)
        )


def _count_opening(
    session: Session, candidate_id: int, sight: Sight, day: date, now: datetime
) -> int | None:
    """How often the profile was opened on the day; None where somebody counted this moment."""
    insert = dialect_of(session).insert(ProfileOpening)
    counted = insert.values(
        candidate_id=candidate_id, day=day, sight=sight, times=1, last_at=now
    ).on_conflict_do_update(
        index_elements=["candidate_id", "day", "sight"],
        set_={"times": ProfileOpening.times + 1, "last_at": now},
        where=ProfileOpening.last_at <= now - RELOAD_TERM,
    )
    times: int | None = session.scalar(counted.returning(ProfileOpening.times))
    return times


def _insert(session: Session, vacancy_id: int, profile_ids: Collection[int]) -> None:
    """Two requests may show the same student for the first time at once: the second row is left
    out, whoever's it is."""
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
    session.execute(dialect_of(session).insert(Candidate).values(rows).on_conflict_do_nothing())
