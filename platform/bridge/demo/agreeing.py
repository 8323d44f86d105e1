"""Consents of the demo university: every document is published, and whoever does what needs one has
agreed to it at that moment."""

from __future__ import annotations

from datetime import timedelta

from bridge.accounts.models import User
from bridge.consents import service as consents
from bridge.consents.labels import suggestions
from bridge.consents.models import ConsentDocument, Purpose
from bridge.consents.queries import current_document
from bridge.database import as_of
from bridge.students.models import Profile
from bridge.students.service import publish, show_name


def publish_documents(staff: User) -> None:
    """On the day on which `staff` joined, before anybody else."""
    with as_of(staff.created_at):
        for purpose in Purpose:
            document = consents.draft(purpose, suggestions()[purpose.value], actor=staff)
            consents.publish(document, actor=staff, grace=timedelta(0))


def document_of(purpose: Purpose) -> ConsentDocument:
    found = current_document(purpose)
    if found is None:
        raise RuntimeError(f"no document is published for {purpose.value}")
    return found


def agree(user: User, purpose: Purpose, act: str, subject_id: int | None = None) -> None:
    consents.give(user, document_of(purpose), act=act, subject_id=subject_id)


def agree_and_publish(profile: Profile) -> None:
    """Every third student also allows the name where the university opens a selection."""
    agree(profile.user, Purpose.FOUND, "publish")
    publish(profile, actor=profile.user)
    if profile.id % 3 == 0:
        agree(profile.user, Purpose.NAMED, "named")
        show_name(profile, actor=profile.user)
