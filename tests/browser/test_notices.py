"""Being told: the bell and the list for an HR member; the daily letter of a student, and its end
with one click, through a real mail server."""

from __future__ import annotations

import re
import urllib.request
from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage

import pytest

from bridge.contacts import service as contacts
from bridge.database import as_of, utc_now
from bridge.extensions import db
from tests.browser import people
from tests.browser.conftest import Server, Visitor
from tests.contacts.scene import MESSAGE, Scene, make_scene
from tests.mail.letters import html_of, text_of


def yesterday_s_request() -> tuple[str, str]:
    """A request that the student has got and answered; the addresses of the HR and the student."""
    with as_of(utc_now() - timedelta(days=1)):
        scene: Scene = make_scene()
        people.let_sign_in(scene.member.user, scene.profile.user)
        request = contacts.request_contact(scene.candidate, MESSAGE, actor=scene.member.user)
        contacts.approve(request, actor=scene.staff)
        contacts.accept(request, actor=scene.profile.user)
        db.session.commit()
        return scene.member.user.email, scene.profile.user.email


@pytest.mark.repeated
def test_being_told(server: Server, visitors: Callable[..., Visitor]) -> None:
    with server.beside():
        hr_email, student_email = yesterday_s_request()
    _hr_reads(visitors(locale="en-US"), hr_email)
    student = visitors(locale="en-US")
    _student_wants_one_letter_a_day(student, student_email)
    server.flask("run-jobs", "daily-letters")
    server.flask("run-jobs", "daily-letters")
    letter = server.mailbox.wait_for(student_email, "what you have not read")
    daily = [one for one in server.mailbox.letters if "new notice" in one["Subject"]]
    assert len(daily) == 1
    _letter_is_ended(letter, visitors(locale="en-US"), student)


def _hr_reads(hr: Visitor, email: str) -> None:
    people.sign_in(hr, email)
    hr.page.get_by_role("link", name="Notices, 2 unread").click()
    hr.shot("notices-hr")
    hr.page.get_by_role("link", name=re.compile("agreed to a contact$")).click()
    hr.page.wait_for_url(re.compile(r"/requests/\d+$"))
    hr.page.get_by_role("link", name="Notices, 1 unread").click()
    people.press(hr, "Mark as read")
    hr.page.get_by_role("link", name="Notices", exact=True).wait_for()
    assert hr.page.get_by_role("button", name="Mark as unread").count() == 2


def _student_wants_one_letter_a_day(student: Visitor, email: str) -> None:
    people.sign_in(student, email)
    student.page.get_by_role("link", name="Notices, 1 unread").click()
    people.press(student, "What and when", role="link")
    group = student.page.get_by_role("group", name="Requests of enterprises")
    group.get_by_label("Once a day").check()
    people.choose(student, "The daily letter comes from", "0")
    people.press(student, "Save")
    student.see("Saved.")


def _letter_is_ended(letter: EmailMessage, stranger: Visitor, student: Visitor) -> None:
    """By a program that knows only the header; the page of the link says the same to anybody."""
    assert "would like to meet you" in text_of(letter)
    assert "would like to meet you" in html_of(letter)
    (url,) = re.findall(r"<(http[^>]+)>", letter["List-Unsubscribe"])
    stranger.open(url)
    stranger.page.get_by_role("button", name="Send no more").wait_for()
    one_click = urllib.request.Request(url, data=b"List-Unsubscribe=One-Click")  # noqa: S310
    with urllib.request.urlopen(one_click) as answer:  # noqa: S310  our own server
        assert (answer.status, answer.url) == (200, url)
    people.press(stranger, "Send no more")
    stranger.see("No more such letters")
    student.open("/notices/settings")
    group = student.page.get_by_role("group", name="Requests of enterprises")
    assert group.get_by_label("No letters").is_checked()
    others = student.page.get_by_role("group", name="Conversations")
    assert others.get_by_label("At once").is_checked()
