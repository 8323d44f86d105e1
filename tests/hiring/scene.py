"""Contact requests whose students have agreed, and the letters that follow."""

from __future__ import annotations

import sqlalchemy as sa

from bridge.accounts.models import User
from bridge.candidates.models import Candidate
from bridge.contacts import service as contacts
from bridge.contacts.models import ContactRequest
from bridge.extensions import db
from bridge.hiring.models import Hiring
from bridge.hiring.queries import of_request
from bridge.mail.models import OutboxMail
from tests.contacts.scene import MESSAGE, Scene, make_candidate
from tests.factories import make_student


def accepted_request(scene: Scene, candidate: Candidate | None = None) -> ContactRequest:
    """Commits. The letters so far are taken away, so that tests see only what follows."""
    request = contacts.request_contact(
        candidate or scene.candidate, MESSAGE, actor=scene.member.user
    )
    contacts.approve(request, actor=scene.staff)
    contacts.accept(request, actor=request.profile.user)
    db.session.execute(sa.delete(OutboxMail))
    db.session.commit()
    return request


def another_accepted(scene: Scene) -> ContactRequest:
    """The same for one more student of the same vacancy."""
    profile = make_student(skills=("python",))
    candidate = make_candidate(scene.vacancy, profile)
    db.session.commit()
    return accepted_request(scene, candidate)


def stage_of(request: ContactRequest) -> Hiring:
    hiring = of_request(request.id)
    assert hiring is not None
    db.session.refresh(hiring)
    return hiring


def letters_to(user: User) -> list[OutboxMail]:
    return list(
        db.session.scalars(
            sa.select(OutboxMail).where(OutboxMail.recipient == user.email).order_by(OutboxMail.id)
        )
    )
