"""What enterprises and students of the demo university have to do with each other: candidates
looked at and marked, contact requests in every state, threads. Needs the index of committed rows.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from bridge import audit
from bridge.accounts.models import User
from bridge.candidates import service as candidates
from bridge.candidates.models import Candidate, Mark
from bridge.candidates.ranking import Ranking
from bridge.cases.models import CaseKind
from bridge.contacts import service as contacts
from bridge.contacts.labels import DeclineReason
from bridge.contacts.models import ContactRequest, RequestState
from bridge.database import as_of, utc_now
from bridge.demo import content
from bridge.demo.chance import Chance
from bridge.demo.partners import waiting_case
from bridge.extensions import db
from bridge.moderation.service import Verdict, decide
from bridge.skills.models import Skill
from bridge.students.models import Profile
from bridge.students.service import withdraw
from bridge.vacancies import service as vacancies
from bridge.vacancies.models import Vacancy, VacancyState

# How many candidates of a vacancy somebody has looked at, and how far requests have come.
SHOWN = 12
STORIES: dict[RequestState, int] = {
    RequestState.ACCEPTED: 14,
    RequestState.APPROVED: 13,
    RequestState.REQUESTED: 10,
    RequestState.DECLINED: 7,
    RequestState.CLOSED: 5,
    RequestState.RETURNED: 4,
    RequestState.REJECTED: 3,
    RequestState.WITHDRAWN: 3,
}
# Days since the request; staff have a working day for theirs, the student five.
AGES = {
    RequestState.REQUESTED: (0.05, 0.1, 0.2, 0.3, 2, 4),
    RequestState.APPROVED: (1, 2, 3, 4, 9),
}
AGE_OF_OTHERS = (3, 5, 7, 9, 12, 15)
# What has happened to the student whom everybody may sign in as.
OWN_STORIES = (
    RequestState.APPROVED,
    RequestState.ACCEPTED,
    RequestState.APPROVED,
    RequestState.CLOSED,
    RequestState.DECLINED,
    RequestState.REQUESTED,
)


class Meetings:
    """Makes candidates and requests; `staff` decide on them."""

    def __init__(self, chance: Chance, staff: Sequence[User]) -> None:
        self.chance = chance
        self.staff = staff
        self.texts = content.read("contacts.toml")

    def look_at(self, vacancy: Vacancy, also: Profile | None) -> list[Candidate]:
        """The best candidates of a vacancy, some of them opened and marked by the enterprise."""
        ranking = Ranking(vacancy, learns=False)
        hits = ranking.index.search(ranking.query, ranking.eligibility, limit=SHOWN).hits
        ids = [int(hit.id) for hit in hits]
        if also is not None and also.id not in ids and ranking.is_eligible(also.id):
            ids.append(also.id)
        shown = [self._candidate(vacancy, profile_id) for profile_id in ids]
        db.session.flush()
        author = vacancy.employer.members[0].user
        for candidate in self.chance.some(shown, min(3, len(shown)), 6):
            self._open(candidate, author)
            mark = self.chance.weighted({Mark.NONE: 5.0, Mark.STAR: 4.0, Mark.UNFIT: 1.0})
            with as_of(self._since_publication(vacancy)):
                candidates.mark(candidate, mark, actor=author)
        return shown

    def tell(self, candidate: Candidate, state: RequestState) -> None:
        """Bring a request to `candidate` into `state`, step by step, in the past weeks."""
        vacancy = candidate.vacancy
        assert vacancy.published_at is not None
        author = self.chance.choice(vacancy.employer.members).user
        days_ago = self.chance.choice(AGES.get(state, AGE_OF_OTHERS))
        with as_of(self.chance.office_moment(days_ago, after=vacancy.published_at)):
            self._open(candidate, author)
            request = contacts.request_contact(candidate, self._message(candidate), actor=author)
        self._steps(state)(request, author)

    def close_vacancies(self, entries: Sequence[tuple[Vacancy, dict[str, Any]]]) -> None:
        """Those that are no longer open; requests that nobody has answered end with them."""
        for vacancy, entry in entries:
            if entry.get("state") == VacancyState.CLOSED:
                moment = self.chance.office_moment(0.5, after=vacancy.published_at)
                with as_of(moment):
                    vacancies.close(vacancy, actor=vacancy.employer.members[0].user)

    def withdraw_some(self, spared: Profile, number: int = 2) -> None:
        """Students who changed their mind while a request to them was waiting."""
        waiting = sa.select(ContactRequest).where(
            ContactRequest.state == RequestState.APPROVED, ContactRequest.profile_id != spared.id
        )
        requests = list(db.session.scalars(waiting.order_by(ContactRequest.id)))
        for request in self.chance.some(requests, number, number):
            with as_of(utc_now() - timedelta(hours=self.chance.randint(3, 20))):
                withdraw(request.profile, actor=request.profile.user)

    def _candidate(self, vacancy: Vacancy, profile_id: int) -> Candidate:
        profile = db.session.get_one(Profile, profile_id)
        pseudonym = candidates.new_pseudonym()
        with as_of(self._since_publication(vacancy)):
            candidate = Candidate(vacancy=vacancy, profile=profile, pseudonym=pseudonym)
            db.session.add(candidate)
        return candidate

    def _open(self, candidate: Candidate, actor: User) -> None:
        if candidate.opened_at is None:
            with as_of(self._since_publication(candidate.vacancy)):
                candidate.opened_at = utc_now()
                audit.record("candidate.opened", candidate, actor=actor)

    def _since_publication(self, vacancy: Vacancy) -> datetime:
        return self.chance.office_moment(self.chance.uniform(0.1, 14), after=vacancy.published_at)

    def _message(self, candidate: Candidate) -> str:
        vacancy = candidate.vacancy
        # An English vacancy is asked about in English.
        texts = self.texts["english" if vacancy.title.isascii() else "requests"]
        asked = {asked.skill_id for asked in vacancy.skills}
        held = [held.skill for held in candidate.profile.skills if held.skill_id in asked]
        skill: Skill | None = held[0] if held else None
        words = {
            "vacancy": [vacancy.title],
            "employer": [vacancy.employer.name],
            "skill": [skill.name_ru if skill else "ваша учёба"],
        }
        return self.chance.fill(self.chance.choice(texts), words)

    def _steps(self, state: RequestState) -> Callable[[ContactRequest, User], object]:
        return {
            RequestState.REQUESTED: lambda request, author: None,
            RequestState.APPROVED: lambda request, author: self._approve(request),
            RequestState.RETURNED: lambda request, author: self._refuse(request, "returned"),
            RequestState.REJECTED: lambda request, author: self._refuse(request, "rejected"),
            RequestState.WITHDRAWN: self._withdraw,
            RequestState.DECLINED: lambda request, author: self._decline(request),
            RequestState.ACCEPTED: self._talk,
            RequestState.CLOSED: self._talk_and_close,
        }[state]

    def _decide(self, request: ContactRequest, verdict: Verdict, code: str, note: str) -> None:
        case = waiting_case(CaseKind.CONTACT, request.id)
        with as_of(self._next(request, 0.6)):
            actor = self.chance.choice(self.staff)
            decide(case, verdict, actor=actor, reason_code=code, note=note)

    def _approve(self, request: ContactRequest) -> None:
        self._decide(request, Verdict.APPROVE, "", "")

    def _refuse(self, request: ContactRequest, how: str) -> None:
        code, note = self.chance.choice(self.texts[how])
        verdict = Verdict.RETURN if how == "returned" else Verdict.REJECT
        self._decide(request, verdict, code, note)

    def _withdraw(self, request: ContactRequest, author: User) -> None:
        self._approve(request)
        with as_of(self._next(request, 1)):
            contacts.withdraw(request, actor=author)

    def _decline(self, request: ContactRequest) -> None:
        self._approve(request)
        code, note = self.chance.choice(self.texts["declined"])
        student = request.profile.user
        with as_of(self._next(request, 1)):
            contacts.decline(
                request,
                actor=student,
                reason_code=DeclineReason(code),
                student_note=self.chance.fill(note, {}, woman=student.name.endswith(("а", "я"))),
            )

    def _talk(self, request: ContactRequest, author: User) -> datetime:
        """The moment of the last message."""
        self._approve(request)
        student = request.profile.user
        with as_of(self._next(request, 1)):
            contacts.accept(request, actor=student)
        moment = request.changed_at
        for number, text in enumerate(self.chance.choice(self.texts["threads"])):
            moment = self.chance.waking_moment(moment, 10)
            with as_of(moment):
                contacts.write_message(request, text, actor=student if number % 2 else author)
        return moment

    def _talk_and_close(self, request: ContactRequest, author: User) -> None:
        last = self._talk(request, author)
        with as_of(self.chance.waking_moment(last, 12)):
            contacts.close(request, actor=author)

    def _next(self, request: ContactRequest, most_days: float) -> datetime:
        """Some time after the last step of the request, not in the future."""
        return self.chance.waking_moment(request.changed_at, 24 * most_days)
