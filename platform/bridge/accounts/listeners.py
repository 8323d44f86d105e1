"""What a new version of a document means for accounts."""

from __future__ import annotations

import sqlalchemy as sa

from bridge import events
from bridge.accounts.models import Role, User
from bridge.consents import service as consents
from bridge.consents.models import ConsentDocument, Purpose
from bridge.database import utc_now
from bridge.extensions import db

ROLES = {Purpose.ACCOUNT: Role.STUDENT, Purpose.MEMBER: Role.MEMBER}


def on_consent_published(document: ConsentDocument, *, actor: User | None) -> None:
    """Every account of the kind has until the end of the term to agree, and is written to; but
    what waits for a consent already, withdrawn or not given in time, goes on waiting."""
    role = ROLES.get(document.purpose)
    if role is None:
        return
    concerned = (
        User.role == role,
        User.erased_at.is_(None),
        # Who was invited and has not come is asked when they come.
        User.password_hash.is_not(None),
        sa.or_(User.consent_due_at.is_(None), User.consent_due_at > utc_now()),
    )
    active = sa.select(User).where(*concerned, User.deactivated_at.is_(None))
    told = db.session.scalars(active.where(User.email_confirmed_at.is_not(None))).all()
    db.session.execute(
        sa.update(User)
        .where(*concerned)
        .values(consent_due_at=document.due_at)
        .execution_options(synchronize_session="fetch")
    )
    for user in told:
        consents.tell(user, document)


def connect() -> None:
    events.consent_published.connect(on_consent_published)
