"""Notices are written with what they tell of, and read as their reader may see it now."""

from __future__ import annotations

import re
import uuid

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from bridge.accounts.models import Role, User
from bridge.contacts import service as contacts
from bridge.contacts.models import ContactRequest, Side
from bridge.contacts.notices import thread_was_read
from bridge.database import utc_now, writing
from bridge.employers import service as employers
from bridge.extensions import db
from bridge.mail.models import OutboxMail
from bridge.notices import service
from bridge.notices.models import Delivery, Group, Notice
from bridge.notices.reading import read
from bridge.reports import service as reports
from bridge.vacancies.models import Vacancy
from tests.client import forms_of, sign_in, submit
from tests.contacts.scene import MESSAGE, Scene, make_candidate, make_scene
from tests.factories import make_student, make_user
from tests.queries import count_queries


@pytest.fixture
def scene(app: Flask) -> Scene:
    return make_scene()


def approved(scene: Scene) -> ContactRequest:
    request = contacts.request_contact(scene.candidate, "Приглашаем.", actor=scene.member.user)
    contacts.approve(request, actor=scene.staff)
    db.session.commit()
    return request


def kinds_of(reader: User, *, unread: bool = True) -> list[str]:
    select = sa.select(Notice.kind).where(Notice.user_id == reader.id).order_by(Notice.id)
    if unread:
        select = select.where(Notice.read_at.is_(None))
    kinds = list(db.session.scalars(select))
    db.session.commit()
    return kinds


def letters_to(reader: User) -> list[str]:
    select = sa.select(OutboxMail.kind).where(OutboxMail.user_id == reader.id)
    kinds = list(db.session.scalars(select.order_by(OutboxMail.id)))
    db.session.commit()
    return kinds


def test_each_side_is_told_in_the_commit_of_the_act(scene: Scene) -> None:
    request = approved(scene)
    assert kinds_of(scene.profile.user) == ["contacts/offer"]
    assert kinds_of(scene.member.user) == ["contacts/approved"]
    contacts.accept(request, actor=scene.profile.user)
    db.session.rollback()
    assert kinds_of(scene.member.user) == ["contacts/approved"], "no act, no notice"


def test_administrators_are_asked_where_there_is_no_staff(
    client: FlaskClient, scene: Scene
) -> None:
    admin = make_user(Role.ADMIN)
    closed = make_user(Role.ADMIN, deactivated_at=utc_now())
    request = contacts.request_contact(scene.candidate, "Приглашаем.", actor=scene.member.user)
    assert (kinds_of(admin), kinds_of(scene.staff)) == ([], ["contacts/requested"])
    scene.staff.deactivated_at = utc_now()
    contacts.withdraw(request, actor=scene.member.user)
    contacts.request_contact(scene.candidate, "Приглашаем.", actor=scene.member.user)
    words = "Просят оплатить обучение до собеседования."
    reports.report(scene.vacancy, actor=scene.profile.user, reason_code="other", text=words)
    assert sorted(kinds_of(admin)) == ["contacts/requested", "reports/made"]
    assert kinds_of(closed, unread=False) == []
    sign_in(client, admin)
    opened = re.findall(r'href="(/notices/\d+)"', client.get("/notices/").text)
    assert len(opened) == 2
    for path in opened:
        assert client.get(path, follow_redirects=True).status_code == 200


def test_staff_are_no_longer_asked_once_one_of_them_has_decided(scene: Scene) -> None:
    colleague = make_user(Role.STAFF)
    contacts.request_contact(scene.candidate, "Приглашаем.", actor=scene.member.user)
    request = db.session.scalars(sa.select(ContactRequest)).one()
    assert kinds_of(colleague) == ["contacts/requested"]
    contacts.approve(request, actor=scene.staff)
    assert kinds_of(colleague) == []
    assert kinds_of(colleague, unread=False) == ["contacts/requested"]


@pytest.mark.parametrize(
    ("delivery", "letters"),
    [(Delivery.IMMEDIATE, ["contacts/offer"]), (Delivery.DIGEST, []), (Delivery.NONE, [])],
)
def test_a_letter_goes_at_once_only_where_the_reader_wants_it(
    scene: Scene, delivery: Delivery, letters: list[str]
) -> None:
    student = scene.profile.user
    service.choose(student, Group.REQUESTS, delivery, actor=student)
    approved(scene)
    assert kinds_of(student) == ["contacts/offer"]
    assert letters_to(student) == letters


