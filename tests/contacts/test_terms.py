"""What happens when a term passes, and how requests wait for room in a student's week."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from bridge.cases.models import CaseState
from bridge.contacts import attention, service, terms
from bridge.contacts.models import Attention, ContactRequest, RequestState
from bridge.database import as_of, utc_now
from bridge.extensions import db
from bridge.limits.service import REQUESTS_A_WEEK, present_settings, set_limits
from bridge.mail.models import OutboxMail
from tests.client import sign_in, submit
from tests.contacts.scene import MESSAGE, Scene, decide, make_candidate, make_scene
from tests.contacts.test_races import race
from tests.factories import make_member, make_student, make_vacancy


@pytest.fixture
def scene(app: Flask) -> Scene:
    return make_scene()


def ask(scene: Scene, *, score: float | None = None) -> ContactRequest:
    """A request to the scene's student for a vacancy of its own."""
    member = make_member()
    vacancy = make_vacancy(member.employer, must=("python",))
    candidate = make_candidate(vacancy, scene.profile)
    db.session.commit()
    request = service.request_contact(candidate, MESSAGE, actor=member.user)
    if score is not None:
        request.basis = {**request.basis, "score": score}
        db.session.flush()
    return request


def approved(scene: Scene, *, score: float | None = None) -> ContactRequest:
    request = ask(scene, score=score)
    service.approve(request, actor=scene.staff)
    db.session.commit()
    return request


def run(at: datetime) -> None:
    with as_of(at):
        terms.keep_terms()


def letters() -> list[tuple[str, str]]:
    rows = db.session.execute(
        sa.select(OutboxMail.recipient, OutboxMail.subject).order_by(OutboxMail.id)
    )
    found = [(recipient, subject) for recipient, subject in rows]
    db.session.execute(sa.delete(OutboxMail))
    db.session.commit()
    return found


def ends_of_letters() -> list[tuple[str, datetime | None]]:
    """Of each letter: its kind, and after when it does not go any more."""
    columns = OutboxMail.kind, OutboxMail.good_until
    rows = db.session.execute(sa.select(*columns).order_by(OutboxMail.id)).all()
    db.session.commit()
    return [(kind, good_until) for kind, good_until in rows]


def due(request: ContactRequest) -> datetime:
    assert request.due_at is not None
    return request.due_at


def states(*requests: ContactRequest) -> list[RequestState]:
    for request in requests:
        db.session.refresh(request)
    return [request.state for request in requests]


def test_a_student_is_reminded_once_and_then_the_request_expires(scene: Scene) -> None:
    request, other = approved(scene), approved(make_scene())
    service.accept(other, actor=other.profile.user)
    letters()
    end = due(request)
    hr, student = request.requested_by, scene.profile.user
    assert hr is not None
    run(end - timedelta(days=1, minutes=1))
    assert (states(request), letters()) == ([RequestState.APPROVED], [])
    run(end - timedelta(hours=20))
    run(end - timedelta(hours=19))
    # Where the mail server is away until the term has passed, nobody reads that there is time.
    assert ends_of_letters() == [("contacts/reminder_student", end)]
    assert [recipient for recipient, _ in letters()] == [student.email]
    run(end)
    run(end + timedelta(days=1))
    assert [until for _kind, until in ends_of_letters()] == [None, None]
    assert states(request, other) == [RequestState.EXPIRED, RequestState.ACCEPTED]
    assert letters() == [
        (hr.email, f"Candidate {request.candidate.pseudonym} has not answered"),
        (student.email, f"The time to answer {request.employer.name} has passed"),
    ]
    with pytest.raises(service.AlreadyRequestedError):
        service.request_contact(request.candidate, MESSAGE, actor=hr)


def test_a_returned_request_that_nobody_changes_ends(scene: Scene) -> None:
    request = service.request_contact(scene.candidate, MESSAGE, actor=scene.member.user)
    decide(request, CaseState.RETURNED, scene)
    service.return_for_change(request, actor=scene.staff, reason_code="other", note="n")
    db.session.commit()
    letters()
    end = due(request)
    run(end - timedelta(hours=1))
    assert [recipient for recipient, _ in letters()] == [scene.member.user.email]
    run(end)
    assert states(request) == [RequestState.ENDED]
    assert request.reason_code == "not-changed"
    assert [recipient for recipient, _ in letters()] == [scene.member.user.email]


