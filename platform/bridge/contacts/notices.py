"""Letters about a contact request. None names the student to the employer."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from bridge.accounts.models import Role, User
from bridge.contacts.labels import reason_label
from bridge.contacts.models import ContactRequest
from bridge.employers.models import Member
from bridge.extensions import db
from bridge.mail.service import enqueue


def to_student(request: ContactRequest, template: str) -> None:
    send(student_of(request), request, f"contacts/{template}")


def to_employer(request: ContactRequest, template: str) -> None:
    send(people_of_employer(request), request, f"contacts/{template}")


def to_staff(request: ContactRequest, template: str) -> None:
    staff = sa.select(User).where(User.role == Role.STAFF, User.deactivated_at.is_(None))
    send(db.session.scalars(staff).all(), request, f"contacts/{template}")


def student_of(request: ContactRequest) -> Sequence[User]:
    """The student, unless the account is gone."""
    student = request.profile.user
    return (student,) if student.is_active else ()


def people_of_employer(request: ContactRequest) -> Sequence[User]:
    """Whoever asked; all colleagues where that person has left."""
    asker = request.requested_by
    if asker is not None and asker.is_active:
        return (asker,)
    colleagues = sa.select(User).join(Member, Member.user_id == User.id)
    return db.session.scalars(
        colleagues.where(Member.employer_id == request.employer_id, User.deactivated_at.is_(None))
    ).all()


def send(
    recipients: Sequence[User], request: ContactRequest, template: str, **context: object
) -> None:
    """One letter each; `context` is added to what every letter about a request knows."""
    for recipient in recipients:
        enqueue(
            recipient,
            template,
            request_id=request.id,
            pseudonym=request.candidate.pseudonym,
            vacancy_title=request.vacancy.title,
            employer_name=request.employer.name,
            message=request.message,
            reason=reason_label(request.reason_code),
            note=request.note,
            due_at=request.due_at,
            **context,
        )
