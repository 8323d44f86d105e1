"""A student's day on a phone: who looked, block one, refuse a request with a word that only the
university reads, apply, confirm the profile. With scripts and without."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest

from bridge.candidates.models import Candidate, ProfileOpening, Sight
from bridge.contacts import service as contacts
from bridge.database import local_today, utc_now
from bridge.extensions import db
from tests.browser import people
from tests.browser.conftest import Server, Visitor
from tests.contacts.scene import MESSAGE, make_scene
from tests.factories import make_student

PHONE = {"width": 390, "height": 844}
# Only the university may read it.
PRIVATE = "Прошлой весной там задерживали оплату."


@dataclass
class Day:
    """Addresses and names that the journey needs."""

    student: str
    hr: str
    asking_hr: str
    nosy: str
    asking: str
    vacancy: int
    wanted: int


def prepare(server: Server) -> Day:
    """One enterprise looked, one asks, a third seeks; the profile was confirmed long ago."""
    with server.beside():
        asking, nosy, wanted = make_scene(), make_scene(), make_scene()
        own = asking.profile
        for scene in (asking, nosy, wanted):
            people.let_sign_in(scene.profile.user, scene.member.user)
        own.user.name = "Светлана Космическая"
        own.confirmed_at = utc_now() - timedelta(days=200)
        own.freshness_asked_at = utc_now() - timedelta(days=1)
        for scene, name in ((asking, "Орбита"), (nosy, "Спрутмаш"), (wanted, "Вектор")):
            scene.employer.name = f"АО «{name}»"
        seen = Candidate(vacancy=nosy.vacancy, profile=own, pseudonym="2F4LQ", opened_at=utc_now())
        db.session.add(seen)
        db.session.add(
            ProfileOpening(candidate=seen, day=local_today(), sight=Sight.MASKED, times=3)
        )
        make_student(skills=("python",))
        request = contacts.request_contact(asking.candidate, MESSAGE, actor=asking.member.user)
        contacts.approve(request, actor=asking.staff)
        return Day(
            own.user.email,
            wanted.member.user.email,
            asking.member.user.email,
            nosy.employer.name,
            asking.employer.name,
            nosy.vacancy.id,
            wanted.vacancy.id,
        )


@pytest.mark.repeated
def test_a_day_on_the_phone(server: Server, visitors: Callable[..., Visitor]) -> None:
    day = prepare(server)
    student = visitors(locale="en-US", **PHONE)
    people.sign_in(student, day.student)
    _sees_who_looked_and_blocks(student, day)
    _answers(student, day)
    _applies(student, day)
    _confirms(server, student)
    hr = visitors(locale="en-US")
    people.sign_in(hr, day.hr)
    _employer_answers(hr, day)
    refused = visitors(locale="en-US")
    people.sign_in(refused, day.asking_hr)
    _employer_reads_the_refusal(refused)
    student.open("/applications")
    student.see("You are invited")
    student.shot("day-applications")


def fits(person: Visitor) -> None:
    """Nothing is wider than the window."""
    over = person.page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    assert over <= 0, person.page.url


def _sees_who_looked_and_blocks(student: Visitor, day: Day) -> None:
    student.open("/profile/openings")
    student.see(day.nosy)
    student.see("without name and contacts")
    student.see("3 times")
    fits(student)
    student.shot("day-openings")
    people.press(student, f"Block: {day.nosy}")
    student.see(f"{day.nosy} no longer sees you and is not told.")
    student.page.get_by_role("button", name=re.compile("^Unblock")).first.wait_for()
    student.open("/profile/blocked")
    student.see(day.nosy)
    fits(student)
    student.shot("day-blocked")


def _answers(student: Visitor, day: Day) -> None:
    student.open("/requests")
    people.press(student, day.asking, role="link")
    student.see("If you agree, this opens to it")
    fits(student)
    student.shot("day-request")
    people.press(student, "Decline…", role="link")
    student.see("will see only the reason that you choose")
    student.page.get_by_label("No time at present").check()
    people.fill(student, {"A word to the university": PRIVATE})
    people.press(student, "Decline")
    student.see("You declined")
    student.open("/requests/attention")
    student.see("requests a week through to one student")
    student.page.get_by_label("New requests a week at most").select_option("2")
    fits(student)
    people.press(student, "Save")
    student.see("Saved.")


def _applies(student: Visitor, day: Day) -> None:
    student.open(f"/vacancies/{day.wanted}")
    people.press(student, "Apply for the vacancy", role="link")
    student.see("What opens to")
    student.see("your name: Светлана Космическая")
    fits(student)
    student.shot("day-apply")
    student.page.get_by_label(re.compile("A few words")).fill("Хочу считать прочность у вас.")
    people.press(student, "Apply and open these data")
    student.see("It owes you an answer.")
    fits(student)


def _confirms(server: Server, student: Visitor) -> None:
    student.open("/profile/confirm")
    fits(student)
    student.shot("day-confirm")
    people.press(student, "My profile is still right")
    student.see("Thank you: the profile is confirmed.")
    assert student.page.get_by_role("button", name="My profile is still right").count() == 0


def _employer_reads_the_refusal(hr: Visitor) -> None:
    """The reason, and neither the private word nor who it was."""
    for path in (people.first_request(hr), "/notices/"):
        hr.open(path)
        assert PRIVATE not in hr.page.content()
        assert "Светлана" not in hr.page.content()
    hr.open(people.first_request(hr))
    hr.see("No time at present")


def _employer_answers(hr: Visitor, day: Day) -> None:
    hr.open(f"/hr/vacancies/{day.wanted}/candidates")
    hr.see("applied")
    assert "Светлана" not in hr.page.inner_text("main")
    hr.open(f"/hr/vacancies/{day.wanted}/applications")
    hr.see("1 student waits for an answer")
    hr.shot("day-hr-applications")
    people.press(hr, "Светлана Космическая", role="link")
    hr.see("Хочу считать прочность у вас.")
    hr.shot("day-hr-application")
    hr.page.get_by_label(re.compile("^Invitation")).fill("Приглашаем в четверг, в 16:00.")
    people.press(hr, "Invite to talk")
    hr.see("The student is invited")
