"""Reports of abuse: who may report what, what staff may read because of it, what comes of it."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from bridge.accounts.models import User
from bridge.audit import AuditEntry
from bridge.cases.models import Case, CaseKind, CaseState
from bridge.contacts import service as contacts
from bridge.contacts.models import ContactRequest, Message, RequestState
from bridge.employers.models import Employer, EmployerState
from bridge.errors import DomainError
from bridge.extensions import db
from bridge.mail.models import OutboxMail
from bridge.moderation import service
from bridge.moderation.service import Verdict
from bridge.reports import service as reports
from bridge.reports.models import AbuseReport, ReportState
from tests.client import Stranger, sign_in, submit
from tests.contacts.scene import MESSAGE, Scene, make_scene
from tests.factories import make_member, make_student

RUDE = "Вы обязаны прислать паспорт, иначе пожалеете."
WORDS = "Требуют скан паспорта и угрожают."


@pytest.fixture
def app(app: Flask) -> Flask:
    app.test_client_class = Stranger
    return app


@pytest.fixture
def scene(app: Flask) -> Scene:
    return make_scene()


@pytest.fixture
def thread(scene: Scene) -> ContactRequest:
    """An accepted request with a rude message of the employer and an answer."""
    request = contacts.request_contact(scene.candidate, MESSAGE, actor=scene.member.user)
    contacts.approve(request, actor=scene.staff)
    contacts.accept(request, actor=scene.profile.user)
    contacts.write_message(request, RUDE, actor=scene.member.user)
    contacts.write_message(request, "Это ответ студента.", actor=scene.profile.user)
    db.session.commit()
    return request


def visit(app: Flask, user: User) -> FlaskClient:
    client = app.test_client()
    sign_in(client, user)
    return client


def report_rude(thread: ContactRequest, scene: Scene) -> tuple[AbuseReport, Case]:
    made = reports.report(
        thread.messages[0],
        actor=scene.profile.user,
        reason_code="asks-data",
        text=WORDS,
        seen_in=thread,
    )
    case = db.session.scalars(
        sa.select(Case).where(Case.kind == CaseKind.REPORT, Case.subject_id == made.id)
    ).one()
    db.session.commit()
    return made, case


def test_a_student_reports_a_message_and_the_case_opens(
    app: Flask, scene: Scene, thread: ContactRequest
) -> None:
    student = visit(app, scene.profile.user)
    page = student.get(f"/requests/{thread.id}").text
    number = thread.messages[0].id
    assert page.count(f"/requests/{thread.id}/report?message=") == 1  # not one's own
    address = f"/requests/{thread.id}/report?message={number}"
    assert RUDE in student.get(address).text
    values = {"about": "message", "reason_code": "asks-data", "text": WORDS}
    assert submit(student, address, values | {"text": "Мало"}).status_code == 422
    assert submit(student, address, values).location == f"/requests/{thread.id}"
    assert submit(student, address, values).status_code == 303  # the same report, not another
    made = db.session.scalars(sa.select(AbuseReport)).one()
    assert (made.about, made.employer_id, made.request_id, made.state) == (
        f"message:{number}",
        scene.employer.id,
        thread.id,
        ReportState.OPEN,
    )
    case = db.session.scalars(sa.select(Case).where(Case.kind == CaseKind.REPORT)).one()
    assert case.title == f"{scene.candidate.pseudonym} · {scene.vacancy.title}"
    assert "the university is looking into it" in student.get(f"/requests/{thread.id}").text
    subjects = db.session.scalars(
        sa.select(OutboxMail.subject).where(OutboxMail.recipient == scene.staff.email)
    ).all()
    assert any("report of abuse" in subject for subject in subjects)


def test_a_member_reports_a_candidate_and_another_enterprise(
    app: Flask, scene: Scene, thread: ContactRequest
) -> None:
    hr = visit(app, scene.member.user)
    address = f"/requests/{thread.id}/report"
    values = {"about": "request", "reason_code": "insult", "text": "Ругается в ответ на вопросы."}
    assert submit(hr, address, values).status_code == 303
    made = db.session.scalars(sa.select(AbuseReport)).one()
    # The act is the student's: no enterprise could be suspended for it.
    assert (made.employer_id, made.request_id) == (None, thread.id)
    stranger = visit(app, make_member().user)
    address = f"/vacancies/{scene.vacancy.id}/report"
    values = {"about": "employer", "reason_code": "false-offer", "text": "Таких условий там нет."}
    assert submit(stranger, address, values).location == f"/vacancies/{scene.vacancy.id}"
    other = db.session.scalars(sa.select(AbuseReport).order_by(AbuseReport.id.desc())).first()
    assert other is not None
    assert (other.about, other.vacancy_id) == (f"employer:{scene.employer.id}", scene.vacancy.id)


def test_nobody_reports_what_they_do_not_see(
    app: Flask, scene: Scene, thread: ContactRequest
) -> None:
    student = visit(app, make_student().user)
    assert student.get(f"/requests/{thread.id}/report").status_code == 404
    hr = visit(app, make_member().user)
    assert hr.get(f"/requests/{thread.id}/report").status_code == 404
    assert visit(app, scene.staff).get(f"/requests/{thread.id}/report").status_code == 403


def test_staff_read_the_reported_thread_alone_and_that_is_recorded(
    app: Flask, scene: Scene, thread: ContactRequest
) -> None:
    made, case = report_rude(thread, scene)
    desk = visit(app, scene.staff)
    page = desk.get(f"/staff/moderation/{case.id}").text
    assert RUDE in page  # the message that was reported
    assert WORDS in page
    assert "Это ответ студента." not in page
    entries = sa.select(AuditEntry).where(AuditEntry.action == "abuse_report.thread-read")
    assert db.session.scalars(entries).all() == []
    read = desk.get(f"/staff/reports/{made.id}/thread")
    assert "Это ответ студента." in read.text
    entry = db.session.scalars(entries).one()
    assert (entry.actor_id, entry.subject_id, entry.details) == (
        scene.staff.id,
        made.id,
        {"request": thread.id},
    )
    # The thread itself is no page of the staff, and with the verdict the reading ends.
    assert desk.get(f"/requests/{thread.id}").status_code == 403
    service.decide(case, Verdict.NO_BREACH, actor=scene.staff)
    assert desk.get(f"/staff/reports/{made.id}/thread").status_code == 404
    for user in (scene.profile.user, scene.member.user):
        assert visit(app, user).get(f"/staff/reports/{made.id}/thread").status_code == 403


@pytest.mark.parametrize(
    ("verdict", "state", "request_state", "employer_state"),
    [
        (Verdict.NO_BREACH, ReportState.NO_BREACH, RequestState.ACCEPTED, EmployerState.APPROVED),
        (Verdict.WARN, ReportState.WARNED, RequestState.ACCEPTED, EmployerState.APPROVED),
        (Verdict.CLOSE, ReportState.CONTACT_CLOSED, RequestState.CLOSED, EmployerState.APPROVED),
        (Verdict.SUSPEND, ReportState.SUSPENDED, RequestState.ACCEPTED, EmployerState.SUSPENDED),
    ],
)
def test_each_verdict_does_what_it_says(
    app: Flask,
    scene: Scene,
    thread: ContactRequest,
    verdict: Verdict,
    state: ReportState,
    request_state: RequestState,
    employer_state: EmployerState,
) -> None:
    made, case = report_rude(thread, scene)
    desk = visit(app, scene.staff)
    address = f"/staff/moderation/{case.id}"
    if verdict is not Verdict.NO_BREACH:
        assert submit(desk, address, {"verdict": verdict.value}).status_code == 422
    values = {"verdict": verdict.value, "reason_code": "asks-data", "note": "Так нельзя."}
    assert submit(desk, address, values).status_code == 303
    db.session.expire_all()
    assert (made.state, thread.state) == (state, request_state)
    assert db.session.get_one(Employer, scene.employer.id).state is employer_state
    found = CaseState.REJECTED if verdict is Verdict.NO_BREACH else CaseState.APPROVED
    assert case.state is found
    letters = {
        (letter.recipient, letter.subject): letter.text
        for letter in db.session.scalars(sa.select(OutboxMail))
    }
    assert (scene.profile.user.email, "The university has looked into your report") in letters
    told = [text for (to, _), text in letters.items() if to == scene.member.user.email]
    assert any("Так нельзя." in text for text in told) is (verdict is not Verdict.NO_BREACH)
    assert not any(WORDS in text for text in told)


def test_a_request_that_waits_is_ended(app: Flask, scene: Scene) -> None:
    request = contacts.request_contact(scene.candidate, MESSAGE, actor=scene.member.user)
    contacts.approve(request, actor=scene.staff)
    made = reports.report(
        request, actor=scene.profile.user, reason_code="spam", text=WORDS, seen_in=request
    )
    reports.close_contact(made, actor=scene.staff, reason_code="spam", note="Прекратите.")
    assert (request.state, request.reason_code) == (RequestState.ENDED, "breach")


def test_what_is_about_a_vacancy_closes_no_contact(app: Flask, scene: Scene) -> None:
    made = reports.report(
        scene.vacancy, actor=scene.profile.user, reason_code="false-offer", text=WORDS
    )
    with pytest.raises(DomainError):
        reports.close_contact(made, actor=scene.staff, reason_code="spam", note="Нет.")
    case = db.session.scalars(sa.select(Case).where(Case.kind == CaseKind.REPORT)).one()
    assert service.possible_verdicts(case) == (Verdict.NO_BREACH, Verdict.WARN, Verdict.SUSPEND)


def test_the_message_of_another_thread_cannot_be_reported_from_here(
    app: Flask, scene: Scene, thread: ContactRequest
) -> None:
    foreign = Message(request_id=thread.id, author_id=scene.profile.user_id, text="Своё.")
    db.session.add(foreign)
    db.session.commit()
    student = visit(app, scene.profile.user)
    page = student.get(f"/requests/{thread.id}/report?message={foreign.id}").text
    assert 'value="message"' not in page
    page = student.get(f"/requests/{thread.id}/report?message=junk").text
    assert 'value="message"' not in page
