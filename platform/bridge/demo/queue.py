"""What waits for the staff of the demo university today, besides what the meetings left: fresh
applications, vacancies, requests to look at twice, reports of abuse, ready answers; some of it
claimed, approved once or brought to a second person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from bridge.accounts.models import User
from bridge.applications.models import Application
from bridge.candidates.models import Candidate
from bridge.cases.models import Case, CaseKind, CaseState
from bridge.cases.service import claim, escalate_overdue
from bridge.contacts import service as contacts
from bridge.contacts.models import ContactRequest, RequestState
from bridge.database import as_of
from bridge.demo import content
from bridge.demo.chance import SEED, Chance
from bridge.demo.meetings import say
from bridge.demo.partners import add_employer, add_vacancy, waiting_case
from bridge.employers.models import Employer
from bridge.employers.service import set_trusted
from bridge.extensions import db
from bridge.moderation.answers import keep_template
from bridge.moderation.service import Verdict, decide
from bridge.reports import service as reports
from bridge.skills.models import Skill
from bridge.vacancies.models import Vacancy, VacancyState

# Numbers of the enterprises that the meetings know end below.
FIRST_NUMBER = 31
# A well-known partner.
TRUSTED = "orbit"


def fill_queue(staff: Sequence[User]) -> None:
    """Its lots are its own, so that the rest of the university stays as it was drawn."""
    chance = Chance(SEED + 1)
    told = content.read("queue.toml")
    for answer in told["answers"]:
        keep_template(None, _answer(answer), actor=staff[0])
    employers = _add_employers(chance, told["employers"], staff[0])
    _add_vacancies(chance, told["vacancies"], employers, staff)
    for entry in told["requests"]:
        _ask(chance, entry, employers[entry["employer"]], staff[0])
    for entry in told["reports"]:
        _report(chance, entry)
    _trust(staff[0])
    escalate_overdue()
    _claim_some(staff)


def _answer(entry: Mapping[str, str]) -> dict[str, Any]:
    return {
        "kind": CaseKind(entry["kind"]),
        "reason_code": entry["reason"],
        "title": entry["title"],
        "text_ru": entry["ru"],
        "text_en": entry["en"],
    }


def _add_employers(
    chance: Chance, entries: Sequence[Mapping[str, Any]], staff: User
) -> dict[str, Employer]:
    """These, and those of the university by the keys that vacancies name."""
    names = {one["name"]: one["key"] for one in content.read("employers.toml")["employers"]}
    known = db.session.scalars(sa.select(Employer)).all()
    found = {names[one.name]: one for one in known if one.name in names}
    for number, entry in enumerate(entries, start=FIRST_NUMBER):
        found[entry["key"]] = add_employer(chance, entry, number, staff)
    return found


def _add_vacancies(
    chance: Chance,
    entries: Sequence[Mapping[str, Any]],
    employers: Mapping[str, Employer],
    staff: Sequence[User],
) -> None:
    names = {skill.slug: skill.name_ru for skill in db.session.scalars(sa.select(Skill))}
    for entry in entries:
        vacancy = add_vacancy(chance, entry, employers[entry["employer"]], names, staff[0])
        if entry.get("first_approval"):
            case = waiting_case(CaseKind.VACANCY, vacancy.id)
            with as_of(chance.office_moment(0.1, after=case.opened_at)):
                decide(case, Verdict.APPROVE, actor=staff[1])


def _ask(chance: Chance, entry: Mapping[str, Any], employer: Employer, staff: User) -> None:
    """One request or, where the text goes to many, several; where staff have returned the first of
    them, these are there too."""
    for _copy in range(entry.get("returned", 0)):
        request = _send(chance, entry["text"], employer, entry["days_ago"] + 3)
        with as_of(chance.office_moment(entry["days_ago"] + 2, after=request.created_at)):
            decide(
                waiting_case(CaseKind.CONTACT, request.id),
                Verdict.RETURN,
                actor=staff,
                reason_code=entry["reason"],
                note=entry["note"],
            )
    for _copy in range(entry.get("copies", 1)):
        _send(chance, entry["text"], employer, entry["days_ago"])


def _send(chance: Chance, text: str, employer: Employer, days_ago: float) -> ContactRequest:
    candidate = _free_candidate(employer)
    vacancy = candidate.vacancy
    author = vacancy.employer.members[0].user
    with as_of(chance.office_moment(days_ago, after=vacancy.published_at)):
        message = text.replace("{vacancy}", vacancy.title)
        return contacts.request_contact(candidate, message, actor=author)


def _free_candidate(employer: Employer) -> Candidate:
    """Shown for an open vacancy, asked by nobody and applied nowhere: of this enterprise where it
    has such a one, and of the vacancy with the fewest requests."""
    known = sa.union_all(sa.select(ContactRequest.profile_id), sa.select(Application.profile_id))
    requests = sa.select(sa.func.count()).where(ContactRequest.vacancy_id == Candidate.vacancy_id)
    rows = db.session.scalars(
        sa.select(Candidate)
        .join(Candidate.vacancy)
        .where(Vacancy.state == VacancyState.PUBLISHED, Candidate.profile_id.not_in(known))
        .order_by(Vacancy.employer_id != employer.id, requests.scalar_subquery(), Candidate.id)
    )
    return next(row for row in rows if row.profile.is_findable and row.vacancy.is_open)


def _report(chance: Chance, entry: Mapping[str, Any]) -> None:
    accepted = (
        sa.select(ContactRequest)
        .where(ContactRequest.state == RequestState.ACCEPTED)
        .order_by(ContactRequest.id)
    )
    request = chance.choice(db.session.scalars(accepted).all())
    student = request.profile.user
    subject: reports.Subject = request
    if entry["about"] == "vacancy":
        subject = request.vacancy
    elif entry["about"] == "message":
        author = request.requested_by or request.employer.members[0].user
        with as_of(chance.office_moment(entry["days_ago"] + 0.1, after=request.accepted_at)):
            subject = say(request, entry["said"], actor=author)
    with as_of(chance.office_moment(entry["days_ago"], after=request.accepted_at)):
        reports.report(
            subject,
            actor=student,
            reason_code=entry["reason"],
            text=entry["text"],
            seen_in=request,
        )


def _trust(staff: User) -> None:
    entries = content.read("employers.toml")["employers"]
    (name,) = (entry["name"] for entry in entries if entry["key"] == TRUSTED)
    employer = db.session.scalars(sa.select(Employer).where(Employer.name == name)).one()
    set_trusted(employer, True, actor=staff)


def _claim_some(staff: Sequence[User]) -> None:
    """As on any morning: each of the staff has taken something."""
    waiting = sa.select(Case).where(
        Case.state == CaseState.WAITING,
        Case.kind.in_((CaseKind.CONTACT, CaseKind.VACANCY)),
        Case.escalated_at.is_(None),
    )
    cases = db.session.scalars(waiting.order_by(Case.due_at, Case.id)).all()
    for actor, case in zip((staff[1], staff[0], staff[1]), cases[1::3], strict=False):
        claim(case, actor=actor)
