"""What is unread, for whom, and how the other side learns that it was read."""

from __future__ import annotations

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from bridge.contacts import service
from bridge.contacts.models import ContactRequest, Side, ThreadRead
from bridge.extensions import db
from tests.candidates.test_pages import counted_statements
from tests.contacts.scene import Scene
from tests.contacts.test_races import user
from tests.factories import make_member
from tests.hiring.conftest import signed_in


def badge(client: FlaskClient, address: str) -> str:
    """The number beside «Requests» in the navigation."""
    page = client.get("/interviews").text
    item = page.partition(f'href="{address}"')[2].partition("</a>")[0]
    return item.partition('<span class="count">')[2].partition("<")[0]


def test_an_unread_message_is_counted_until_it_is_read(
    scene: Scene, request_: ContactRequest, hr: FlaskClient, student: FlaskClient
) -> None:
    assert (badge(student, "/requests"), badge(hr, "/hr/requests")) == ("", "")
    service.write_message(request_, "Добрый день", actor=scene.member.user)
    service.write_message(request_, "Ждём вас", actor=scene.member.user)
    assert (badge(student, "/requests"), badge(hr, "/hr/requests")) == ("1", "")
    assert "2 new messages" in student.get("/requests").text
    page = f"/requests/{request_.id}"
    assert "> seen<" not in hr.get(page).text
    first = student.get(page).text
    assert first.count(">new<") == 2
    assert (badge(student, "/requests"), student.get(page).text.count(">new<")) == ("", 0)
    assert hr.get(page).text.count(" seen") == 2
    read = {one.side: one.message_id for one in db.session.scalars(sa.select(ThreadRead))}
    assert read == {Side.STUDENT: 2, Side.EMPLOYER: 2}


def test_a_colleague_reads_for_the_whole_enterprise(
    app: Flask, scene: Scene, request_: ContactRequest, hr: FlaskClient
) -> None:
    colleague = signed_in(app, make_member(scene.employer).user)
    stranger = signed_in(app, make_member().user)
    service.write_message(request_, "Здравствуйте", actor=scene.profile.user)
    assert badge(hr, "/hr/requests") == badge(colleague, "/hr/requests") == "1"
    assert badge(stranger, "/hr/requests") == ""
    colleague.get(f"/requests/{request_.id}")
    assert badge(hr, "/hr/requests") == ""
    # One's own colleague's message is nothing to be read.
    service.write_message(request_, "Хорошо", actor=scene.member.user)
    assert badge(colleague, "/hr/requests") == ""


def test_what_an_erased_colleague_wrote_is_unread_to_the_student_alone(
    scene: Scene, request_: ContactRequest, hr: FlaskClient, student: FlaskClient
) -> None:
    message = service.write_message(request_, "Ждём вас", actor=scene.member.user)
    message.author_id = None
    db.session.commit()
    assert (badge(student, "/requests"), badge(hr, "/hr/requests")) == ("1", "")


def test_reading_again_writes_nothing(
    scene: Scene, request_: ContactRequest, student: FlaskClient
) -> None:
    service.write_message(request_, "Добрый день", actor=scene.member.user)
    page = f"/requests/{request_.id}"
    student.get(page)
    with counted_statements() as statements:
        student.get(page)
    assert [one for one in statements if not one.lstrip().upper().startswith("SELECT")] == []


def test_the_badge_costs_the_same_for_any_number(
    scene: Scene, request_: ContactRequest, student: FlaskClient
) -> None:
    number, hr = request_.id, scene.member.user_id
    costs = []
    for text in ("Первое", "Второе"):
        request = db.session.get_one(ContactRequest, number)
        service.write_message(request, text, actor=user(hr))
        with counted_statements() as statements:
            student.get("/requests")
        costs.append(len(statements))
    assert costs[0] == costs[1]