def test_closed_accounts_are_told_nothing_and_unconfirmed_ones_by_no_letter(scene: Scene) -> None:
    employer = scene.member.employer
    scene.member.user.email_confirmed_at = None
    closed = make_user(Role.MEMBER, deactivated_at=utc_now())
    employers.suspend(employer, actor=scene.staff, reason_code="rules", note="Пауза.")
    db.session.commit()
    assert kinds_of(scene.member.user) == ["employers/suspended"]
    assert letters_to(scene.member.user) == []
    service.notify(closed, "employers/suspended", employer)
    assert kinds_of(closed) == []


def test_the_name_is_shown_only_while_it_may_be(scene: Scene) -> None:
    request = approved(scene)
    member, name = scene.member.user, scene.profile.user.name
    mine = sa.select(Notice).where(Notice.user_id == member.id).order_by(Notice.id)

    def shown() -> list[tuple[str, str]]:
        readings = read(db.session.scalars(mine).all(), member)
        found = [(one.notice.kind, one.person) for one in readings if one.letter]
        assert all(name not in str(one.letter) for one in readings)
        return found

    assert shown() == [("contacts/approved", "")]
    contacts.accept(request, actor=scene.profile.user)
    assert shown() == [("contacts/approved", name), ("contacts/accepted", name)]
    assert name not in str(db.session.scalars(sa.select(OutboxMail.html)).all()[-1])
    # whoever leaves the enterprise sees nothing of it any more
    db.session.delete(scene.member)
    db.session.flush()
    db.session.expire(member)
    assert shown() == []


def test_the_page_shows_the_reader_s_own_and_marks_them(client: FlaskClient, scene: Scene) -> None:
    approved(scene)
    member = scene.member.user
    assert client.get("/notices/").status_code == 303
    sign_in(client, member)
    page = client.get("/notices/").text
    assert "Notices, 1 unread" in page
    assert "has received your request" in page
    assert "would like to meet you" not in page, "the student's own"
    (notice,) = db.session.scalars(sa.select(Notice).where(Notice.user_id == member.id))
    opened = client.get(f"/notices/{notice.id}")
    assert opened.location == f"/requests/{notice.subject_id}"
    db.session.rollback()
    assert "unread" not in client.get("/notices/").text.partition("<main")[0]
    submit(client, "/notices/", action=f"/notices/{notice.id}/unread")
    assert kinds_of(member) == ["contacts/approved"]
    submit(client, "/notices/", action=f"/notices/{notice.id}/read")
    assert kinds_of(member) == []


def test_marking_all_spares_what_came_after_the_page(client: FlaskClient, scene: Scene) -> None:
    request = approved(scene)
    member = scene.member.user
    sign_in(client, member)
    client.get("/notices/")
    seen = db.session.scalar(sa.select(sa.func.max(Notice.id)).where(Notice.user_id == member.id))
    contacts.accept(request, actor=scene.profile.user)
    db.session.commit()
    submit(client, "/notices/", {"up_to": str(seen)}, action="/notices/read")
    assert kinds_of(member) == ["contacts/accepted"]


def test_marking_all_is_taken_back_and_nothing_else(client: FlaskClient, scene: Scene) -> None:
    contacts.accept(approved(scene), actor=scene.profile.user)
    member = scene.member.user
    waiting = kinds_of(member)
    first, second = db.session.scalars(
        sa.select(Notice).where(Notice.user_id == member.id).order_by(Notice.id)
    ).all()
    service.mark_read(first)
    others = kinds_of(scene.profile.user)
    sign_in(client, member)
    submit(client, "/notices/", action="/notices/read")
    assert kinds_of(member) == []
    page = client.get("/notices/")
    undo = next(action for action, _fields in forms_of(page) if "/unread?moment=" in action)
    token = dict(forms_of(page))[undo]["csrf_token"]
    answer = client.post(undo, data={"csrf_token": token})
    assert (answer.status_code, answer.location) == (303, "/notices/")
    assert kinds_of(member) == [second.kind]
    assert len(waiting) == 2
    assert kinds_of(scene.profile.user) == others
    for junk in ("", "?moment=", "?moment=tomorrow", "?moment=2026-11-26T10:00:00"):
        refused = client.post(f"/notices/unread{junk}", data={"csrf_token": token})
        assert refused.status_code == 404