def test_what_was_changed_in_time_is_left_alone(scene: Scene) -> None:
    request = service.request_contact(scene.candidate, MESSAGE, actor=scene.member.user)
    decide(request, CaseState.RETURNED, scene)
    service.return_for_change(request, actor=scene.staff, reason_code="other", note="n")
    end = due(request)
    service.resubmit(request, MESSAGE, actor=scene.member.user)
    db.session.commit()
    run(end)
    assert states(request) == [RequestState.REQUESTED]


def test_the_week_has_three_places_and_the_best_are_delivered_first(scene: Scene) -> None:
    first = [approved(scene) for _ in range(3)]
    letters()
    weak, strong, middle = (approved(scene, score=score) for score in (0.1, 0.9, 0.5))
    assert states(*first) == [RequestState.APPROVED] * 3
    assert states(weak, strong, middle) == [RequestState.QUEUED] * 3
    # Nothing of them reaches the student; each employer is told that its own waits.
    told = [recipient for recipient, _ in letters()]
    assert scene.profile.user.email not in told
    employers = [address for address in told if address != scene.staff.email]
    assert len(employers) == len(set(employers)) == 3
    assert strong.delivered_at is None
    assert [attention.days_until_delivery(one) for one in (strong, middle, weak)] == [7, 7, 7]
    third = attention.days_until_delivery(approved(scene, score=0.05))
    assert third == 14

    moment = first[0].delivered_at
    assert moment is not None
    for one, days in zip(first, (7, 6, 5), strict=True):
        one.delivered_at = moment - timedelta(days=days)
    db.session.commit()
    run(utc_now())
    assert states(weak, strong, middle) == [
        RequestState.QUEUED,
        RequestState.APPROVED,
        RequestState.QUEUED,
    ]
    # The student's time begins with the delivery.
    assert due(strong) > utc_now() + timedelta(days=4)
    assert [recipient for recipient, _ in letters()][-2:] != []
    run(utc_now() + timedelta(days=1, hours=1))
    assert states(weak, middle) == [RequestState.QUEUED, RequestState.APPROVED]


def test_a_newcomer_does_not_overtake_the_line(scene: Scene) -> None:
    for _ in range(3):
        approved(scene)
    waiting = approved(scene, score=0.2)
    db.session.execute(
        sa.update(ContactRequest).values(
            delivered_at=sa.case(
                (ContactRequest.delivered_at.is_not(None), utc_now() - timedelta(days=8))
            )
        )
    )
    db.session.commit()
    newcomer = approved(scene, score=0.1)
    assert states(waiting, newcomer) == [RequestState.QUEUED] * 2
    terms.keep_terms()
    assert states(waiting, newcomer) == [RequestState.APPROVED] * 2


def test_one_student_s_week_is_not_another_s(scene: Scene) -> None:
    for _ in range(3):
        approved(scene)
    other = make_scene()
    assert states(approved(scene), approved(other)) == [RequestState.QUEUED, RequestState.APPROVED]


def test_a_pause_holds_everything_back_and_its_end_lets_it_go(scene: Scene) -> None:
    student = scene.profile.user
    attention.set_attention(scene.profile, requests_a_week=None, is_paused=True, actor=student)
    request = approved(scene)
    assert states(request) == [RequestState.QUEUED]
    assert attention.days_until_delivery(request) is None
    terms.keep_terms()
    assert states(request) == [RequestState.QUEUED]
    attention.set_attention(scene.profile, requests_a_week=1, is_paused=False, actor=student)
    db.session.commit()
    second = approved(scene)
    terms.keep_terms()
    assert states(request, second) == [RequestState.APPROVED, RequestState.QUEUED]


def test_what_waits_too_long_ends_and_the_student_hears_nothing(scene: Scene) -> None:
    attention.set_attention(
        scene.profile, requests_a_week=None, is_paused=True, actor=scene.profile.user
    )
    request = approved(scene)
    letters()
    run(due(request))
    assert states(request) == [RequestState.ENDED]
    assert request.reason_code == "not-delivered"
    assert scene.profile.user.email not in [recipient for recipient, _ in letters()]


