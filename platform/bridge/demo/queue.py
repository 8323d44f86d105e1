"""What waits for the staff of the demo university today, besides what the meetings left: fresh
applications, vacancies, requests to look at twice, reports of abuse, ready answers; some of it
claimed, approved once or brought to a second person."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from bridge.accounts.models import User
from bridge.candidates.models import Candidate
from bridge.cases.models import Case, CaseKind, CaseState
from bridge.cases.service import claim, escalate_overdue
from bridge.contacts import service as contacts
from bridge.contacts.models import ContactRequest, RequestState
from bridge.database import as_of
from bridge.demo import content
from bridge.demo.chance import SEED, Chance
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
    candidates = _free_candidates()
    for entry in told["requests"]:
        _ask(chance, entry, candidates)
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


def _free_candidates() -> Iterator[Candidate]:
    """Shown for an open vacancy and asked by nobody, the vacancies in turn."""
    asked = sa.select(ContactRequest.profile_id)
    rows = db.session.scalars(
        sa.select(Candidate)
        .join(Candidate.vacancy)
        .where(Vacancy.state == VacancyState.PUBLISHED, Candidate.profile_id.not_in(asked))
        .order_by(Candidate.id)
    ).all()
    seen: set[int] = set()
    for candidate in rows:
        is_free = candidate.profile.is_published and candidate.vacancy.is_open
        if is_free and candidate.profile_id not in seen:
            seen.add(candidate.profile_id)
            yield candidate


def _ask(chance: Chance, entry: Mapping[str, Any], candidates: Iterator[Candidate]) -> None:
    """One request or, where the text went to many, so many of the same enterprise."""
    first = next(candidates)
    chosen = [first]
    while len(chosen) < entry.get("copies", 1):
        candidate = next(candidates)
        if candidate.vacancy.employer_id == first.vacancy.employer_id:
            chosen.append(candidate)
    for candidate in chosen:
        message = entry["text"].replace("{vacancy}", candidate.vacancy.title)
        author = candidate.vacancy.employer.members[0].user
        with as_of(chance.office_moment(entry["days_ago"], after=candidate.vacancy.published_at)):
            contacts.request_contact(candidate, message, actor=author)


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
            subject = contacts.write_message(request, entry["said"], actor=author)
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
