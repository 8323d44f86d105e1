"""The verbs of a block."""

from __future__ import annotations

import sqlalchemy as sa

from bridge import audit, events
from bridge.accounts.models import User
from bridge.blocks.models import EmployerBlock
from bridge.database import delete_row
from bridge.employers.models import Employer
from bridge.extensions import db
from bridge.students.models import Profile


def block(profile: Profile, employer: Employer, *, actor: User) -> None:
    """From now on the employer does not see the student, and what it asked and nobody answered
    ends. The same again changes nothing."""
    # The lock of a request being made right now: one of the two sees the other.
    db.session.refresh(profile, with_for_update={"of": Profile})
    if _find(profile, employer) is not None:
        return
    made = EmployerBlock(profile=profile, employer=employer)
    db.session.add(made)
    audit.record("employer_block.made", made, actor=actor, employer=employer.id)
    events.employer_blocked.send(made, actor=actor)


def unblock(profile: Profile, employer: Employer, *, actor: User) -> None:
    found = _find(profile, employer)
    if found is not None:
        audit.record("employer_block.lifted", found, actor=actor, employer=employer.id)
        delete_row(found)


def _find(profile: Profile, employer: Employer) -> EmployerBlock | None:
    return db.session.scalar(
        sa.select(EmployerBlock).where(
            EmployerBlock.profile_id == profile.id, EmployerBlock.employer_id == employer.id
        )
    )
