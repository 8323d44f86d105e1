"""Applications of the demo students' own: waiting, overdue, answered; a vacancy that is paused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

import sqlalchemy as sa

from bridge.applications import pausing
from bridge.applications import service as applications
from bridge.applications.labels import RefusalReason
from bridge.applications.models import Application
from bridge.blocks import service as blocks
from bridge.candidates.models import Candidate
from bridge.consents.models import Purpose
from bridge.contacts.models import ContactRequest
from bridge.contacts.service import write_message
from bridge.database import as_of, utc_now
from bridge.demo import content
from bridge.demo.agreeing import document_of
from bridge.demo.chance import Chance
from bridge.errors import DomainError
from bridge.extensions import db
from bridge.students.models import Profile
from bridge.vacancies.models import Vacancy

# Of each enterprise that students apply to: how many days ago they did.
ANSWERED: tuple[float, ...] = (24, 19, 15, 12, 9, 8)
WAITING: tuple[float, ...] = (0.4, 2, 3)
OVERDUE: tuple[float, ...] = (13, 12, 11)
ENTERPRISES = 5


def _is_asked(candidate: Candidate) -> bool:
    """The enterprise has asked for a contact already."""
    asked = sa.exists().where(ContactRequest.candidate_id == candidate.id)
    return bool(db.session.scalar(sa.select(asked)))


class Applicants:
    """Lets the students shown for a vacancy apply for it."""

    def __init__(self, chance: Chance, shown: Mapping[Vacancy, Sequence[Candidate]]) -> None:
        self.chance = chance
        self.shown = shown
        self.texts = content.read("contacts.toml")["applications"]
        self.busy: set[int] = set()

    def happen(self, own: Profile) -> None:
        """What `own` did, whom everybody may be; then the others; at last one vacancy pauses."""
        self.busy.add(own.id)
        self._own(own)
        enterprises: dict[int, list[Vacancy]] = {}
        for vacancy in self.shown:
            enterprises.setdefault(vacancy.employer_id, []).append(vacancy)
        # The first is the one whose HR everybody may be.
        ordered = [vacancies for _number, vacancies in sorted(enterprises.items())]
        for vacancies in ordered[:ENTERPRISES]:
            for days_ago in ANSWERED:
                if made := self._apply(vacancies, days_ago):
                    self._answer(made)
            for days_ago in WAITING:
                self._apply(vacancies, days_ago)
        for vacancies in ordered[ENTERPRISES : ENTERPRISES + 2]:
            late = [made for days in OVERDUE if (made := self._apply(vacancies[:1], days))]
            for made in late:
                # As the daily job would have done in time.
                made.reminded_at = made.due_at - timedelta(days=1)
            if late:
                pausing.pause_if_unanswered(late[0].vacancy)

    def _own(self, own: Profile) -> None:
        free = [
            candidate
            for candidates in self.shown.values()
            for candidate in candidates
            if candidate.profile_id == own.id and not _is_asked(candidate)
        ]
        employers = {candidate.vacancy.employer_id: candidate for candidate in free}
        chosen = list(employers.values())
        for candidate, days_ago, answered in zip(chosen, (1, 8), (False, True), strict=False):
            made = self._send(candidate, days_ago)
            if made is not None and answered:
                self._answer(made)
        if len(chosen) > len(ANSWERED):
            with as_of(self.chance.office_moment(2)):
                blocks.block(own, chosen[-1].vacancy.employer, actor=own.user)

    def _apply(self, vacancies: Sequence[Vacancy], days_ago: float) -> Application | None:
        """Somebody who has not applied anywhere and was not asked; None where nobody is left."""
        for vacancy in self.chance.sample(list(vacancies), len(vacancies)):
            for candidate in self.shown[vacancy]:
                if candidate.profile_id in self.busy or _is_asked(candidate):
                    continue
                made = self._send(candidate, days_ago)
                if made is not None:
                    return made
        return None

    def _send(self, candidate: Candidate, days_ago: float) -> Application | None:
        vacancy = candidate.vacancy
        words = {"vacancy": [vacancy.title], "employer": [vacancy.employer.name]}
        student = candidate.profile.user
        text = self.chance.fill(
            self.chance.choice(self.texts["words"]),
            words,
            woman=student.name.endswith(("а", "я")),
        )
        try:
            with as_of(self.chance.office_moment(days_ago, after=vacancy.published_at)):
                made = applications.apply(
                    candidate, text, actor=student, agreed=document_of(Purpose.APPLICATION)
                )
        except DomainError:
            return None
        self.busy.add(candidate.profile_id)
        return made

    def _answer(self, application: Application) -> None:
        author = application.employer.members[0].user
        with as_of(min(self.chance.waking_moment(application.created_at, 60), utc_now())):
            if self.chance.often(0.5):
                invitation = self.chance.choice(self.texts["invitations"])
                request = applications.invite(application, invitation, actor=author)
                reply = self.chance.choice(self.texts["replies"])
                write_message(request, reply, actor=application.profile.user)
                return
            code, note = self.chance.choice(self.texts["refusals"])
            applications.decline(
                application, actor=author, reason_code=RefusalReason(code), note=note
            )