def cost_of_the_list(client: FlaskClient) -> int:
    """How often the page asks the database."""
    with count_queries() as queries:
        assert client.get("/notices/").status_code == 200
    return len(queries)


def test_the_list_is_paged_filtered_and_costs_the_same_for_any_length(
    client: FlaskClient, scene: Scene
) -> None:
    request = approved(scene)
    member = scene.member.user
    sign_in(client, member)
    counts = []
    for _round in range(2):
        counts.append(cost_of_the_list(client))
        for _ in range(24):
            service.notify(member, "contacts/approved", request)
        db.session.commit()
    assert counts[0] == counts[1]
    page = client.get("/notices/").text
    assert page.count("news__item--unread") == 20
    assert "page=3" in page
    first = db.session.scalar(sa.select(sa.func.min(Notice.id)).where(Notice.user_id == member.id))
    client.get(f"/notices/{first}")
    db.session.rollback()
    assert client.get("/notices/?page=3").text.count('id="notice-') == 9
    unread = client.get("/notices/?page=3&show=unread").text
    assert unread.count('id="notice-') == 8
    assert f'id="notice-{first}"' not in unread


def talking(scene: Scene) -> ContactRequest:
    request = approved(scene)
    contacts.accept(request, actor=scene.profile.user)
    db.session.commit()
    return request


def talking_to_another(scene: Scene) -> ContactRequest:
    """Of the same vacancy, with a student more. Commits, so that the index sees the student."""
    vacancy = db.session.get_one(Vacancy, scene.vacancy.id)
    other = make_candidate(vacancy, make_student(skills=("python",)))
    db.session.commit()
    member = vacancy.employer.members[0].user
    request = contacts.request_contact(other, MESSAGE, actor=member)
    contacts.approve(request, actor=member)
    contacts.accept(request, actor=other.profile.user)
    db.session.commit()
    return request


def say(request: ContactRequest, number: int, actor: User) -> None:
    for _ in range(number):
        # Of the same words within a minute only the first would be a message.
        contacts.write_message(request, uuid.uuid4().hex, actor=actor)
    db.session.commit()


def lines(client: FlaskClient, path: str = "/notices/") -> list[tuple[str, bool]]:
    """Each line of the page: its title, and whether it is marked as unread."""
    found = re.findall(
        r'<li class="news__item(.*?)" id=.*?<p class="news__title">(.*?)</p>',
        client.get(path).text,
        re.DOTALL,
    )
    return [(" ".join(re.sub(r"<.*?>", " ", title).split()), "unread" in mark)
            for mark, title in found]  # fmt: skip


def test_the_messages_of_a_thread_are_one_line_with_their_number(
    client: FlaskClient, scene: Scene
) -> None:
    request, member = talking(scene), scene.member.user
    elsewhere = talking_to_another(scene)
    say(elsewhere, 1, elsewhere.profile.user)
    service.mark_all_read(member, 10**6)
    say(request, 39, scene.profile.user)
    say(elsewhere, 2, elsewhere.profile.user)
    say(request, 1, scene.profile.user)
    mine, theirs = (f"from candidate {one.candidate.pseudonym}" for one in (request, elsewhere))
    sign_in(client, member)
    page = client.get("/notices/").text
    assert "Notices, 2 unread" in page, "threads, not messages"
    assert page.count("3 messages in all") == 1
    assert page.count("messages in all") == 1
    assert lines(client)[:2] == [
        (f"40 new messages {mine} not read yet", True),
        (f"2 new messages {theirs} not read yet", True),
    ]
    assert lines(client, "/notices/?show=unread") == lines(client)[:2]
    assert len(lines(client)) == 2 + 4, "what is decided about a request stays apart"


