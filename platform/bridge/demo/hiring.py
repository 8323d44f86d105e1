"""What follows accepted requests at the demo university: stages, interviews, and the notes, tags
and searches that colleagues keep."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from datetime import date, datetime, time, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from bridge.accounts.models import User
from bridge.candidates import notes
from bridge.candidates.models import Candidate, Mark
from bridge.contacts.models import ContactRequest
from bridge.database import as_of, local_today, utc_now
from bridge.demo import content
from bridge.demo.chance import SEED, Chance
from bridge.extensions import db
from bridge.hiring import service as hiring
from bridge.hiring.labels import EmployerReason, StudentReason
from bridge.hiring.models import Hiring, Stage
from bridge.interviews import service as interviews
from bridge.interviews.models import Slot
from bridge.interviews.service import Meeting
from bridge.interviews.zones import own_zone, to_utc
from bridge.saved_searches import service as saved_searches
from bridge.vacancies.models import Vacancy

# At which interviews begin.
HOURS = frozenset(range(10, 18))


class Stages:
    """Leads each accepted request to one of the stages, in turn. Draws lots of its own, so that
    the rest of the university stays as it was."""

    def __init__(self) -> None:
        self.chance = Chance(SEED + 1)
        self.texts = content.read("hiring.toml")
        # By enterprise and day: the hours of its interviews.
        self.taken: defaultdict[tuple[int, date], set[int]] = defaultdict(set)

    def happen(self) -> None:
        opened = sa.select(Hiring).options(joinedload(Hiring.request)).order_by(Hiring.id)
        for number, stage in enumerate(db.session.scalars(opened).all()):
            request = stage.request
            if request.employer.is_working:
                way = WAYS[number % len(WAYS)]
                way(self, stage, request.employer.members[0].user)
        self._keep_notes()
        self._keep_searches()
        self._meet_soon()

    def _later(self, stage: Hiring) -> datetime:
        return self.chance.waking_moment(stage.changed_at, 20)

    def _stay(self, _stage: Hiring, _hr: User) -> None:
        """Nothing has come of it yet."""

    def _invite(self, stage: Hiring, hr: User) -> None:
        self._slots(stage.request, hr)

    def _agree(self, stage: Hiring, hr: User) -> None:
        slots = self._slots(stage.request, hr)
        if slots:
            interviews.pick(slots[0], stage.request, actor=stage.request.profile.user)

    def _offer_job(self, stage: Hiring, hr: User) -> None:
        for to in (Stage.INTERVIEW, Stage.OFFER):
            with as_of(self._later(stage)):
                hiring.advance(stage, to, actor=hr)

    def _hire(self, stage: Hiring, hr: User) -> None:
        self._offer_job(stage, hr)
        with as_of(self._later(stage)):
            hiring.advance(stage, Stage.HIRED, actor=stage.request.profile.user)

    def _decline(self, stage: Hiring, hr: User) -> None:
        with as_of(self._later(stage)):
            hiring.advance(stage, Stage.INTERVIEW, actor=hr)
        with as_of(self._later(stage)):
            hiring.decline(stage, EmployerReason.OTHER_CANDIDATE, self.texts["declined"], actor=hr)

    def _lose(self, stage: Hiring, hr: User) -> None:
        self._offer_job(stage, hr)
        with as_of(self._later(stage)):
            student = stage.request.profile.user
            hiring.decline(stage, StudentReason.OTHER_OFFER, self.texts["lost"], actor=student)

    def _meet_soon(self) -> None:
        """The HR whom everybody may be has an interview ahead."""
        hr = db.session.scalars(sa.select(User).where(User.email == "hr@demo.test")).one()
        assert hr.member is not None
        waiting = (
            sa.select(Hiring)
            .join(Hiring.request)
            .where(
                Hiring.state.in_((Stage.CONTACT, Stage.INTERVIEW)),
                ContactRequest.employer_id == hr.member.employer_id,
            )
            # The latest: of the earlier ones somebody stays at each stage.
            .order_by(Hiring.state != Stage.CONTACT, Hiring.id.desc())
        )
        stage = db.session.scalars(waiting).first()
        if stage is not None:
            self._agree(stage, hr)

    def _slots(self, request: ContactRequest, hr: User) -> list[Slot]:
        """Three times of the next working days, when nobody of the enterprise is with another."""
        day = local_today()
        moments: list[datetime] = []
        while len(moments) < 3:
            day += timedelta(days=1)
            free = sorted(HOURS - self.taken[request.employer_id, day])
            if day.weekday() < 5 and free:
                hour = self.chance.choice(free)
                self.taken[request.employer_id, day].add(hour)
                at = time(hour, self.chance.choice((0, 15)))
                moments.append(to_utc(day, at, own_zone()))
        place = self.chance.choice(self.texts["places"])
        meeting = Meeting(45, place["place"], place.get("link", ""), own_zone())
        with as_of(min(utc_now(), self._later_of(request))):
            return interviews.offer(request.vacancy, [request], moments, meeting, actor=hr)

    def _later_of(self, request: ContactRequest) -> datetime:
        return self.chance.waking_moment(request.changed_at, 20)

    def _keep_notes(self) -> None:
        """About candidates whom their enterprise has starred."""
        starred = sa.select(Candidate).where(Candidate.mark == Mark.STAR).order_by(Candidate.id)
        for number, candidate in enumerate(db.session.scalars(starred).all()):
            members = candidate.vacancy.employer.members
            if number % 2 == 0:
                text = self.chance.choice(self.texts["notes"])
                notes.write_note(candidate, text, actor=self.chance.choice(members).user)
            tag = self.chance.choice(self.texts["tags"])
            notes.add_tag(candidate, tag, actor=members[0].user)

    def _keep_searches(self) -> None:
        """The first enterprise's, whose HR everybody may be."""
        first = sa.select(Vacancy).where(Vacancy.published_at.is_not(None)).order_by(Vacancy.id)
        vacancy = next(one for one in db.session.scalars(first) if one.is_open)
        hr = vacancy.employer.members[0].user
        for name, query in self.texts["searches"].items():
            saved_searches.save(vacancy, name, query, actor=hr)


# As many accepted requests, one after another, come to every stage.
WAYS: tuple[Callable[[Stages, Hiring, User], None], ...] = (
    Stages._agree,
    Stages._offer_job,
    Stages._invite,
    Stages._hire,
    Stages._stay,
    Stages._stay,
    Stages._decline,
    Stages._lose,
)
