"""The pages of interviews: offering, picking, changing, one's calendar and its secret address."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlsplit

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from icalendar import Calendar

from bridge.contacts.models import ContactRequest
from bridge.database import utc_now
from bridge.extensions import db
from bridge.interviews import service
from bridge.interviews.models import Interview, Slot, SlotState
from bridge.interviews.service import Meeting
from bridge.interviews.zones import to_local
from bridge.notices.models import DigestSchedule
from tests.candidates.test_pages import counted_statements
from tests.client import forms_of, submit
from tests.contacts.scene import Scene
from tests.factories import make_member, make_student
from tests.hiring.conftest import signed_in
from tests.hiring.scene import another_accepted
from tests.interviews.test_interviews import MEETING, ahead, offered


def plan_address(scene: Scene) -> str:
    return f"/hr/vacancies/{scene.vacancy.id}/interviews"


def test_hr_offers_several_times_and_the_student_picks_one(
    scene: Scene, request_: ContactRequest, hr: FlaskClient, student: FlaskClient
) -> None:
    day = (utc_now() + timedelta(days=3)).strftime("%Y-%m-%d")
    values = {
        "times-0-day": day,
        "times-0-at": "16:00",
        "times-1-day": day,
        "times-1-at": "",
        "place": "Проходная",
        "invited": [str(request_.id)],
    }
    answer = submit(hr, plan_address(scene), values)
    assert answer.status_code == 422
    assert "Give both the date and the time." in answer.text
    values["times-1-at"] = "18:30"
    assert submit(hr, plan_address(scene), {**values, "place": ""}).status_code == 422
    assert (
        submit(hr, plan_address(scene), {**values, "link": "javascript:alert(1)"}).status_code
        == 422
    )
    assert submit(hr, plan_address(scene), values).status_code == 303
    assert submit(hr, plan_address(scene), values).status_code == 303
    page = hr.get(plan_address(scene)).text
    assert "These candidates have been offered these times already." in page
    assert page.count(">free<") == 2
    page = f"/requests/{request_.id}"
    targets = [t for t, _ in forms_of(student.get(page)) if "/interviews/" in t]
    assert len(targets) == 2
    assert submit(student, page, action=targets[1]).status_code == 303
    assert "18:30–19:15 (Moscow, UTC+3)" in student.get(page).text
    assert scene.profile.user.name in hr.get(plan_address(scene)).text
    assert "Interview: " in hr.get(f"/hr/vacancies/{scene.vacancy.id}/board").text


def test_a_time_that_is_gone_is_told(
    scene: Scene, request_: ContactRequest, student: FlaskClient, hr: FlaskClient
) -> None:
    slot, _ = offered(scene, request_)
    page = student.get(f"/requests/{request_.id}")
    target, fields = next(form for form in forms_of(page) if form[0].endswith(f"/{slot.id}"))
    submit(hr, plan_address(scene), action=f"{plan_address(scene)}/{slot.id}/withdraw")
    assert student.post(target, data=fields).status_code == 303
    assert "Somebody has just taken this time" in student.get(f"/requests/{request_.id}").text
    assert db.session.scalars(sa.select(Interview)).all() == []


def test_the_interview_is_changed_by_hr_and_cancelled_by_either(
    scene: Scene, request_: ContactRequest, hr: FlaskClient, student: FlaskClient
) -> None:
    slot, _ = offered(scene, request_)
    interview = service.pick(slot, request_, actor=scene.profile.user)
    page = f"/interviews/{interview.id}"
    local = to_local(ahead(6), "Europe/Moscow")
    answer = submit(hr, f"{page}/change", {"day": local.strftime("%Y-%m-%d"), "at": "11:15"})
    assert answer.status_code == 303
    assert "11:15–12:00" in student.get("/interviews").text
    stale = submit(hr, f"{page}/change", {"version": "1", "at": "12:30"})
    assert stale.status_code == 409
    assert "What you wrote is kept: compare and save again." in stale.text
    assert "11:15–12:00" in stale.text
    # Whoever has read that sends it again.
    fields = next(found for target, found in forms_of(stale) if target == "")
    assert fields["at"] == ["12:30"]
    assert hr.post(f"{page}/change", data=fields).status_code == 303
    assert "12:30–13:15" in student.get("/interviews").text
    assert student.get(f"{page}/change").status_code == 403
    assert submit(student, f"{page}/cancel", {"note": "Экзамен"}).status_code == 303
    assert "Экзамен" in hr.get(f"/requests/{request_.id}").text
    assert hr.get(f"{page}/cancel").status_code == 303
    assert db.session.get_one(Slot, slot.id).state is SlotState.OPEN


def test_strangers_see_and_move_nothing(app: Flask, scene: Scene, request_: ContactRequest) -> None:
    slot, other = offered(scene, request_)
    interview = service.pick(slot, request_, actor=scene.profile.user)
    addresses = [f"/interviews/{interview.id}.ics", f"/interviews/{interview.id}/cancel"]
    for person in (make_member().user, make_student().user):
        client = signed_in(app, person)
        assert [client.get(address).status_code for address in addresses] == [404, 404]
        page = client.get("/interviews")
        assert "No interviews ahead" in page.text
        token = {"csrf_token": forms_of(page)[0][1]["csrf_token"]}
        taking = f"/requests/{request_.id}/interviews/{other.id}"
        assert client.post(taking, data=token).status_code in (403, 404)
    assert db.session.get_one(Slot, other.id).state is SlotState.OPEN


def test_a_slot_of_others_is_not_taken(
    scene: Scene, request_: ContactRequest, student: FlaskClient
) -> None:
    """Offered to a fellow student of the same vacancy, not to this one."""
    (slot,) = offered(scene, another_accepted(scene), moments=1)
    token = {"csrf_token": forms_of(student.get("/interviews"))[0][1]["csrf_token"]}
    taking = f"/requests/{request_.id}/interviews/{slot.id}"
    assert student.post(taking, data=token).status_code == 404


def test_the_download_is_a_calendar(
    scene: Scene, request_: ContactRequest, hr: FlaskClient
) -> None:
    slot, _ = offered(scene, request_)
    interview = service.pick(slot, request_, actor=scene.profile.user)
    answer = hr.get(f"/interviews/{interview.id}.ics")
    assert answer.content_type == "text/calendar; charset=utf-8"
    assert answer.headers["Content-Disposition"] == (
        f'attachment; filename="interview-{interview.id}.ics"'
    )
    (event,) = Calendar.from_ical(answer.data).walk("VEVENT")
    assert scene.candidate.pseudonym in event["SUMMARY"]
    assert scene.profile.user.name not in answer.text


def test_the_feed_shows_ones_own_until_it_is_revoked(
    app: Flask, scene: Scene, request_: ContactRequest, student: FlaskClient
) -> None:
    slot, _ = offered(scene, request_)
    interview = service.pick(slot, request_, actor=scene.profile.user)
    # A fellow student's interview of the same vacancy, which is none of this one's.
    fellow = another_accepted(scene)
    meeting = Meeting(30, "Проходная", "", "Europe/Moscow")
    (other,) = service.offer(scene.vacancy, [fellow], [ahead(9)], meeting, actor=scene.member.user)
    service.pick(other, fellow, actor=fellow.profile.user)

    def address() -> str:
        page = student.get("/interviews").text
        found = page.partition('value="http://localhost/calendar/')[2].partition('"')[0]
        return f"/calendar/{found}"

    assert address() == "/calendar/"
    submit(student, "/interviews", action="/interviews/feed")
    feed = address()
    reader = app.test_client()
    answer = reader.get(urlsplit(feed).path)
    assert answer.status_code == 200
    calendar = Calendar.from_ical(answer.data)
    assert calendar["METHOD"] == "PUBLISH"
    assert [event["UID"] for event in calendar.walk("VEVENT")] == [f"{interview.uid}@localhost"]
    assert reader.post(feed).status_code == 405
    # Forged, replaced, revoked, of somebody who left.
    assert reader.get(f"{feed[:-8]}AAAA.ics").status_code == 404
    submit(student, "/interviews", action="/interviews/feed")
    assert reader.get(feed).status_code == 404
    feed = address()
    assert reader.get(feed).status_code == 200
    submit(student, "/interviews", action="/interviews/feed/revoke")
    assert reader.get(feed).status_code == 404
    submit(student, "/interviews", action="/interviews/feed")
    feed = address()
    scene.profile.user.deactivated_at = utc_now()
    assert reader.get(feed).status_code == 404


def test_times_follow_the_readers_zone(
    scene: Scene, request_: ContactRequest, student: FlaskClient
) -> None:
    slot, _ = offered(scene, request_)
    service.pick(slot, request_, actor=scene.profile.user)
    assert (
        submit(
            student, "/interviews", {"time_zone": "Mars/Olympus"}, action="/interviews/time-zone"
        ).status_code
        == 422
    )
    submit(student, "/interviews", {"time_zone": "Asia/Omsk"}, action="/interviews/time-zone")
    assert db.session.get_one(DigestSchedule, scene.profile.user_id).time_zone == "Asia/Omsk"
    local = to_local(slot.starts_at, "Asia/Omsk")
    page = student.get("/interviews").text
    assert f"{local:%H:%M}" in page
    assert "(Omsk, UTC+6)" in page


def test_lists_cost_the_same_for_any_length(app: Flask, scene: Scene) -> None:
    requests = [another_accepted(scene) for _ in range(4)]
    slots = service.offer(
        scene.vacancy,
        requests,
        [ahead(hours=number) for number in range(6)],
        MEETING,
        actor=scene.member.user,
    )
    service.pick(slots[0], requests[0], actor=requests[0].profile.user)
    hr = signed_in(app, scene.member.user)
    addresses = ["/interviews", plan_address(scene)]
    counts = []
    for picked in (1, 2, 3):
        for address in addresses:
            with counted_statements() as statements:
                hr.get(address)
            counts.append(len(statements))
        if picked < 3:
            request = db.session.get_one(ContactRequest, request_id_of(picked))
            slot = db.session.scalars(
                sa.select(Slot).where(Slot.state == SlotState.OPEN).order_by(Slot.id)
            ).first()
            assert slot is not None
            service.pick(slot, request, actor=request.profile.user)
    assert counts[0::2] == [counts[0]] * 3
    assert counts[1::2] == [counts[1]] * 3


def request_id_of(place: int) -> int:
    """The number of the place-th request, counted from 0."""
    return db.session.scalars(sa.select(ContactRequest.id).order_by(ContactRequest.id)).all()[place]