def test_one_press_marks_a_thread_and_takes_it_back(client: FlaskClient, scene: Scene) -> None:
    request, member = talking(scene), scene.member.user
    say(request, 2, scene.profile.user)
    service.mark_all_read(member, 10**6)
    say(request, 3, scene.profile.user)
    pseudonym = request.candidate.pseudonym
    sign_in(client, member)
    (newest,) = re.findall(r'action="/notices/(\d+)/read"', client.get("/notices/").text)
    say(request, 1, scene.profile.user)
    submit(client, "/notices/", {}, action=f"/notices/{int(newest) + 1}/read")
    assert lines(client)[0] == (f"6 messages from candidate {pseudonym}", False)
    submit(client, "/notices/", action=f"/notices/{int(newest) + 1}/unread")
    assert lines(client)[0][0].startswith("4 new messages")
    assert "6 messages in all" in client.get("/notices/").text
    # From a page of before the last message, which stays unread.
    token = dict(forms_of(client.get("/notices/")))["/notices/read"]["csrf_token"]
    client.post(f"/notices/{newest}/read", data={"csrf_token": token})
    assert lines(client)[0] == (
        f"A new message from candidate {pseudonym} not read yet",
        True,
    )
    opened = client.get(f"/notices/{int(newest) + 1}")
    assert opened.location == f"/requests/{request.id}#newest"
    db.session.rollback()
    assert kinds_of(member) == []


def test_who_opens_the_thread_has_read_its_notices(client: FlaskClient, scene: Scene) -> None:
    request, student = talking(scene), scene.profile.user
    say(request, 3, scene.member.user)
    say(request, 2, student)
    assert kinds_of(student).count("contacts/message_student") == 3
    sign_in(client, student)
    assert client.get(f"/requests/{request.id}").status_code == 200
    db.session.rollback()
    assert "contacts/message_student" not in kinds_of(student)
    assert kinds_of(scene.member.user).count("contacts/message") == 2, "the other side has not"


def test_a_message_that_comes_while_the_thread_is_opened_stays_unread(
    app: Flask, scene: Scene
) -> None:
    request, student = talking(scene), scene.profile.user
    say(request, 1, scene.member.user)
    assert len(request.messages) == 1
    shown = request.messages[-1].id
    say(request, 1, scene.member.user)
    with writing() as session:
        thread_was_read(request, Side.STUDENT, shown, session)
    assert kinds_of(student).count("contacts/message_student") == 2


def test_the_list_costs_the_same_for_any_number_of_threads_and_messages(
    client: FlaskClient, scene: Scene
) -> None:
    request, member = talking(scene), scene.member.user
    say(request, 1, scene.profile.user)
    sign_in(client, member)
    counts = []
    for _round in range(2):
        counts.append(cost_of_the_list(client))
        db.session.rollback()
        request = db.session.get_one(ContactRequest, request.id)
        say(request, 20, request.profile.user)
        other = talking_to_another(scene)
        say(other, 3, other.profile.user)
    assert counts[0] == counts[1]


def test_an_empty_list_says_so(client: FlaskClient, scene: Scene) -> None:
    sign_in(client, scene.staff)
    assert "No notices yet" in client.get("/notices/").text
    assert "Everything is read" in client.get("/notices/?show=unread").text


def test_what_is_gone_is_said_to_be_gone(client: FlaskClient, scene: Scene) -> None:
    member = scene.member.user
    db.session.add(Notice(user_id=member.id, kind="contacts/message", subject_id=999_999))
    db.session.commit()
    sign_in(client, member)
    assert "no longer there" in client.get("/notices/").text
    (notice_id,) = db.session.scalars(sa.select(Notice.id))
    assert client.get(f"/notices/{notice_id}").location == "/notices/"


def test_choices_are_kept_shown_and_audited(client: FlaskClient, scene: Scene) -> None:
    student = scene.profile.user
    sign_in(client, student)
    chosen = {"requests": "digest", "messages": "none", "hour": "19", "time_zone": "Asia/Omsk"}
    assert submit(client, "/notices/settings", chosen).status_code == 303
    page = client.get("/notices/settings").text
    assert page.count("checked") == 3
    assert '<option selected value="19">' in page
    assert submit(client, "/notices/settings", {"requests": "pigeon"}).status_code == 422
    assert submit(client, "/notices/settings", {"hour": "99"}).status_code == 422
    assert service.delivery_of(student, Group.REQUESTS) is Delivery.DIGEST
