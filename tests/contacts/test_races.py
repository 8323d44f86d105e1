"""Several act on one request at the same moment: exactly one wins, on both databases."""

from __future__ import annotations

import sqlalchemy as sa
from flask import Flask

from bridge import events
from bridge.accounts.models import User
from bridge.audit import AuditEntry
from bridge.candidates.models import Candidate
from bridge.contacts import service
from bridge.contacts.models import ContactRequest, DeclineReason, RequestState
from bridge.extensions import db
from bridge.students.models import Profile
from tests.conftest import Figure
from tests.contacts.scene import MESSAGE, make_scene
from tests.races import FEWER, RACERS, ROUNDS, race, tell


def user(user_id: int) -> User:
    return db.session.get_one(User, user_id)


def request(request_id: int) -> ContactRequest:
    return db.session.get_one(ContactRequest, request_id)


def test_of_eight_answers_one_counts(app: Flask, figure: Figure) -> None:
    winners = 0
    for _ in range(ROUNDS):
        scene = make_scene()
        made = service.request_contact(scene.candidate, MESSAGE, actor=scene.member.user)
        service.approve(made, actor=scene.staff)
        db.session.commit()
        number, student, hr = made.id, scene.profile.user.id, scene.member.user_id
        db.session.commit()
        db.session.rollback()

        def accept(number: int = number, student: int = student) -> None:
            service.accept(request(number), actor=user(student))

        def decline(number: int = number, student: int = student) -> None:
            service.decline(request(number), actor=user(student), reason_code=DeclineReason.BUSY)

        def withdraw(number: int = number, hr: int = hr) -> None:
            service.withdraw(request(number), actor=user(hr))

        acts = [accept, decline, withdraw] * 2 + [accept, decline]
        results = race(app, list(acts))
        db.session.expire_all()
        assert sorted(results) == ["StaleStateError"] * 7 + ["done"]
        state = request(number).state
        ends = {
            accept: RequestState.ACCEPTED,
            decline: RequestState.DECLINED,
            withdraw: RequestState.WITHDRAWN,
        }
        assert state is ends[acts[results.index("done")]]
        steps = db.session.scalars(
            sa.select(AuditEntry.action)
            .where(AuditEntry.subject_type == "contact_request", AuditEntry.subject_id == number)
            .order_by(AuditEntry.id)
        ).all()
        assert steps == [
            "contact_request.requested",
            "contact_request.approved",
            f"contact_request.{state.value}",
        ]
        winners += 1
        db.session.rollback()
    tell(figure, "answers to a request", winners)


def test_of_eight_requests_one_is_made(app: Flask) -> None:
    for _ in range(FEWER):
        scene = make_scene()
        candidate, hr = scene.candidate.id, scene.member.user_id
        db.session.rollback()

        def ask(candidate: int = candidate, hr: int = hr) -> None:
            service.request_contact(
                db.session.get_one(Candidate, candidate), MESSAGE, actor=user(hr)
            )

        assert sorted(race(app, [ask] * RACERS)) == ["AlreadyRequestedError"] * 7 + ["done"]
        made = sa.select(ContactRequest).where(ContactRequest.candidate_id == candidate)
        assert len(db.session.scalars(made).all()) == 1
        db.session.rollback()


def test_a_withdrawal_of_the_profile_leaves_no_request_behind(app: Flask) -> None:
    """Asked, approved and withdrawn at once: whatever comes first, nothing pends afterwards."""
    for _ in range(FEWER):
        scene = make_scene()
        candidate, hr = scene.candidate.id, scene.member.user_id
        profile, student = scene.profile.id, scene.profile.user_id
        db.session.rollback()

        def ask(candidate: int = candidate, hr: int = hr) -> None:
            service.request_contact(
                db.session.get_one(Candidate, candidate), MESSAGE, actor=user(hr)
            )

        def unpublish(profile: int = profile, student: int = student) -> None:
            found = db.session.get_one(Profile, profile, with_for_update={"of": Profile})
            found.published_at = None
            db.session.flush()
            events.profile_withdrawn.send(found, actor=user(student))

        race(app, [ask, unpublish])
        states = db.session.scalars(
            sa.select(ContactRequest.state).where(ContactRequest.profile_id == profile)
        ).all()
        assert states in ([], [RequestState.ENDED])
        db.session.rollback()
