"""A vacancy, a student who suits it, an HR member, one of the staff: what most tests start from."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from bridge.accounts.models import Role, User
from bridge.candidates.models import Candidate
from bridge.candidates.service import new_pseudonym
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
