"""The contact in three consents: what each step writes, and to whom."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from bridge import events
from bridge.accounts.models import Role
from bridge.audit import AuditEntry
from bridge.cases.models import Case, CaseKind, CaseState
from bridge.contacts import service
from bridge.contacts.models import ContactRequest, DeclineReason, RequestState
from bridge.database import local_today, utc_now
from bridge.employers.models import EmployerState
from bridge.errors import DomainError, NotAllowedError, StaleStateError
from bridge.extensions import db
from bridge.mail.models import OutboxMail
from bridge.vacancies.models import VacancyState
from matching import ALGORITHM_VERSION
from tests.contacts.scene import MESSAGE, Scene, decide, make_candidate, make_scene
from tests.factories import make_student, make_user


def actions(request: ContactRequest) -> list[str]:
    return list(
        db.session.scalars(
            sa.select(AuditEntry.action)
            .where(
                AuditEntry.subject_type == "contact_request", AuditEntry.subject_id == request.id
            )
            .order_by(AuditEntry.id)
        )
    )


def letters() -> list[tuple[str, str]]:
    """Recipient and subject of every letter, and none of them left."""
    rows = db.session.execute(
        sa.select(OutboxMail.recipient, OutboxMail.subject).order_by(OutboxMail.id)
    )
    found = [(recipient, subject) for recipient, subject in rows]
    db.session.execute(sa.delete(OutboxMail))
    return found


def waiting_cases() -> list[int]:
    return list(
        db.session.scalars(
            sa.select(Case.subject_id).where(
                Case.kind == CaseKind.CONTACT, Case.state == CaseState.WAITING
            )
        )
    )


@pytest.fixture
def scene(app: Flask) -> Scene:
    return make_scene()


def asked(scene: Scene) -> ContactRequest:
    return service.request_contact(scene.candidate, MESSAGE, actor=scene.member.user)


def test_the_whole_way_to_an_open_contact(scene: Scene) -> None:
    request = asked(scene)
    pseudonym = scene.candidate.pseudonym
    assert request.state is RequestState.REQUESTED
    assert waiting_cases() == [request.id]
    assert letters() == [
        (scene.staff.email, f"A contact request awaits a decision: {scene.vacancy.title}")
    ]

    service.approve(request, actor=scene.staff)
    assert request.state is RequestState.APPROVED
    assert request.due_at is not None
    assert request.due_at > utc_now() + timedelta(days=4)
    assert letters() == [
        (scene.profile.user.email, f"{scene.employer.name} would like to meet you"),
        (scene.member.user.email, f"Candidate {pseudonym} has received your request"),
    ]

    service.accept(request, actor=scene.profile.user)
    assert (request.state, request.is_open) == (RequestState.ACCEPTED, True)
    assert letters() == [
        (scene.member.user.email, f"Candidate {pseudonym} agreed to a contact"),
    ]

    service.write_message(request, "Добрый день!", actor=scene.member.user)
    service.write_message(request, "Здравствуйте!", actor=scene.profile.user)
    assert [message.text for message in refreshed(request).messages] == [
        "Добрый день!",
        "Здравствуйте!",
    ]
    assert letters() == [
        (scene.profile.user.email, f"A new message from {scene.employer.name}"),
        (scene.member.user.email, f"A new message from candidate {pseudonym}"),
    ]

    service.close(request, actor=scene.profile.user)
    assert (request.state, request.is_open) == (RequestState.CLOSED, True)
    assert letters() == [
        (scene.member.user.email, f"The conversation with candidate {pseudonym} is finished")
    ]
    assert actions(request) == [
        "contact_request.requested",
        "contact_request.approved",
        "contact_request.accepted",
        "contact_request.closed",
    ]
    with pytest.raises(StaleStateError):
        service.write_message(request, "Ещё одно", actor=scene.member.user)


def refreshed(request: ContactRequest) -> ContactRequest:
    db.session.flush()
    db.session.refresh(request)
    return request


def test_the_basis_of_the_decision_is_kept(scene: Scene) -> None:
    make_student(skills=("python", "sql"))
    db.session.commit()
    request = asked(scene)
    basis = request.basis
    assert (basis["of"], basis["rank"] in (1, 2)) == (2, True)
    assert basis["algorithm"] == ALGORITHM_VERSION
    assert basis["profile_version"] == scene.profile.version
    assert basis["vacancy_version"] == scene.vacancy.version
    assert sum(basis["parts"].values()) == pytest.approx(basis["score"], abs=1e-5)


def test_a_returned_request_comes_again_in_other_words(scene: Scene) -> None:
    request = asked(scene)
    decide(request, CaseState.RETURNED, scene)
    service.return_for_change(
        request, actor=scene.staff, reason_code="message-empty", note="Напишите о задачах."
    )
    assert (request.state, request.reason_code) == (RequestState.RETURNED, "message-empty")
    assert letters()[-1] == (
        scene.member.user.email,
        f"Please change your request to candidate {scene.candidate.pseudonym}",
    )
    service.resubmit(request, MESSAGE + " Задачи: прочность.", actor=scene.member.user)
    assert request.state is RequestState.REQUESTED
    assert request.message.endswith("прочность.")
    assert waiting_cases() == [request.id]


def test_a_rejected_request_never_reaches_the_student(scene: Scene) -> None:
    request = asked(scene)
    letters()
    service.reject(request, actor=scene.staff, reason_code="other", note="Нет")
    assert request.state is RequestState.REJECTED
    assert [recipient for recipient, _ in letters()] == [scene.member.user.email]


def test_the_reason_of_a_refusal_is_kept_and_the_private_words_stay_private(scene: Scene) -> None:
    request = asked(scene)
    service.approve(request, actor=scene.staff)
    letters()
    service.decline(
        request,
        actor=scene.profile.user,
        reason_code=DeclineReason.BUSY,
        student_note="Пишу диплом канареечно",
    )
    assert (request.state, request.reason_code) == (RequestState.DECLINED, "busy")
    assert request.student_note == "Пишу диплом канареечно"
    text = db.session.scalars(sa.select(OutboxMail.text)).one()
    assert "No time at present" in text
    assert "канареечно" not in text
    with pytest.raises(service.AlreadyRequestedError):
        asked(scene)


@pytest.mark.parametrize("approved", [False, True])
def test_the_employer_withdraws(scene: Scene, approved: bool) -> None:
    request = asked(scene)
    if approved:
        decide(request, CaseState.APPROVED, scene)
        service.approve(request, actor=scene.staff)
    letters()
    service.withdraw(request, actor=scene.member.user)
    assert request.state is RequestState.WITHDRAWN
    assert waiting_cases() == []
    # A student who never heard of the request hears nothing of its end either.
    assert letters() == (
        [(scene.profile.user.email, f"{scene.employer.name} has withdrawn its request")]
        if approved
        else []
    )
    assert asked(scene).state is RequestState.REQUESTED


@pytest.mark.parametrize("ending", ["profile", "vacancy", "employer", "account"])
def test_what_ends_elsewhere_ends_the_requests_that_nobody_answered(
    scene: Scene, ending: str
) -> None:
    others = make_scene()
    accepted = asked(others)
    service.approve(accepted, actor=others.staff)
    service.accept(accepted, actor=others.profile.user)
    waiting = asked(scene)
    second = make_student(skills=("python",))
    candidate = make_candidate(scene.vacancy, second)
    db.session.commit()
    passed_on = service.request_contact(candidate, MESSAGE, actor=scene.member.user)
    decide(passed_on, CaseState.APPROVED, scene)
    service.approve(passed_on, actor=scene.staff)
    letters()
    {
        "profile": lambda: events.profile_withdrawn.send(scene.profile, actor=scene.profile.user),
        "vacancy": lambda: events.vacancy_closed.send(scene.vacancy, actor=scene.member.user),
        "employer": lambda: events.employer_suspended.send(scene.employer, actor=scene.staff),
        "account": lambda: events.account_deactivated.send(scene.profile.user, actor=None),
    }[ending]()
    assert waiting.state is RequestState.ENDED
    assert (
        waiting.reason_code
        == {
            "profile": "unavailable",
            "vacancy": "vacancy-closed",
            "employer": "employer-suspended",
            "account": "unavailable",
        }[ending]
    )
    # The decided case stays as it was, the waiting one is gone from the queue.
    assert waiting_cases() == [accepted.id]
    also = ending in ("vacancy", "employer")
    assert passed_on.state is (RequestState.ENDED if also else RequestState.APPROVED)
    assert accepted.state is RequestState.ACCEPTED
    told = [recipient for recipient, _ in letters()]
    assert told == [scene.member.user.email] + (
        [scene.member.user.email, second.user.email] if also else []
    )


@pytest.mark.parametrize(
    "change",
    [
        lambda s: setattr(s.vacancy, "state", VacancyState.CLOSED),
        lambda s: setattr(s.vacancy, "deadline", local_today() - timedelta(days=1)),
        lambda s: setattr(s.employer, "state", EmployerState.SUSPENDED),
        lambda s: setattr(s.profile, "published_at", None),
        lambda s: setattr(s.profile.user, "deactivated_at", utc_now()),
        lambda s: setattr(s.vacancy, "year_from", 6),
    ],
    ids=["closed", "overdue", "suspended", "unpublished", "deactivated", "not eligible"],
)
def test_nothing_is_asked_where_the_ground_is_gone(scene: Scene, change: object) -> None:
    change(scene)  # type: ignore[operator]
    db.session.commit()
    with pytest.raises(DomainError):
        asked(scene)
    assert db.session.scalars(sa.select(ContactRequest)).all() == []


def test_a_second_request_is_refused_and_leaves_one_row(scene: Scene) -> None:
    asked(scene)
    with pytest.raises(service.AlreadyRequestedError):
        asked(scene)
    assert len(db.session.scalars(sa.select(ContactRequest)).all()) == 1


def test_every_step_is_refused_from_every_state_that_the_table_does_not_name(
    scene: Scene,
) -> None:
    request = asked(scene)
    steps = {
        RequestState.APPROVED: lambda: service.approve(request, actor=scene.staff),
        RequestState.RETURNED: lambda: service.return_for_change(
            request, actor=scene.staff, reason_code="other", note="n"
        ),
        RequestState.REJECTED: lambda: service.reject(
            request, actor=scene.staff, reason_code="other", note="n"
        ),
        RequestState.REQUESTED: lambda: service.resubmit(request, MESSAGE, actor=scene.member.user),
        RequestState.WITHDRAWN: lambda: service.withdraw(request, actor=scene.member.user),
        RequestState.ACCEPTED: lambda: service.accept(request, actor=scene.profile.user),
        RequestState.DECLINED: lambda: service.decline(
            request, actor=scene.profile.user, reason_code=DeclineReason.BUSY
        ),
        RequestState.CLOSED: lambda: service.close(request, actor=scene.profile.user),
    }
    for state in RequestState:
        for to, step in steps.items():
            if state in service.TRANSITIONS[to]:
                continue
            db.session.execute(sa.update(ContactRequest).values(state=state))
            db.session.refresh(request)
            with pytest.raises(StaleStateError):
                step()
            assert refreshed(request).state is state


def test_a_message_sent_twice_by_a_double_click_is_one(scene: Scene) -> None:
    request = asked(scene)
    service.approve(request, actor=scene.staff)
    service.accept(request, actor=scene.profile.user)
    for text in ("Привет", "Привет", "Пока"):
        service.write_message(request, text, actor=scene.member.user)
    assert [message.text for message in refreshed(request).messages] == ["Привет", "Пока"]


def test_a_suspended_employer_does_not_write(scene: Scene) -> None:
    request = asked(scene)
    service.approve(request, actor=scene.staff)
    service.accept(request, actor=scene.profile.user)
    scene.employer.state = EmployerState.SUSPENDED
    db.session.flush()
    with pytest.raises(NotAllowedError):
        service.write_message(request, "Привет", actor=scene.member.user)
    service.write_message(request, "Вы здесь?", actor=scene.profile.user)


def test_when_the_asker_has_left_the_colleagues_are_told(scene: Scene) -> None:
    from tests.factories import make_member

    colleague = make_member(scene.employer)
    make_member()
    request = asked(scene)
    service.approve(request, actor=scene.staff)
    scene.member.user.deactivated_at = utc_now()
    db.session.flush()
    letters()
    service.accept(request, actor=scene.profile.user)
    assert [recipient for recipient, _ in letters()] == [colleague.user.email]


def test_staff_who_left_get_no_letters(scene: Scene) -> None:
    make_user(Role.STAFF, deactivated_at=utc_now())
    make_user(Role.ADMIN)
    asked(scene)
    assert [recipient for recipient, _ in letters()] == [scene.staff.email]
