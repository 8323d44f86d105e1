"""A student applies, the employer owes an answer: what each step writes, and to whom."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask_babel import force_locale

from bridge import events
from bridge.accounts.models import User
from bridge.applications import service, terms
from bridge.applications.figures import LEAST, AnswerFigures, answer_figures
from bridge.applications.labels import RefusalReason
from bridge.applications.models import Application, ApplicationState
from bridge.audit import AuditEntry
from bridge.blocks import service as blocks
from bridge.candidates.models import Candidate
from bridge.candidates.service import candidate_for
from bridge.contacts import service as contacts
from bridge.contacts.attention import present_attention, set_attention
from bridge.contacts.models import ContactRequest, RequestState
from bridge.database import as_of, utc_now
from bridge.errors import DomainError, StaleStateError
from bridge.extensions import db
from bridge.mail.models import OutboxMail
from bridge.students.models import Profile
from bridge.students.service import withdraw as hide_profile
from bridge.vacancies.models import Vacancy
from bridge.vacancies.queries import open_vacancies
from bridge.vacancies.service import close
from bridge.web.i18n import short_date
from tests.contacts.scene import MESSAGE, Scene, make_scene
from tests.contacts.test_races import race
from tests.factories import make_student, make_vacancy

WORDS = "Люблю считать прочность, начал бы с ваших обечаек."
DAY = timedelta(days=1)


@pytest.fixture
def scene(app: Flask) -> Scene:
    return make_scene()


def applied(scene: Scene, profile: Profile | None = None) -> Application:
    db.session.commit()
    own = profile or scene.profile
    made = service.apply(candidate_for(scene.vacancy.id, own.id), WORDS, actor=own.user)
    db.session.commit()
    return made


def letters() -> list[tuple[str, str]]:
    rows = db.session.execute(
        sa.select(OutboxMail.recipient, OutboxMail.subject).order_by(OutboxMail.id)
    )
    found = [(recipient, subject) for recipient, subject in rows]
    db.session.execute(sa.delete(OutboxMail))
    db.session.commit()
    return found


def run(at: timedelta) -> None:
    with as_of(utc_now() + at):
        terms.keep_terms()


def state_of(application: Application) -> ApplicationState:
    db.session.refresh(application)
    return application.state


def test_from_the_application_to_the_open_conversation(scene: Scene) -> None:
    make_scene()
    application = applied(scene)
    name = f"Candidate {scene.candidate.pseudonym}"
    assert letters() == [(scene.member.user.email, f"{name} has applied: {scene.vacancy.title}")]
    request = service.invite(application, MESSAGE, actor=scene.member.user)
    db.session.commit()
    assert state_of(application) is ApplicationState.INVITED
    assert application.request_id == request.id
    assert (request.state, request.is_open) == (RequestState.ACCEPTED, True)
    assert letters() == [(scene.profile.user.email, f"{scene.employer.name} invites you")]
    contacts.write_message(request, "Здравствуйте!", actor=scene.profile.user)
    opened = db.session.scalars(
        sa.select(AuditEntry.details).where(AuditEntry.action == "application.sent")
    ).one()
    assert opened == {"opened": ["name", "email", "phone", "messenger", "links"]}


def test_an_invitation_takes_no_place_in_the_student_s_week(scene: Scene) -> None:
    set_attention(scene.profile, requests_a_week=1, is_paused=False, actor=scene.profile.user)
    service.invite(applied(scene), MESSAGE, actor=scene.member.user)
    elsewhere = make_scene()
    request = contacts.request_contact(
        candidate_for(elsewhere.vacancy.id, scene.profile.id), MESSAGE, actor=elsewhere.member.user
    )
    contacts.approve(request, actor=scene.staff)
    assert request.state is RequestState.APPROVED
    assert present_attention(scene.profile.id).requests_a_week == 1


def test_a_refusal_is_kind_and_says_why(scene: Scene) -> None:
    application = applied(scene)
    letters()
    service.decline(
        application,
        actor=scene.member.user,
        reason_code=RefusalReason.SCHEDULE,
        note="Приходите летом.",
    )
    text = db.session.scalars(sa.select(OutboxMail.text)).one()
    assert "Thank you for applying" in text
    assert "The schedule does not suit" in text
    assert "Приходите летом." in text
    with pytest.raises(service.AlreadyAppliedError):
        applied(scene)
    with pytest.raises(StaleStateError):
        service.invite(application, MESSAGE, actor=scene.member.user)


def test_what_is_withdrawn_may_be_sent_again(scene: Scene) -> None:
    application = applied(scene)
    with pytest.raises(service.AlreadyAppliedError):
        applied(scene)
    service.withdraw(application, actor=scene.profile.user)
    assert state_of(application) is ApplicationState.WITHDRAWN
    assert applied(scene).id != application.id


@pytest.mark.parametrize("ending", ["profile", "vacancy", "employer", "account", "block"])
def test_what_ends_elsewhere_ends_the_application(scene: Scene, ending: str) -> None:
    application, other = applied(scene), applied(make_scene())
    letters()
    student = scene.profile.user
    {
        "profile": lambda: hide_profile(scene.profile, actor=student),
        "vacancy": lambda: close(scene.vacancy, actor=scene.member.user),
        "employer": lambda: events.employer_suspended.send(scene.employer, actor=scene.staff),
        "account": lambda: events.account_deactivated.send(student, actor=None),
        "block": lambda: blocks.block(scene.profile, scene.employer, actor=student),
    }[ending]()
    db.session.commit()
    assert state_of(application) is ApplicationState.ENDED
    assert state_of(other) is ApplicationState.SENT
    by_student = ending in ("profile", "account", "block")
    assert application.reason_code == {
        "vacancy": "vacancy-closed",
        "employer": "employer-suspended",
    }.get(ending, "unavailable")
    told = [recipient for recipient, _ in letters()]
    assert told == [scene.member.user.email if by_student else student.email]


@pytest.mark.parametrize(
    "change",
    [
        lambda s: setattr(s.profile, "published_at", None),
        lambda s: setattr(s.profile, "stale_at", utc_now()),
        lambda s: setattr(s.vacancy, "paused_at", utc_now()),
        lambda s: setattr(s.vacancy, "deadline", (utc_now() - 2 * DAY).date()),
        lambda s: setattr(s.vacancy, "year_from", 6),
        lambda s: blocks.block(s.profile, s.employer, actor=s.profile.user),
    ],
    ids=["hidden", "stale", "paused", "overdue", "not eligible", "blocked"],
)
def test_nobody_applies_where_the_ground_is_gone(scene: Scene, change: object) -> None:
    change(scene)  # type: ignore[operator]
    db.session.commit()
    with pytest.raises(DomainError):
        applied(scene)
    db.session.rollback()
    assert db.session.scalars(sa.select(Application)).all() == []


def test_an_application_ends_the_request_that_had_not_arrived(scene: Scene) -> None:
    request = contacts.request_contact(scene.candidate, MESSAGE, actor=scene.member.user)
    application = applied(scene)
    db.session.refresh(request)
    assert (request.state, request.reason_code) == (RequestState.ENDED, "applied")
    with pytest.raises(contacts.AlreadyRequestedError):
        contacts.request_contact(scene.candidate, MESSAGE, actor=scene.member.user)
    db.session.rollback()
    assert state_of(application) is ApplicationState.SENT


def test_a_request_that_has_arrived_is_answered_first(scene: Scene) -> None:
    request = contacts.request_contact(scene.candidate, MESSAGE, actor=scene.member.user)
    contacts.approve(request, actor=scene.staff)
    db.session.commit()
    with pytest.raises(DomainError, match="ответьте на его запрос"):
        applied(scene)


def test_of_eight_applications_and_requests_one_stays(app: Flask) -> None:
    for _ in range(3):
        scene = make_scene()
        candidate, hr, student = scene.candidate.id, scene.member.user_id, scene.profile.user_id
        db.session.commit()

        def apply(candidate: int = candidate, student: int = student) -> None:
            service.apply(
                db.session.get_one(Candidate, candidate),
                WORDS,
                actor=db.session.get_one(User, student),
            )

        def ask(candidate: int = candidate, hr: int = hr) -> None:
            contacts.request_contact(
                db.session.get_one(Candidate, candidate),
                MESSAGE,
                actor=db.session.get_one(User, hr),
            )

        results = race(app, [apply, ask] * 4)
        assert results[::2].count("done") == 1
        db.session.expire_all()
        live = db.session.scalars(
            sa.select(ContactRequest.state).where(ContactRequest.candidate_id == candidate)
        ).all()
        # One that came first ended with the application.
        assert live in ([], [RequestState.ENDED])
        db.session.rollback()


def test_of_eight_answers_one_counts(app: Flask, scene: Scene) -> None:
    application = applied(scene).id
    hr, student = scene.member.user_id, scene.profile.user_id
    db.session.commit()

    def load() -> Application:
        return db.session.get_one(Application, application)

    def invite() -> None:
        service.invite(load(), MESSAGE, actor=db.session.get_one(User, hr))

    def decline() -> None:
        service.decline(load(), actor=db.session.get_one(User, hr), reason_code=RefusalReason.LATER)

    def withdraw() -> None:
        service.withdraw(load(), actor=db.session.get_one(User, student))

    results = race(app, [invite, decline, withdraw, invite, decline, withdraw, invite, decline])
    assert sorted(results) == ["StaleStateError"] * 7 + ["done"]
    db.session.expire_all()
    opened = len(db.session.scalars(sa.select(ContactRequest)).all())
    assert opened == (load().state is ApplicationState.INVITED)


def test_a_reminder_that_comes_late_says_the_truth(scene: Scene) -> None:
    application = applied(scene)
    letters()
    # The job was away while there was time.
    run(application.due_at - utc_now() + DAY)
    with force_locale("en"):
        term = short_date(application.due_at)
    assert letters() == [
        (scene.member.user.email, f"An application awaits your answer; term: {term}")
    ]


def test_too_many_overdue_answers_pause_the_vacancy_until_they_are_given(scene: Scene) -> None:
    other = make_vacancy(scene.employer, must=("python",))
    made = [applied(scene)]
    made += [applied(scene, make_student(skills=("python",))) for _ in range(2)]
    letters()
    # Close to the term the employer is reminded once.
    run(made[0].due_at - utc_now() - timedelta(hours=5))
    run(made[0].due_at - utc_now() - timedelta(hours=4))
    assert [recipient for recipient, _ in letters()] == [scene.member.user.email] * 3
    assert scene.vacancy.is_open
    run(20 * DAY)
    run(20 * DAY)
    db.session.refresh(scene.vacancy)
    assert not scene.vacancy.is_open
    assert letters() == [
        (scene.member.user.email, f"Your vacancy is paused: {scene.vacancy.title}")
    ]
    listed = db.session.scalars(open_vacancies()).unique().all()
    assert [vacancy.id for vacancy in listed] == [other.id]
    with as_of(utc_now() + 20 * DAY):
        service.decline(made[0], actor=scene.member.user, reason_code=RefusalReason.FILLED)
    db.session.commit()
    db.session.refresh(scene.vacancy)
    assert scene.vacancy.is_open
    acts = db.session.scalars(
        sa.select(AuditEntry.action)
        .where(AuditEntry.subject_type == "vacancy", AuditEntry.subject_id == scene.vacancy.id)
        .order_by(AuditEntry.id)
    ).all()
    assert acts == ["vacancy.paused", "vacancy.resumed"]


def test_the_rate_and_the_median_need_enough_applications(scene: Scene) -> None:
    elsewhere = make_scene()
    applied(elsewhere)
    rows: list[Application] = []
    for number in range(LEAST):
        profile = make_student(skills=("python",))
        db.session.commit()
        rows.append(applied(scene, profile))
        if number == LEAST - 2:
            db.session.execute(sa.update(Application).values(created_at=utc_now() - 40 * DAY))
            db.session.commit()
    now = utc_now()
    for days, one in zip((1, 2, 9, None, None), rows, strict=True):
        db.session.refresh(one)
        if days is not None:
            one.state = ApplicationState.DECLINED
            one.answered_at = one.created_at + days * DAY
        else:
            one.due_at = now - DAY
    db.session.commit()
    ids = [scene.employer.id, elsewhere.employer.id]
    assert answer_figures(ids) == {scene.employer.id: AnswerFigures(rate=60, median_days=2)}
    # One that is not due yet counts neither way; a fifth one fewer is too few.
    rows[-1].due_at = now + DAY
    db.session.commit()
    assert answer_figures(ids) == {}
    assert answer_figures([]) == {}
    assert db.session.get(Vacancy, scene.vacancy.id) is not None
