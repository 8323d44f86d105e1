"""Selects of documents and receipts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from bridge.consents.models import Consent, ConsentDocument, Purpose
from bridge.database import utc_now
from bridge.extensions import db

if TYPE_CHECKING:
    from bridge.accounts.models import User


def current_document(purpose: Purpose) -> ConsentDocument | None:
    """The newest published version; None where the university has published none yet, and then
    nobody is asked."""
    return db.session.scalar(
        sa.select(ConsentDocument)
        .where(ConsentDocument.purpose == purpose, ConsentDocument.published_at.is_not(None))
        .order_by(ConsentDocument.number.desc())
        .limit(1)
    )


def live_consents(user: User, purpose: Purpose, subject_id: int | None = None) -> list[Consent]:
    """What the person has agreed to and not withdrawn, the latest version first."""
    return list(
        db.session.scalars(
            sa.select(Consent)
            .join(Consent.document)
            .where(
                Consent.user_id == user.id,
                Consent.withdrawn_at.is_(None),
                ConsentDocument.purpose == purpose,
                Consent.subject_id == subject_id
                if subject_id is not None
                else Consent.subject_id.is_(None),
            )
            .options(joinedload(Consent.document))
            .order_by(ConsentDocument.number.desc())
        )
    )


def needed_document(
    user: User, purpose: Purpose, subject_id: int | None = None
) -> ConsentDocument | None:
    """What the person must agree to before the act; None where they have, where the term for a new
    version still runs, or where there is no document."""
    document = current_document(purpose)
    if document is None:
        return None
    given = live_consents(user, purpose, subject_id)
    if any(consent.document_id == document.id for consent in given):
        return None
    in_term = document.due_at is not None and document.due_at > utc_now()
    return None if given and in_term else document


def own_consents(user: User) -> list[Consent]:
    """Every receipt of the person, the latest first."""
    return list(
        db.session.scalars(
            sa.select(Consent)
            .where(Consent.user_id == user.id)
            .options(joinedload(Consent.document))
            .order_by(Consent.id.desc())
        )
    )


def own_consent(user: User, consent_id: int) -> Consent | None:
    return db.session.scalar(
        sa.select(Consent)
        .where(Consent.id == consent_id, Consent.user_id == user.id)
        .options(joinedload(Consent.document))
    )


def published_document(document_id: int) -> ConsentDocument | None:
    return db.session.scalar(
        sa.select(ConsentDocument).where(
            ConsentDocument.id == document_id, ConsentDocument.published_at.is_not(None)
        )
    )


def documents_with_counts() -> list[tuple[ConsentDocument, int]]:
    """Every version, with how many people hold to it now, by purpose, the newest first."""
    held = (
        sa.select(Consent.document_id, sa.func.count(sa.distinct(Consent.user_id)).label("people"))
        .where(Consent.withdrawn_at.is_(None))
        .group_by(Consent.document_id)
        .subquery()
    )
    rows = db.session.execute(
        sa.select(ConsentDocument, sa.func.coalesce(held.c.people, 0))
        .outerjoin(held, held.c.document_id == ConsentDocument.id)
        .order_by(ConsentDocument.purpose, ConsentDocument.number.desc())
    )
    return [(document, people) for document, people in rows]
