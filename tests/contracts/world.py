"""Two enterprises with all that belongs to them, and one person of each kind."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from bridge.accounts.models import Role, User
from bridge.applications import service as applications
from bridge.candidates.models import Candidate
from bridge.candidates.service import candidate_for, new_pseudonym
from bridge.cases.models import Case, CaseKind
from bridge.contacts import service as contacts
from bridge.extensions import db
from bridge.notices.models import Notice
from bridge.students.models import EntryKind, ProfileEntry
from tests.factories import make_employer, make_member, make_student, make_user, make_vacancy

Values = dict[str, object]


@dataclass
class World:
    """`people` by kind, None for nobody; `own` and `foreign` are the parts of addresses that
    belong to the student and the member, and to others of their kind."""

    people: dict[str, User | None]
    own: Values
    foreign: Values


def make_world() -> World:
    """Commits."""
    staff = make_user(Role.STAFF)
    student, member, own = _make_side(staff)
    _, _, foreign = _make_side(staff)
    people = {
        "nobody": None,
        "student": student,
        "member": member,
        "staff": staff,
        "admin": make_user(Role.ADMIN),
    }
    db.session.commit()
    return World(people, own, foreign)


def _make_side(staff: User) -> tuple[User, User, Values]:
    employer = make_employer()
    member = make_member(employer)
    vacancy = make_vacancy(employer, must=("python",))
    profile = make_student(skills=("python",))
    entry = ProfileEntry(profile=profile, kind=EntryKind.PROJECT, title="Макет спутника")
    candidate = Candidate(vacancy=vacancy, profile=profile, pseudonym=new_pseudonym())
    db.session.add_all((entry, candidate))
    db.session.commit()
    request = contacts.request_contact(candidate, "Приглашаем на встречу.", actor=member.user)
    contacts.approve(request, actor=staff)
    contacts.accept(request, actor=profile.user)
    other = candidate_for(make_vacancy(employer).id, profile.id)
    application = applications.apply(other, "Хочу у вас работать.", actor=profile.user)
    case = db.session.scalars(
        sa.select(Case).where(Case.kind == CaseKind.CONTACT, Case.subject_id == request.id)
    ).one()
    notice = db.session.scalars(
        sa.select(Notice).where(Notice.user_id == profile.user_id, Notice.kind == "contacts/offer")
    ).one()
    db.session.commit()
    return (
        profile.user,
        member.user,
        {
            "user_id": make_user(Role.STAFF).id,
            "profile_id": profile.id,
            "held_id": profile.skills[0].id,
            "entry_id": entry.id,
            "employer_id": employer.id,
            "vacancy_id": vacancy.id,
            "pseudonym": candidate.pseudonym,
            "request_id": request.id,
            "application_id": application.id,
            "case_id": case.id,
            "notice_id": notice.id,
        },
    )
