"""The verbs of consents: write, publish, give, withdraw."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from bridge import audit, events
from bridge.consents.models import OF_ACCOUNTS, Consent, ConsentDocument, Purpose
from bridge.consents.queries import current_document, live_consents, needed_document
from bridge.database import utc_now
from bridge.errors import DomainError, StaleStateError
from bridge.extensions import db
from bridge.mail.service import enqueue
from bridge.repeats import await_first_click, just_made

if TYPE_CHECKING:
    from bridge.accounts.models import User

# Days that people have to agree to a new version, unless whoever publishes says otherwise.
GRACE_DAYS = 14


class ConsentNeededError(DomainError):
    message = _l("This needs your consent: read the document and tick the box.")


def draft(purpose: Purpose, texts: Mapping[str, str], *, actor: User) -> ConsentDocument:
    """A new version, not published yet, or the same one where a double click sends it again.
    texts: title_ru, title_en, text_ru, text_en. IntegrityError at the flush where somebody else
    begins one at this moment."""
    await_first_click(actor)
    repeated = db.session.scalar(
        sa.select(ConsentDocument)
        .filter_by(purpose=purpose, published_at=None, **texts)
        .where(just_made(ConsentDocument.created_at))
    )
    if repeated is not None:
        return repeated
    latest = db.session.scalar(
        sa.select(sa.func.max(ConsentDocument.number)).where(ConsentDocument.purpose == purpose)
    )
    document = ConsentDocument(purpose=purpose, number=(latest or 0) + 1, **texts)
    db.session.add(document)
    audit.record("consent_document.drafted", document, actor=actor, purpose=purpose.value)
    return document


def edit(document: ConsentDocument, texts: Mapping[str, str], *, actor: User) -> None:
    """StaleStateError where it is published: that is a new version's to say."""
    if document.published_at is not None:
        raise StaleStateError
    for name, value in texts.items():
        setattr(document, name, value)
    audit.record("consent_document.edited", document, actor=actor)


def publish(document: ConsentDocument, *, actor: User | None, grace: timedelta) -> None:
    """From now on this version is asked for. Whoever agreed to an earlier one is written to and
    has until the end of `grace`; accounts whose consent then is missing see nothing but that."""
    db.session.flush()
    now = utc_now()
    published = db.session.execute(
        sa.update(ConsentDocument)
        .where(ConsentDocument.id == document.id, ConsentDocument.published_at.is_(None))
        .values(
            published_at=now,
            due_at=now + grace,
            digest=digest_of(document),
            version=ConsentDocument.version + 1,
        )
        .execution_options(synchronize_session=False)
    )
    db.session.refresh(document)
    if published.rowcount != 1:  # type: ignore[attr-defined]
        raise StaleStateError
    audit.record("consent_document.published", document, actor=actor, digest=document.digest[:16])
    events.consent_published.send(document, actor=actor)


def digest_of(document: ConsentDocument) -> str:
    texts = (document.title_ru, document.text_ru, document.title_en, document.text_en)
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()


def tell(user: User, document: ConsentDocument) -> None:
    """Write to somebody who must agree anew."""
    enqueue(user, "consents/new-version", document=document)


def give(
    user: User, document: ConsentDocument, *, act: str, subject_id: int | None = None
) -> Consent:
    """Record that `user` agreed to this version by `act`; the same again changes nothing.
    StaleStateError where it is not the version in force: another text was read."""
    if document.published_at is None or current_document(document.purpose) is not document:
        raise StaleStateError
    for known in live_consents(user, document.purpose, subject_id):
        if known.document_id == document.id:
            return known
    consent = Consent(
        user_id=user.id, document_id=document.id, document=document, act=act, subject_id=subject_id
    )
    db.session.add(consent)
    audit.record("consent.given", consent, actor=user, purpose=document.purpose.value, act=act)
    if document.purpose in OF_ACCOUNTS:
        user.consent_due_at = None
    return consent


def require(user: User, purpose: Purpose, subject_id: int | None = None) -> None:
    """ConsentNeededError where the person has to agree first."""
    if needed_document(user, purpose, subject_id) is not None:
        raise ConsentNeededError


def withdraw_account(user: User) -> None:
    """Erasure is the withdrawal of the consent to keep the account: whoever changes their mind is
    asked anew when they come back. So is the owner of an account that somebody else made."""
    for purpose in OF_ACCOUNTS:
        for consent in live_consents(user, purpose):
            consent.withdrawn_at = user.consent_due_at = utc_now()


def withdraw(consent: Consent, *, actor: User) -> None:
    """Take a consent back, and with it all versions of the same; the consequences are carried out
    by those who listen to `consent_withdrawn`, in the same transaction."""
    user = actor
    purpose = consent.document.purpose
    now = utc_now()
    live = live_consents(user, purpose, consent.subject_id)
    if consent.withdrawn_at is not None or not live:
        return
    for one in live:
        one.withdrawn_at = now
    audit.record("consent.withdrawn", consent, actor=actor, purpose=purpose.value)
    db.session.flush()
    events.consent_withdrawn.send(consent, actor=actor)