def test_the_staff_s_limit_counts(scene: Scene) -> None:
    values = {REQUESTS_A_WEEK.name: 1}
    from bridge.limits.service import LIMITS

    set_limits(
        {**{one.name: one.default for one in LIMITS}, **values},
        version=present_settings().version,
        actor=scene.staff,
    )
    assert states(approved(scene), approved(scene)) == [RequestState.APPROVED, RequestState.QUEUED]


def test_of_eight_approvals_for_the_last_place_one_is_delivered(app: Flask, scene: Scene) -> None:
    approved(scene)
    approved(scene)
    ids = [ask(scene).id for _ in range(8)]
    staff, student = scene.staff, scene.profile.user_id
    db.session.commit()
    staff_id = staff.id
    db.session.rollback()

    def approve(number: int) -> None:
        request = db.session.get_one(ContactRequest, number)
        service.approve(request, actor=db.session.get_one(type(staff), staff_id))

    results = race(app, [lambda number=number: approve(number) for number in ids])  # type: ignore[misc]
    assert results == ["done"] * 8
    db.session.expire_all()
    found = db.session.scalars(
        sa.select(ContactRequest.state).where(ContactRequest.id.in_(ids))
    ).all()
    assert sorted(found) == ["approved"] + ["queued"] * 7
    assert student


def test_two_runs_at_once_deliver_into_one_place_once(app: Flask, scene: Scene) -> None:
    for _ in range(3):
        approved(scene)
    waiting = [approved(scene, score=score) for score in (0.3, 0.4)]
    oldest = db.session.scalars(sa.select(ContactRequest).order_by(ContactRequest.id)).first()
    assert oldest is not None
    oldest.delivered_at = utc_now() - timedelta(days=8)
    db.session.commit()
    assert race(app, [terms.keep_terms] * 4) == ["done"] * 4
    assert states(*waiting) == [RequestState.QUEUED, RequestState.APPROVED]
    told = [recipient for recipient, subject in letters() if "would like to meet" in subject]
    assert told.count(scene.profile.user.email) == 4


def test_the_pages_tell_of_the_wait_and_the_choice(client: FlaskClient, scene: Scene) -> None:
    for _ in range(3):
        approved(scene)
    request = approved(scene)
    assert request.requested_by is not None
    sign_in(client, request.requested_by)
    page = client.get(f"/requests/{request.id}")
    assert "It will be delivered in about 7 days." in page.text
    sign_in(client, scene.profile.user)
    assert client.get(f"/requests/{request.id}").status_code == 404
    answer = submit(client, "/requests/attention", {"requests_a_week": "2", "is_paused": "y"})
    assert answer.status_code == 303
    found = db.session.get_one(Attention, scene.profile.id, populate_existing=True)
    assert (found.requests_a_week, found.is_paused) == (2, True)
    assert "You have paused new requests" in client.get("/requests").text
    refused = submit(client, "/requests/attention", {"requests_a_week": "30"})
    assert refused.status_code == 422


def test_whoever_has_no_row_chooses_nothing(scene: Scene) -> None:
    other = make_student()
    assert attention.present_attention(other.id).requests_a_week is None


def test_what_cannot_be_ended_keeps_back_nothing_else(scene: Scene) -> None:
    broken, fine = approved(scene), approved(make_scene())
    waiting = approved(scene), approved(make_scene())
    for request in waiting:
        db.session.execute(
            sa.update(ContactRequest)
            .where(ContactRequest.id == request.id)
            .values(state=RequestState.QUEUED, due_at=due(fine) + timedelta(days=9))
        )
    end = max(due(broken), due(fine))
    # No letter can be written in such a language.
    scene.profile.user.locale = "?"
    db.session.commit()
    run(end)
    assert states(broken, fine) == [RequestState.APPROVED, RequestState.EXPIRED]
    assert states(*waiting) == [RequestState.QUEUED, RequestState.APPROVED]
    scene.profile.user.locale = "en"
    db.session.commit()
    run(end)
    assert states(broken, *waiting) == [RequestState.EXPIRED, *[RequestState.APPROVED] * 2]
