"""A vacancy, a student who suits it, an HR member, one of the staff: what most tests start from."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from bridge.accounts.models import Role, User
from bridge.candidates.models import Candidate
from bridge.candidates.service import new_pseudonym
from bridge.cases.models import Case, CaseKind, CaseState
from bridge.cases.service import decide_case
from bridge.contacts.models import ContactRequest
from bridge.employers.models import Employer, Member
from bridge.extensions import db
from bridge.students.models import Profile
from bridge.vacancies.models import Vacancy
from tests.factories import make_employer, make_member, make_student, make_user, make_vacancy

MESSAGE = "Приглашаем на практику в отдел прочности: расчёты обшивки, наставник, оплата."


@dataclass
class Scene:
    employer: Employer
    member: Member
    staff: User
    vacancy: Vacancy
    profile: Profile
    candidate: Candidate


def make_scene() -> Scene:
    """Commits, so that the index sees the student."""
    employer = make_employer()
    member = make_member(employer)
    staff = db.session.scalar(sa.select(User).where(User.role == Role.STAFF))
    staff = staff or make_user(Role.STAFF)
    vacancy = make_vacancy(employer, must=("python",), nice=("sql",))
    profile = make_student(skills=("python",))
    candidate = make_candidate(vacancy, profile)
    db.session.commit()
    return Scene(employer, member, staff, vacancy, profile, candidate)


def make_candidate(vacancy: Vacancy, profile: Profile) -> Candidate:
    candidate = Candidate(vacancy=vacancy, profile=profile, pseudonym=new_pseudonym())
    db.session.add(candidate)
    db.session.flush()
    return candidate


def decide(request: ContactRequest, verdict: CaseState, scene: Scene) -> None:
    """Close the waiting case, as moderation does before it calls the verb."""
    case = db.session.scalars(
        sa.select(Case).where(
            Case.subject_id == request.id,
            Case.kind == CaseKind.CONTACT,
            Case.state == CaseState.WAITING,
        )
    ).one()
    decide_case(case, verdict, actor=scene.staff)
