"""Notes and tags about a candidate, among the colleagues of one employer. Whoever calls has found
the candidate through a vacancy of the reader's own."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import timedelta

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import joinedload

from bridge import audit
from bridge.accounts.models import User
from bridge.candidates.models import Candidate, CandidateNote, CandidateTag
from bridge.database import delete_row, utc_now
from bridge.errors import DomainError, NotAllowedError
from bridge.extensions import db
from bridge.repeats import await_first_click, just_made
from bridge.vacancies.models import Vacancy

TAGS_AT_MOST = 10
# How long a removed note can be restored.
RESTORABLE = timedelta(days=7)


class TooManyTagsError(DomainError):
    message = _l("A candidate has at most ten tags. Remove one first.")


def notes_of(candidate: Candidate) -> list[CandidateNote]:
    """The notes that are not removed, with their authors, the newest first."""
    return list(
        db.session.scalars(
            sa.select(CandidateNote)
            .where(CandidateNote.candidate_id == candidate.id, CandidateNote.removed_at.is_(None))
            .options(joinedload(CandidateNote.author))
            .order_by(CandidateNote.id.desc())
        )
    )


def note_of(candidate: Candidate, note_id: int) -> CandidateNote | None:
    return db.session.scalar(
        sa.select(CandidateNote).where(
            CandidateNote.candidate_id == candidate.id, CandidateNote.id == note_id
        )
    )


def note_counts(candidate_ids: Collection[int]) -> dict[int, int]:
    """How many notes each candidate has, for lists."""
    rows = db.session.execute(
        sa.select(CandidateNote.candidate_id, sa.func.count())
        .where(CandidateNote.candidate_id.in_(candidate_ids), CandidateNote.removed_at.is_(None))
        .group_by(CandidateNote.candidate_id)
    )
    return {row[0]: row[1] for row in rows}


def tags_of(candidate_ids: Collection[int]) -> dict[int, list[CandidateTag]]:
    """The tags of each candidate in the order of the alphabet."""
    found: dict[int, list[CandidateTag]] = {}
    for tag in db.session.scalars(
        sa.select(CandidateTag)
        .where(CandidateTag.candidate_id.in_(candidate_ids))
        .order_by(CandidateTag.name)
    ):
        found.setdefault(tag.candidate_id, []).append(tag)
    return found


def tag_of(candidate: Candidate, tag_id: int) -> CandidateTag | None:
    return db.session.scalar(
        sa.select(CandidateTag).where(
            CandidateTag.candidate_id == candidate.id, CandidateTag.id == tag_id
        )
    )


def tagged_profiles(vacancy: Vacancy) -> Mapping[str, tuple[int, ...]]:
    """Every tag of the vacancy's candidates with the profiles that bear it."""
    rows = db.session.execute(
        sa.select(CandidateTag.name, Candidate.profile_id)
        .join(Candidate, Candidate.id == CandidateTag.candidate_id)
        .where(Candidate.vacancy_id == vacancy.id)
        .order_by(CandidateTag.name, Candidate.profile_id)
    )
    found: dict[str, tuple[int, ...]] = {}
    for name, profile_id in rows:
        found[name] = (*found.get(name, ()), profile_id)
    return found


def used_tags(vacancy: Vacancy) -> list[str]:
    """The words that the colleagues use already, for suggestions: of all vacancies of theirs."""
    return list(
        db.session.scalars(
            sa.select(CandidateTag.name)
            .join(Candidate, Candidate.id == CandidateTag.candidate_id)
            .join(Vacancy, Vacancy.id == Candidate.vacancy_id)
            .where(Vacancy.employer_id == vacancy.employer_id)
            .distinct()
            .order_by(CandidateTag.name)
            .limit(50)
        )
    )


def write_note(candidate: Candidate, text: str, *, actor: User) -> CandidateNote:
    """A note, or the same one where a double click sends it again."""
    await_first_click(actor)
    repeated = db.session.scalar(
        sa.select(CandidateNote).where(
            CandidateNote.candidate_id == candidate.id,
            CandidateNote.author_id == actor.id,
            CandidateNote.text == text,
            CandidateNote.removed_at.is_(None),
            just_made(CandidateNote.created_at),
        )
    )
    if repeated is not None:
        return repeated
    note = CandidateNote(candidate_id=candidate.id, author_id=actor.id, text=text)
    db.session.add(note)
    audit.record("candidate_note.written", note, actor=actor, candidate=candidate.id)
    return note


def remove_note(note: CandidateNote, *, actor: User) -> None:
    """Its author takes a note back; NotAllowedError for everybody else."""
    if note.author_id != actor.id:
        raise NotAllowedError
    if note.removed_at is None:
        note.removed_at = utc_now()
        audit.record("candidate_note.removed", note, actor=actor)


def restore_note(note: CandidateNote, *, actor: User) -> None:
    if note.author_id != actor.id:
        raise NotAllowedError
    if note.removed_at is not None:
        note.removed_at = None
        audit.record("candidate_note.restored", note, actor=actor)


def purge_removed() -> int:
    """The job: delete what was removed long enough ago; say how many. Commits."""
    deleted = db.session.execute(
        sa.delete(CandidateNote)
        .where(CandidateNote.removed_at < utc_now() - RESTORABLE)
        .execution_options(synchronize_session=False)
    )
    db.session.commit()
    return int(deleted.rowcount)  # type: ignore[attr-defined]


def add_tag(candidate: Candidate, name: str, *, actor: User) -> None:
    """The same tag again changes nothing, also where two colleagues add it at once."""
    own = tags_of([candidate.id]).get(candidate.id, [])
    word = name.lower()
    if any(tag.name == word for tag in own):
        return
    if len(own) >= TAGS_AT_MOST:
        raise TooManyTagsError
    tag = CandidateTag(candidate_id=candidate.id, author_id=actor.id, name=word)
    try:
        with db.session.begin_nested():
            db.session.add(tag)
            db.session.flush()
    except IntegrityError:
        return
    audit.record("candidate_tag.added", tag, actor=actor, candidate=candidate.id)


def remove_tag(tag: CandidateTag, *, actor: User) -> None:
    """Tags are everybody's: any colleague may remove one."""
    audit.record("candidate_tag.removed", tag, actor=actor, candidate=tag.candidate_id)
    delete_row(tag)
