"""What enterprises and students of the demo university have to do with each other: candidates
looked at and marked, contact requests in every state, threads. Needs the index of committed rows.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bridge import audit
from bridge.accounts.models import User
from bridge.candidates import service as candidates
from bridge.candidates.models import Candidate, Mark, ProfileOpening, Sight
from bridge.candidates.ranking import Ranking
from bridge.cases.models import CaseKind
from bridge.consents.models import Purpose
from bridge.contacts import service as contacts
from bridge.contacts.attention import set_attention
from bridge.contacts.models import ContactRequest, DeclineReason, Message, RequestState
from bridge.contacts.reading import note_reading
from bridge.database import as_of, local_today, utc_now
from bridge.demo import content
from bridge.demo.agreeing import agree
from bridge.demo.chance import Chance
from bridge.demo.partners import waiting_case
from bridge.extensions import db
from bridge.moderation.service import Verdict, decide
from bridge.skills.models import Skill
from bridge.students.models import Profile
from bridge.students.service import withdraw
from bridge.vacancies import service as vacancies
from bridge.vacancies.models import Vacancy, VacancyState

First = Callable[[ContactRequest], object]
Then = Callable[[ContactRequest, User], object]

# How many candidates of a vacancy somebody has looked at, and how far requests have come.
SHOWN = 30
STORIES: dict[RequestState, int] = {
    RequestState.ACCEPTED: 10,
    RequestState.APPROVED: 13,
    RequestState.REQUESTED: 4,
    RequestState.DECLINED: 7,
    RequestState.CLOSED: 5,
    RequestState.RETURNED: 4,
    RequestState.REJECTED: 3,
    RequestState.WITHDRAWN: 3,
    RequestState.QUEUED: 4,
    RequestState.EXPIRED: 3,
    RequestState.ENDED: 3,
}
# Days since the request; staff have a working day for theirs, the student five.
AGES = {
    RequestState.REQUESTED: (0.05, 0.1, 0.2, 0.3, 2, 4),
    RequestState.APPROVED: (0.5, 1, 2, 3, 4),
    RequestState.RETURNED: (1, 2, 3),
    RequestState.QUEUED: (0.5, 1, 2),
    RequestState.EXPIRED: (12, 14, 15),
    RequestState.ENDED: (3, 4),
}
AGE_OF_OTHERS = (3, 5, 7, 9, 12, 15)
# What has happened to the student whom everybody may sign in as, and how many days ago: never
# more than three in a week.
OWN_STORIES = (
    (RequestState.APPROVED, 1),
    (RequestState.ACCEPTED, 5),
    (RequestState.APPROVED, 3),
    (RequestState.CLOSED, 14),
    (RequestState.DECLINED, 11),
    (RequestState.REQUESTED, 0.1),
)


def say(request: ContactRequest, text: str, *, actor: User) -> Message:
    """Whoever answers has read what was written before."""
    db.session.expire(request, ["messages"])
    note_reading(request, actor)
    return contacts.write_message(request, text, actor=actor)


class Meetings:
    """Makes candidates and requests; `staff` decide on them."""

    def __init__(self, chance: Chance, staff: Sequence[User]) -> None:
        self.chance = chance
        self.staff = staff
        self.texts = content.read("contacts.toml")
        self.ending: list[ContactRequest] = []

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

    def tell(
        self, candidate: Candidate, state: RequestState, days_ago: float | None = None
    ) -> None:
        """Bring a request to `candidate` into `state`, step by step, in the past weeks; where the
        student's week is full it stays in the line."""
        vacancy = candidate.vacancy
        assert vacancy.published_at is not None
        author = self.chance.choice(vacancy.employer.members).user
        if days_ago is None:
            days_ago = self.chance.choice(AGES.get(state, AGE_OF_OTHERS))
        with as_of(self.chance.office_moment(days_ago, after=vacancy.published_at)):
            self._open(candidate, author)
            request = contacts.request_contact(candidate, self._message(candidate), actor=author)
        if state is RequestState.QUEUED:
            self._pause(request)
        first, then = self._steps(state)
        if first is not None:
            first(request)
        if then is not None and request.state is RequestState.APPROVED:
            then(request, author)

    def close_vacancies(self, entries: Sequence[tuple[Vacancy, dict[str, Any]]]) -> None:
        """Those that are no longer open; requests that nobody has answered end with them."""
        for vacancy, entry in entries:
            if entry.get("state") == VacancyState.CLOSED:
                last = sa.select(sa.func.max(ContactRequest.changed_at))
                steps = db.session.scalar(last.where(ContactRequest.vacancy_id == vacancy.id))
                after = steps or vacancy.published_at
                with as_of(self.chance.office_moment(0.5, after=after)):
                    vacancies.close(vacancy, actor=vacancy.employer.members[0].user)

    def withdraw_some(self) -> None:
        """Students who change their mind while a request to them waits: it ends with that."""
        for request in self.ending:
            with as_of(self._next(request, 1)):
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
                self._note_opening(candidate, Sight.MASKED)
                audit.record("candidate.opened", candidate, actor=actor, sight=Sight.MASKED.value)

    def _note_opening(self, candidate: Candidate, sight: Sight) -> None:
        """As the verb of that name would, but in the one transaction of all the past."""
        times = self.chance.weighted({1: 6.0, 2: 3.0, 4: 1.0})
        db.session.add(
            ProfileOpening(
                candidate=candidate,
                day=local_today(),
                sight=sight,
                times=times,
                last_at=utc_now(),
            )
        )

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

    def _steps(self, state: RequestState) -> tuple[First | None, Then | None]:
        """What the university does, and what comes after the student has the request."""
        pass_on = self._approve
        return {
            RequestState.REQUESTED: (None, None),
            RequestState.QUEUED: (pass_on, None),
            RequestState.APPROVED: (pass_on, None),
            RequestState.RETURNED: (lambda request: self._refuse(request, "returned"), None),
            RequestState.REJECTED: (lambda request: self._refuse(request, "rejected"), None),
            RequestState.WITHDRAWN: (pass_on, self._withdraw),
            RequestState.DECLINED: (pass_on, self._decline),
            RequestState.EXPIRED: (pass_on, self._expire),
            RequestState.ENDED: (pass_on, lambda request, _author: self.ending.append(request)),
            RequestState.ACCEPTED: (pass_on, self._talk),
            RequestState.CLOSED: (pass_on, self._talk_and_close),
        }[state]

    def _pause(self, request: ContactRequest) -> None:
        """The student takes a rest from new requests."""
        with as_of(request.created_at):
            set_attention(
                request.profile,
                requests_a_week=None,
                is_paused=True,
                actor=request.profile.user,
            )

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

    def _expire(self, request: ContactRequest, _author: User) -> None:
        assert request.due_at is not None
        if request.due_at < utc_now():
            with as_of(request.due_at):
                contacts.expire(request)

    def _withdraw(self, request: ContactRequest, author: User) -> None:
        with as_of(self._next(request, 1)):
            contacts.withdraw(request, actor=author)

    def _decline(self, request: ContactRequest, _author: User) -> None:
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
        student = request.profile.user
        with as_of(self._next(request, 1)):
            agree(student, Purpose.CONTACT, "accept", request.id)
            contacts.accept(request, actor=student)
            self._note_opening(request.candidate, Sight.OPEN)
        moment = request.changed_at
        for number, text in enumerate(self.chance.choice(self.texts["threads"])):
            moment = self.chance.waking_moment(moment, 10)
            with as_of(moment):
                say(request, text, actor=student if number % 2 else author)
        return moment

    def _talk_and_close(self, request: ContactRequest, author: User) -> None:
        last = self._talk(request, author)
        with as_of(self.chance.waking_moment(last, 12)):
            contacts.close(request, actor=author)

    def _next(self, request: ContactRequest, most_days: float) -> datetime:
        """Some time after the last step of the request, not in the future."""
        return self.chance.waking_moment(request.changed_at, 24 * most_days)
