"""The pages of a contact request, from both sides."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from bridge.accounts.models import Role, User
from bridge.cases.models import Case, CaseState
from bridge.contacts import service
from bridge.contacts.models import ContactRequest, DeclineReason, Message, RequestState
from bridge.database import local_today
from bridge.extensions import db
from bridge.students.models import EntryKind, ProfileEntry
from tests.client import forms_of, sign_in, submit
from tests.contacts.scene import MESSAGE, Scene, decide, make_candidate, make_scene
from tests.factories import make_member, make_student, make_user, make_vacancy


@pytest.fixture
def scene(app: Flask) -> Scene:
    return make_scene()


@pytest.fixture
def hr(app: Flask, scene: Scene) -> FlaskClient:
    return signed_in(app, scene.member.user)


@pytest.fixture
def student(app: Flask, scene: Scene) -> FlaskClient:
    return signed_in(app, scene.profile.user)


def signed_in(app: Flask, user: User) -> FlaskClient:
    client = app.test_client()
    sign_in(client, user)
    return client


def create_address(scene: Scene) -> str:
    return f"/hr/vacancies/{scene.vacancy.id}/candidates/{scene.candidate.pseudonym}/request"


def request_in(scene: Scene, state: RequestState) -> ContactRequest:
    """A request that has come so far."""
    request = service.request_contact(scene.candidate, MESSAGE, actor=scene.member.user)
    staff, student = scene.staff, scene.profile.user
    if state is RequestState.RETURNED:
        decide(request, CaseState.RETURNED, scene)
        service.return_for_change(
            request, actor=staff, reason_code="message-empty", note="Напишите о задачах."
        )
    elif state is not RequestState.REQUESTED:
        service.approve(request, actor=staff)
    if state is RequestState.ACCEPTED:
        service.accept(request, actor=student)
    if state is RequestState.DECLINED:
        service.decline(
            request, actor=student, reason_code=DeclineReason.BUSY, student_note="Тайна-Тайна"
        )
    db.session.commit()
    return request


def only_request() -> ContactRequest:
    return db.session.scalars(sa.select(ContactRequest)).one()


def test_from_the_card_to_an_open_thread(
    scene: Scene, hr: FlaskClient, student: FlaskClient
) -> None:
    page = hr.get(f"/hr/vacancies/{scene.vacancy.id}/candidates")
    assert create_address(scene) in page.text
    made = submit(hr, create_address(scene), {"message": MESSAGE})
    request = only_request()
    assert (made.status_code, made.location) == (303, f"/requests/{request.id}")
    assert "The university is checking" in hr.get(made.location).text
    # The student knows of nothing yet.
    assert student.get(f"/requests/{request.id}").status_code == 404
    assert "No requests here" in student.get("/requests").text
    service.approve(only_request(), actor=scene.staff)
    assert scene.employer.name in student.get("/requests").text
    page = student.get(f"/requests/{request.id}")
    assert MESSAGE in page.text
    assert scene.member.user.name not in page.text
    agreed = submit(student, f"/requests/{request.id}", action=f"/requests/{request.id}/accept")
    assert agreed.status_code == 303
    page = student.get(agreed.location)
    assert scene.member.user.name in page.text
    assert scene.member.user.email in page.text
    assert scene.profile.user.name in hr.get(f"/requests/{request.id}").text
    for client, text in ((hr, "Добрый день!\nЖдём вас."), (student, "<b>Спасибо</b>")):
        sent = submit(
            client,
            f"/requests/{request.id}",
            {"text": text},
            action=f"/requests/{request.id}/messages",
        )
        assert (sent.status_code, sent.location) == (303, f"/requests/{request.id}#thread")
    thread = hr.get(f"/requests/{request.id}").text
    assert "Добрый день!\nЖдём вас." in thread
    assert "&lt;b&gt;Спасибо&lt;/b&gt;" in thread
    closed = submit(hr, f"/requests/{request.id}", action=f"/requests/{request.id}/close")
    assert closed.status_code == 303
    page = student.get(f"/requests/{request.id}")
    assert "Conversation finished" in page.text
    assert all("/messages" not in target for target, _fields in forms_of(page))


def test_the_card_shows_the_state_instead_of_the_button(scene: Scene, hr: FlaskClient) -> None:
    request = request_in(scene, RequestState.REQUESTED)
    page = hr.get(f"/hr/vacancies/{scene.vacancy.id}/candidates")
    assert "The university is checking" in page.text
    assert f'href="/requests/{request.id}"' in page.text
    assert create_address(scene) not in page.text
    assert hr.get(create_address(scene)).location == f"/requests/{request.id}"


@pytest.mark.parametrize("message", ["", "   \n ", "Короткое", "х" * 2001, "\x00" * 40])
def test_a_bad_message_is_named_and_kept(scene: Scene, hr: FlaskClient, message: str) -> None:
    answer = submit(hr, create_address(scene), {"message": message})
    assert answer.status_code == 422
    assert "error-summary" in answer.text
    assert message.replace("\x00", "").strip() in answer.text
    assert db.session.scalars(sa.select(ContactRequest)).all() == []


def test_a_double_submit_leaves_one_request(scene: Scene, hr: FlaskClient) -> None:
    page = hr.get(create_address(scene))
    fields = next(fields for _target, fields in forms_of(page) if "message" in fields)
    first = hr.post(create_address(scene), data={**fields, "message": MESSAGE})
    second = hr.post(create_address(scene), data={**fields, "message": MESSAGE})
    assert (first.status_code, second.status_code) == (303, 409)
    assert "There already is a request" in second.text
    assert MESSAGE in second.text
    assert only_request().state is RequestState.REQUESTED


def test_a_vacancy_closed_meanwhile_keeps_the_text(scene: Scene, hr: FlaskClient) -> None:
    page = hr.get(create_address(scene))
    fields = next(fields for _target, fields in forms_of(page) if "message" in fields)
    scene.profile.published_at = None
    answer = hr.post(create_address(scene), data={**fields, "message": MESSAGE})
    assert answer.status_code == 422
    assert "This candidate is no longer available." in answer.text
    assert MESSAGE in answer.text


def test_a_closed_vacancy_offers_no_form(scene: Scene, hr: FlaskClient) -> None:
    scene.vacancy.deadline = local_today() - timedelta(days=1)
    answer = hr.get(create_address(scene))
    assert answer.location == f"/hr/vacancies/{scene.vacancy.id}/candidates"
    assert "This vacancy takes no more requests." in hr.get(answer.location).text


def test_a_returned_request_is_changed_and_sent_again(scene: Scene, hr: FlaskClient) -> None:
    request = request_in(scene, RequestState.RETURNED)
    page = hr.get(f"/requests/{request.id}")
    assert "Напишите о задачах." in page.text
    assert "The message does not say what is offered" in page.text
    address = f"/hr/requests/{request.id}/edit"
    assert submit(hr, address, {"message": "мало"}).status_code == 422
    stale = submit(hr, address, {"message": MESSAGE + " Новое.", "version": "1"})
    assert stale.status_code == 409
    assert "compare and save again" in stale.text
    # Whoever has read that sends it again.
    fields = next(found for target, found in forms_of(stale) if target == "")
    assert fields["message"][0].strip() == MESSAGE + " Новое."
    assert hr.post(address, data=fields).status_code == 303
    assert only_request().message == MESSAGE + " Новое."
    assert only_request().state is RequestState.REQUESTED
    assert hr.get(address).location == f"/requests/{request.id}"


def test_the_employer_withdraws_once(scene: Scene, hr: FlaskClient) -> None:
    request = request_in(scene, RequestState.REQUESTED)
    page = hr.get(f"/requests/{request.id}")
    target, fields = next(form for form in forms_of(page) if form[0].endswith("/withdraw"))
    assert hr.post(target, data=fields).status_code == 303
    assert hr.post(target, data=fields).status_code == 409
    assert only_request().state is RequestState.WITHDRAWN


def test_declining_needs_a_reason_and_tells_the_employer_no_more(
    app: Flask, scene: Scene, hr: FlaskClient, student: FlaskClient
) -> None:
    request = request_in(scene, RequestState.APPROVED)
    address = f"/requests/{request.id}/decline"
    missing = submit(student, address, {"note": "Тайна-Тайна"})
    assert missing.status_code == 422
    assert "Тайна-Тайна" in missing.text
    assert submit(student, address, {"reason": "nonsense"}).status_code == 422
    assert submit(student, address, {"reason": "busy", "note": "х" * 1001}).status_code == 422
    done = submit(student, address, {"reason": "busy", "note": "Тайна-Тайна"})
    assert done.status_code == 303
    assert only_request().student_note == "Тайна-Тайна"
    page = hr.get(f"/requests/{request.id}").text
    assert "No time at present" in page
    assert "Тайна-Тайна" not in page
    assert scene.profile.user.name not in page
    assert student.get(address).status_code == 303
    case = db.session.scalars(sa.select(Case).where(Case.subject_id == request.id)).one()
    db.session.commit()
    staff = signed_in(app, scene.staff)
    assert "Тайна-Тайна" in staff.get(f"/staff/moderation/{case.id}").text


@pytest.mark.parametrize("text", ["", "  ", "х" * 4001])
def test_a_bad_chat_message_is_named_and_kept(
    scene: Scene, student: FlaskClient, text: str
) -> None:
    request = request_in(scene, RequestState.ACCEPTED)
    answer = submit(
        student,
        f"/requests/{request.id}",
        {"text": text},
        action=f"/requests/{request.id}/messages",
    )
    assert answer.status_code == 422
    assert "error-summary" in answer.text
    assert text in answer.text
    assert db.session.scalars(sa.select(Message)).all() == []


def test_what_opens_is_all_that_was_promised(scene: Scene, hr: FlaskClient) -> None:
    scene.profile.phone, scene.profile.messenger = "+7 999 000-00-01", "@astra"
    scene.profile.entries.append(
        ProfileEntry(kind=EntryKind.LINK, title="Код", url="https://code.example/astra")
    )
    request = request_in(scene, RequestState.ACCEPTED)
    page = hr.get(f"/requests/{request.id}").text
    for text in (
        scene.profile.user.name,
        scene.profile.user.email,
        "+7 999 000-00-01",
        "@astra",
        "https://code.example/astra",
    ):
        assert text in page


def test_the_student_does_not_read_what_was_settled_before(
    scene: Scene, hr: FlaskClient, student: FlaskClient
) -> None:
    request = request_in(scene, RequestState.RETURNED)
    service.resubmit(request, MESSAGE, actor=scene.member.user)
    service.approve(request, actor=scene.staff)
    titles = re.compile(r'timeline__title">(.+?)<')
    assert titles.findall(hr.get(f"/requests/{request.id}").text) == [
        "The request was sent to the university",
        "The university asked for a change",
        "The request was changed and sent again",
        "The university passed the request to the candidate",
    ]
    assert titles.findall(student.get(f"/requests/{request.id}").text) == [
        "The university passed the request to you"
    ]


def test_strangers_and_other_roles_get_nowhere(app: Flask, scene: Scene, hr: FlaskClient) -> None:
    request = request_in(scene, RequestState.APPROVED)
    page = hr.get(f"/requests/{request.id}")
    token = {"csrf_token": forms_of(page)[0][1]["csrf_token"]}
    other_hr = signed_in(app, make_member().user)
    other_student = signed_in(app, make_student().user)
    reading = (f"/requests/{request.id}", f"/hr/requests/{request.id}/edit")
    for address in reading:
        assert other_hr.get(address).status_code == 404
    assert other_hr.get(create_address(scene)).status_code == 404
    assert other_hr.get(f"/hr/requests?vacancy={scene.vacancy.id}").status_code == 404
    assert other_hr.get("/hr/requests?vacancy=abc&state=x").status_code == 404
    for address in (f"/requests/{request.id}", f"/requests/{request.id}/decline"):
        assert other_student.get(address).status_code == 404
    other_student.get("/requests")
    # Roles: HR does not answer, students do not withdraw, staff read no thread.
    for way in ("accept", "decline"):
        assert hr.post(f"/requests/{request.id}/{way}", data=token).status_code == 403
    staff = signed_in(app, make_user(Role.STAFF))
    assert staff.get(f"/requests/{request.id}").status_code == 403
    assert staff.get("/requests").status_code == 403
    assert only_request().state is RequestState.APPROVED


def test_a_declined_acceptance_is_a_conflict(scene: Scene, student: FlaskClient) -> None:
    request = request_in(scene, RequestState.APPROVED)
    page = student.get(f"/requests/{request.id}")
    target, fields = next(form for form in forms_of(page) if form[0].endswith("/accept"))
    service.decline(only_request(), actor=scene.profile.user, reason_code=DeclineReason.BUSY)
    answer = student.post(target, data=fields)
    assert answer.status_code == 409
    assert only_request().state is RequestState.DECLINED


def test_lists_are_filtered_and_cost_the_same_for_any_length(
    app: Flask, scene: Scene, hr: FlaskClient
) -> None:
    from tests.candidates.test_pages import counted_statements

    other = make_vacancy(scene.employer, must=("python",))
    for vacancy in (scene.vacancy, other):
        for _ in range(4):
            candidate = make_candidate(vacancy, make_student(skills=("python",)))
            db.session.commit()
            service.request_contact(candidate, MESSAGE, actor=scene.member.user)
    db.session.commit()
    request_in(scene, RequestState.ACCEPTED)
    with counted_statements() as statements:
        page = hr.get("/hr/requests")
    assert page.text.count('<th scope="row">') == 9
    # user, member, total, page, counts, stages, badge of the navigation, bell
    assert len(statements) == 10, "\n".join(statements)
    assert hr.get(f"/hr/requests?vacancy={other.id}").text.count('<th scope="row">') == 4
    assert hr.get("/hr/requests?state=open").text.count('<th scope="row">') == 1
    assert hr.get("/hr/requests?state=finished").text.count('<th scope="row">') == 0
