"""What people are told about an application. Letters to the employer carry the pseudonym: the name
is on the page, not in mailboxes."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sqlalchemy.orm import joinedload

from bridge.accounts.models import Role, User
from bridge.applications.labels import application_reason
from bridge.applications.models import Application
from bridge.applications.queries import visible_applications
from bridge.employers.service import tell_members
from bridge.extensions import db
from bridge.notices.kinds import Told, register
from bridge.notices.models import Group
from bridge.notices.service import notify, settle
from bridge.students.models import Profile
from bridge.vacancies.models import Vacancy
from bridge.vacancies.notices import tell as tell_of_vacancies

PAUSED = "applications/paused"
TO_EMPLOYER = ("sent", "reminder", "withdrawn")
TO_STUDENT = ("invited_student", "declined_student", "ended_student")


def init_app() -> None:
    kinds = (f"applications/{kind}" for kind in (*TO_EMPLOYER, *TO_STUDENT))
    register(Group.REQUESTS, tell, *kinds)
    register(Group.COMPANY, tell_of_vacancies, PAUSED)


def tell(application_ids: Collection[int], reader: User) -> Mapping[int, Told]:
    select = (
        visible_applications(reader)
        .where(Application.id.in_(application_ids))
        .options(
            joinedload(Application.candidate),
            joinedload(Application.vacancy),
            joinedload(Application.employer),
            joinedload(Application.request),
            joinedload(Application.profile).joinedload(Profile.user),
        )
    )
    return {
        application.id: Told(_facts(application), _person(application, reader))
        for application in db.session.scalars(select)
    }


def _facts(application: Application) -> dict[str, object]:
    request = application.request
    return {
        "application_id": application.id,
        "request_id": application.request_id,
        "pseudonym": application.candidate.pseudonym,
        "vacancy_title": application.vacancy.title,
        "employer_name": application.employer.name,
        "due_at": application.due_at,
        "invitation": "" if request is None else request.message,
        "reason": application_reason(application.reason_code),
        "note": application.note,
    }


def _person(application: Application, reader: User) -> str:
    is_open = reader.role is Role.MEMBER and application.is_opened
    return application.profile.user.name if is_open else ""


def to_employer(application: Application, kind: str) -> None:
    tell_members(application.employer, f"applications/{kind}", application)


def to_student(application: Application, kind: str) -> None:
    notify(application.profile.user, f"applications/{kind}_student", application)


def no_longer_asks_employer(application: Application) -> None:
    """It was answered or needs no answer: nobody needs to read that it waits."""
    for kind in ("sent", "reminder"):
        settle(f"applications/{kind}", application)


def of_pause(vacancy: Vacancy) -> None:
    tell_members(vacancy.employer, PAUSED, vacancy)


def no_longer_paused(vacancy: Vacancy) -> None:
    settle(PAUSED, vacancy)
