"""The platform's main job, lived through: from a student's profile to an opened contact and the
ways out of it. On both databases, with scripts and without; letters go through a real server."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from tests.browser import people
from tests.browser.conftest import Server, Visitor

ROSTER = """student_number;name;email;direction_code;direction_name;year_of_study
Р-001;Ольга Ростерова;olga@example.test;24.05.01;Проектирование ракет;2
Р-002;Пётр Безгодный;petr@example.test;24.05.01;Проектирование ракет;17
"""
MESSAGE = "Здравствуйте! Приглашаем вас на собеседование: отдел прочности, первая линия расчётов."
STUDENT, HR, STAFF = "svetlana@example.test", "anna@orbita.example", "staff@example.test"
COLLEAGUE = "colleague@example.test"
NAME = "Светлана Космическая"


def see_state(person: Visitor, path: str, text: str) -> None:
    person.open(path)
    person.page.get_by_text(text).first.wait_for()


def test_from_a_profile_to_an_opened_contact(
    server: Server, visitors: Callable[..., Visitor], tmp_path: Path
) -> None:
    staff, colleague, student, hr = (visitors(locale="en-US") for _ in range(4))
    people.make_staff(server, staff, STAFF, "Мария Модераторова")
    people.make_staff(server, colleague, COLLEAGUE, "Борис Второглазов")
    _import_roster(server, tmp_path)
    _student_arrives(server, student)
    _employer_arrives(server, hr, staff)
    _vacancy_is_published(hr, staff, colleague)
    _candidates_are_shown_without_names(hr, student)
    _contact_comes_about(server, hr, staff, student)
    _what_ends_stays_recorded(hr, student)


def _import_roster(server: Server, tmp_path: Path) -> None:
    """Staff import who studies here: a dry run first, the bad row named, the good one invited."""
    roster = tmp_path / "roster.csv"
    roster.write_text(ROSTER, encoding="utf-8")
    for arguments in ((), ("--apply", "--invite")):
        report = server.flask("import-students", str(roster), *arguments)
        assert "year_of_study" in report
    assert server.mailbox.link("olga@example.test", "/invitation/")


def _student_arrives(server: Server, student: Visitor) -> None:
    people.register_student(server, student, STUDENT, NAME)
    student.open("/profile")
    assert student.page.get_by_role("button", name="Publish").count() == 0
    people.write_profile(student)
    student.open("/profile/preview")
    assert NAME not in student.page.inner_text("main")
    student.open("/profile")
    people.press(student, "Publish")
    student.page.get_by_role("button", name="Hide from employers").wait_for()


def _employer_arrives(server: Server, hr: Visitor, staff: Visitor) -> None:
    people.apply_as_employer(server, hr, HR)
    hr.open("/hr/vacancies/new")
    assert hr.page.get_by_label("What the work is").count() == 0
    people.decide(staff, "АО «Орбита-Тест»", "Approve")
    server.mailbox.wait_for(HR, "approved")
    hr.open("/company/invite")
    people.fill(
        hr, {"First name and surname": "Борис Коллегин", "Work e-mail": "boris@orbita.example"}
    )
    hr.page.get_by_role("button", name=re.compile("invitation", re.IGNORECASE)).click()
    colleague = server.mailbox.link("boris@orbita.example", "/invitation/")
    assert colleague.startswith(server.url)


def _vacancy_is_published(hr: Visitor, staff: Visitor, colleague: Visitor) -> None:
    """The first of the enterprise: two people must approve it."""
    people.write_vacancy(hr)
    people.decide(
        staff, "Стажёр-расчётчик", "Return for a change", "pay-unclear", "Укажите оплату."
    )
    hr.open("/hr/vacancies")
    hr.page.get_by_role("link", name="Стажёр-расчётчик").first.click()
    hr.see("Укажите оплату.")
    hr.page.get_by_role("link", name=re.compile("^Edit|^Change")).first.click()
    people.fill(hr, {"Pay up to, roubles a month": "60000"})
    people.press(hr, "Submit for approval")
    people.decide(staff, "Стажёр-расчётчик", "Approve")
    people.decide(colleague, "Стажёр-расчётчик", "Approve")


def _candidates_are_shown_without_names(hr: Visitor, student: Visitor) -> None:
    people.open_candidates(hr)
    text = hr.page.inner_text("main")
    assert NAME not in text
    assert "Светлана" not in hr.page.content()
    hr.see("1 candidate")
    hr.page.locator(".candidate summary").get_by_text("Why this match").first.click()
    shares = [
        float(cell.replace(",", "."))
        for cell in hr.page.locator(".share-table").first.locator("td").all_inner_texts()
    ]
    shown = int(hr.page.locator(".score__number strong").first.inner_text())
    # Each row is rounded to a tenth of a point, the score to a whole one.
    assert abs(sum(shares) - shown) <= 0.5 + 0.05 * len(shares)
    hr.shot("story-candidates")
    star = hr.page.get_by_role("button", name=re.compile("in the shortlist")).first
    star.click()
    hr.page.locator('[aria-pressed="true"]').first.wait_for()
    hr.page.get_by_role("link", name=re.compile("^Candidate ")).first.click()
    hr.page.wait_for_url(re.compile(r"/candidates/[A-Z0-9]+"))
    assert "Светлана" not in hr.page.content()
    see_state(student, "/profile/openings", "АО «Орбита-Тест»")


def _contact_comes_about(server: Server, hr: Visitor, staff: Visitor, student: Visitor) -> None:
    people.open_candidates(hr)
    people.request_contact(hr, MESSAGE)
    see_state(student, "/requests", "No requests here")
    staff.open("/staff/moderation?kind=contact")
    people.decide(staff, staff.page.locator("#case-title").first.inner_text(), "Approve")
    student.open(server.mailbox.link(STUDENT, "/requests/"))
    student.see(MESSAGE)
    hr.open(people.first_request(hr))
    assert "Светлана" not in hr.page.content()
    people.press(student, "Agree and open my contacts")
    student.see("anna@orbita.example")
    hr.open(people.first_request(hr))
    for opened in (NAME, STUDENT, "+7 916 123-45-67", "@svetlana_space"):
        hr.see(opened)
    hr.page.get_by_label("Message", exact=False).last.fill("Ждём вас <b>в среду</b>!")
    people.press(hr, "Send")
    hr.see("Ждём вас <b>в среду</b>!")
    student.open(people.first_request(student, "/requests"))
    student.see("Ждём вас <b>в среду</b>!")
    student.shot("story-thread")


def _what_ends_stays_recorded(hr: Visitor, student: Visitor) -> None:
    student.open("/profile")
    people.press(student, "Hide from employers")
    student.page.get_by_role("button", name="Publish").wait_for()
    people.open_candidates(hr)
    assert hr.page.locator(".candidate").count() == 0
    hr.open(people.first_request(hr))
    hr.see(NAME)
    student.page.locator("#account-menu summary").click()
    people.press(student, "Sign out")
    student.open("/profile")
    student.page.wait_for_url(re.compile("/sign-in"))
