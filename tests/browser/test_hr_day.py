"""The day of an HR deputy: a vacancy is written and approved, candidates without names are marked,
noted, compared, kept and taken away as files; a contact is asked for, changed and opened; there is
a conversation, an interview in both calendars, an offer, an application and its answer."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from icalendar import Calendar
from openpyxl import load_workbook
from playwright.sync_api import FloatRect, Locator, Page
from pypdf import PdfReader

from bridge.accounts.models import Role
from bridge.candidates.models import Candidate
from bridge.database import local_today
from bridge.extensions import db
from tests.browser import people
from tests.browser.conftest import Server, Visitor
from tests.browser.looking import PHONE
from tests.factories import make_member, make_student, make_user, make_vacancy

TITLE = "Стажёр-расчётчик"
NAMES = ("Светлана Космическая", "Пётр Межпланетный", "Ольга Орбитова")
# What would tell who they are, in any page or file.
WHO = re.compile(
    r"Светлан|Космическ|Пётр|Петр|Межпланет|Ольг|Орбитов|blind\d@|kosmicheskaya", re.IGNORECASE
)
MESSAGE = "Здравствуйте! Приглашаем вас на собеседование: отдел прочности, первая линия расчётов."
NOTE, TAG, SEARCH = "Позвонить в четверг.", "резерв", "Третий курс"
FILE = {"name": "Задание.txt", "mimeType": "text/plain", "buffer": "Балка на двух опорах.".encode()}
APPLICATION = "Хочу считать прочность именно у вас."


@dataclass
class Day:
    """Addresses of the people; the students' in the order of NAMES."""

    hr: str
    staff: str
    students: list[str]


def prepare(server: Server) -> Day:
    """An enterprise that has published before, so that one approval does, and those who fit."""
    with server.beside():
        member, staff = make_member(), make_user(Role.STAFF)
        make_vacancy(member.employer, title="Прежняя вакансия", must=("sql",))
        students = [
            make_student(
                user=make_user(Role.STUDENT, name=name, email=f"blind{number}@example.test"),
                skills=("python", "finite-element-method")[: number + 1],
                summary=f"Меня зовут {name}. Считаю прочность.",
                messenger="@kosmicheskaya",
            )
            for number, name in enumerate(NAMES)
        ]
        make_student(skills=("python",), published=False)
        people.let_sign_in(member.user, staff, *(profile.user for profile in students))
        return Day(member.user.email, staff.email, [one.user.email for one in students])


@pytest.mark.repeated
def test_a_day_of_hr(server: Server, visitors: Callable[..., Visitor], tmp_path: Path) -> None:
    day = prepare(server)
    hr, staff, student, other = (visitors(locale="en-US") for _ in range(4))
    people.sign_in(hr, day.hr)
    people.sign_in(staff, day.staff)
    _writes_a_vacancy(hr, staff)
    chosen = _marks(hr)
    _notes(hr, chosen)
    _compares(hr)
    _keeps_a_search(hr)
    _takes_the_list_away(hr, tmp_path)
    number = _email_of(server, chosen)
    people.sign_in(student, number)
    _asks_for_a_contact(server, day, hr, staff, student)
    _converses(hr, student, tmp_path)
    _meets(server, day, hr, student, chosen, tmp_path)
    _leads_to_the_offer(hr, student)
    applicant = next(one for one in day.students if one != number)
    people.sign_in(other, applicant)
    _answers_an_application(hr, other, NAMES[day.students.index(applicant)])


def blind(hr: Visitor) -> None:
    """Nothing on this page tells who anybody is."""
    assert WHO.search(hr.page.content()) is None, hr.page.url


def card(hr: Visitor, pseudonym: str) -> Locator:
    return hr.page.locator(f"#candidate-{pseudonym}")


def _writes_a_vacancy(hr: Visitor, staff: Visitor) -> None:
    people.write_vacancy(hr)
    hr.open("/hr/vacancies")
    hr.page.get_by_role("link", name=TITLE).first.wait_for()
    people.decide(staff, TITLE, "Approve")


def _marks(hr: Visitor) -> str:
    """Star one and take it back, put one aside and take it back; star one for good."""
    people.open_candidates(hr)
    blind(hr)
    hr.see("3 candidates")
    # Three are few: the page says that a pseudonym hides little.
    hr.see("3 students meet the conditions.")
    first = hr.page.locator(".candidate").first.get_attribute("id") or ""
    pseudonym = first.removeprefix("candidate-")
    star = card(hr, pseudonym).get_by_role("button", name=re.compile("in the shortlist"))
    starred = card(hr, pseudonym).locator('[aria-pressed="true"]')
    for undone in (True, False):
        star.click()
        starred.wait_for()
        if undone:
            people.press(hr, "Undo")
            starred.wait_for(state="detached")
    last = hr.page.locator(".candidate").last
    unfit = last.get_attribute("id") or ""
    last.get_by_role("button", name=re.compile("not a fit")).click()
    hr.page.locator(f"#{unfit}").wait_for(state="detached")
    people.press(hr, "Undo")
    hr.page.locator(f"#{unfit}").wait_for()
    hr.page.get_by_role("link", name=re.compile("^Shortlist")).first.click()
    hr.page.wait_for_url(re.compile("/shortlist"))
    assert hr.page.locator(".candidate").count() == 1
    blind(hr)
    return pseudonym


def _notes(hr: Visitor, pseudonym: str) -> None:
    hr.page.get_by_role("link", name=f"Candidate {pseudonym}").click()
    hr.page.wait_for_url(re.compile(f"/candidates/{pseudonym}"))
    people.fill(hr, {"Note": NOTE})
    people.press(hr, "Keep the note")
    hr.see(NOTE)
    people.fill(hr, {"New tag": TAG})
    people.press(hr, "Add")
    hr.page.get_by_role("button", name=f"Remove the tag “{TAG}”").wait_for()
    blind(hr)
    hr.shot("hr-candidate")


def _compares(hr: Visitor) -> None:
    people.open_candidates(hr)
    for number in range(3):
        hr.page.locator('.candidate [name="c"]').nth(number).check()
    people.press(hr, "Compare the chosen")
    hr.page.wait_for_url(re.compile("/compare"))
    assert hr.page.locator("thead th").count() == 3
    blind(hr)
    hr.shot("hr-compare")
    before = hr.page.viewport_size
    hr.page.set_viewport_size(PHONE)
    _compares_on_a_phone(hr.page)
    hr.page.set_viewport_size(before)


def _compares_on_a_phone(page: Page) -> None:
    """Two beside one another, what it is about above them, who is who in sight all the way."""

    def box(locator: Locator) -> FloatRect:
        found = locator.bounding_box()
        assert found is not None
        return found

    area = page.get_by_role("group", name="Comparison of candidates")
    end = box(area)["x"] + box(area)["width"]
    first, second, third = (box(head) for head in page.locator("thead th").all())
    assert first["y"] == second["y"]
    assert second["x"] + second["width"] < end
    assert third["x"] < end < third["x"] + third["width"], "its edge says that there is more"
    label = page.get_by_role("rowheader", name="Year of study")
    for number, head in enumerate((first, second)):
        cell = box(label.locator("xpath=following-sibling::td").nth(number))
        assert cell["y"] >= box(label)["y"] + box(label)["height"]
        assert (cell["x"], cell["width"]) == (head["x"], head["width"])
    page.get_by_role("rowheader", name="Contact").scroll_into_view_if_needed()
    assert box(page.locator("thead th").first)["y"] >= box(area)["y"]
    page.locator("thead th").last.scroll_into_view_if_needed()
    assert box(label)["x"] == box(area)["x"] + 1, "the border's width"


def _keeps_a_search(hr: Visitor) -> None:
    people.open_candidates(hr)
    hr.open(f"{hr.page.url}?year=3")
    panel = hr.page.locator("#saved-searches")
    panel.locator("summary").click()
    people.fill(hr, {"Name of the search": SEARCH})
    people.press(hr, "Keep this search")
    link = hr.page.locator("#saved-searches").get_by_role("link", name=SEARCH)
    assert (link.get_attribute("href") or "").endswith("?year=3")


def download(person: Visitor, link: Locator, folder: Path) -> Path:
    with person.page.expect_download() as waiting:
        link.click()
    path = folder / waiting.value.suggested_filename
    waiting.value.save_as(path)
    return path


def _takes_the_list_away(hr: Visitor, folder: Path) -> None:
    """The three files tell the same, in the order of the page, and no name."""
    people.open_candidates(hr)
    shown = [
        (one.get_attribute("id") or "").removeprefix("candidate-")
        for one in hr.page.locator(".candidate").all()
    ]
    paths = {
        kind: download(hr, hr.page.get_by_role("link", name=kind, exact=True), folder)
        for kind in ("CSV", "XLSX", "PDF")
    }
    text = paths["CSV"].read_text("utf-8-sig")
    table = list(csv.reader(io.StringIO(text)))
    assert [row[1] for row in table[1:]] == shown
    sheet = load_workbook(paths["XLSX"]).active
    assert sheet is not None
    cells = [["" if cell is None else str(cell) for cell in row] for row in sheet.values]
    assert cells == table
    pages = [page.extract_text() for page in PdfReader(paths["PDF"]).pages]
    printed = re.findall("|".join(shown), "\n".join(pages))
    assert printed == shown
    assert TAG in text
    assert [name for name in (text, *pages) if WHO.search(name)] == []


def _email_of(server: Server, pseudonym: str) -> str:
    """Of whom HR has chosen without knowing them."""
    with server.beside():
        candidate = db.session.scalars(
            sa.select(Candidate).where(Candidate.pseudonym == pseudonym)
        ).one()
        return candidate.profile.user.email


def _asks_for_a_contact(
    server: Server, day: Day, hr: Visitor, staff: Visitor, student: Visitor
) -> None:
    """The staff ask for a change first; the student hears of it once it is good."""
    hr.page.get_by_role("link", name=re.compile("^Shortlist")).first.click()
    people.request_contact(hr, MESSAGE)
    student.open("/requests")
    student.see("No requests here")
    staff.open("/staff/moderation?kind=contact")
    title = staff.page.locator("#case-title").first.inner_text()
    people.decide(staff, title, "Return for a change", "message-empty", "Назовите сроки.")
    letter = server.mailbox.wait_for(day.hr, "Назовите сроки.")
    assert WHO.search(letter.as_string()) is None
    hr.open(people.first_request(hr))
    hr.see("Назовите сроки.")
    people.press(hr, "Change the request", role="link")
    hr.page.get_by_label("Message to the candidate").fill(f"{MESSAGE} Начало в июне.")
    people.press(hr, "Send to the university")
    hr.page.wait_for_url(re.compile(r"/requests/\d+$"))
    people.decide(staff, title, "Approve")
    student.open(people.first_request(student, "/requests"))
    student.see("Начало в июне.")
    hr.open(people.first_request(hr))
    blind(hr)
    people.press(student, "Agree and open my contacts")
    student.see(day.hr)
    hr.open(people.first_request(hr))
    assert WHO.search(hr.page.inner_text("#contacts"))


def _converses(hr: Visitor, student: Visitor, folder: Path) -> None:
    people.fill(hr, {"Message": "Вот задание: <b>решите</b>!"})
    hr.page.get_by_label("Files").set_input_files([FILE])  # type: ignore[list-item]
    people.press(hr, "Send")
    hr.see("Вот задание: <b>решите</b>!")
    student.open(people.first_request(student, "/requests"))
    student.see("Вот задание: <b>решите</b>!")
    path = download(student, student.page.get_by_role("link", name="Задание.txt"), folder)
    assert path.read_bytes() == FILE["buffer"]
    people.fill(student, {"Message": "Решила."})
    people.press(student, "Send")
    student.see("Решила.")
    hr.open(people.first_request(hr))
    hr.see("Решила.")
    hr.see("seen")
    hr.shot("hr-thread")


def entry(path: Path) -> str:
    """What a calendar would show of the one entry of this file."""
    (event,) = Calendar.from_ical(path.read_bytes()).walk("VEVENT")
    return f"{event['summary']} · {event['location']}"


def _meets(
    server: Server, day: Day, hr: Visitor, student: Visitor, pseudonym: str, folder: Path
) -> None:
    """HR offers two times, the student picks the second; both calendars have it."""
    people.press(hr, "Offer times", role="link")
    with server.beside():
        tomorrow = f"{local_today() + timedelta(days=1)}"
    for number, at in enumerate(("11:00", "16:30"), start=1):
        row = hr.page.get_by_role("group", name=f"Time {number}", exact=True)
        row.get_by_label("Date").fill(tomorrow)
        row.get_by_label("Time", exact=True).fill(at)
    people.fill(hr, {"Place": "Проходная, корпус 5"})
    hr.shot("hr-times")
    people.press(hr, "Offer these times")
    hr.see("Times are offered: 2.")
    student.open(people.first_request(student, "/requests"))
    free = student.page.locator(".slot")
    assert free.count() == 2
    free.filter(has_text="16:30").get_by_role("button").click()
    student.see("The interview is agreed.")
    hr.open(people.first_request(hr))
    own = download(hr, hr.page.get_by_role("link", name="Into my calendar"), folder)
    assert entry(own) == f"Interview: candidate {pseudonym}, {TITLE} · Проходная, корпус 5"
    assert WHO.search(own.read_text()) is None
    theirs = download(student, student.page.get_by_role("link", name="Into my calendar"), folder)
    assert "16:30" in student.page.locator(".interview").inner_text()
    assert TITLE in entry(theirs)
    letter = server.mailbox.wait_for(day.hr, "chose a time")
    kinds = [part.get_content_type() for part in letter.walk()]
    assert "text/calendar" in kinds
    assert WHO.search(letter.as_string()) is None


def _leads_to_the_offer(hr: Visitor, student: Visitor) -> None:
    """Who is offered times is at the interview; an offer is taken back and made again."""
    people.open_candidates(hr)
    hr.page.get_by_role("link", name=re.compile("^Stages")).first.click()
    hr.page.wait_for_url(re.compile("/board"))
    of_stage = "section[aria-labelledby=stage-{}] .board__card"
    hr.page.locator(of_stage.format("interview")).wait_for()
    for undone in (True, False):
        people.click(hr, hr.page.get_by_role("button", name=re.compile("Make an offer")))
        hr.page.locator(of_stage.format("offer")).wait_for()
        if undone:
            people.press(hr, "Undo")
            hr.page.locator(of_stage.format("interview")).wait_for()
    hr.shot("hr-board")
    student.open(people.first_request(student, "/requests"))
    people.press(student, "Accept the offer")
    student.page.locator("#stage [aria-current=step]", has_text="Hired").wait_for()


def _answers_an_application(hr: Visitor, student: Visitor, name: str) -> None:
    """A kind refusal with a reason; name and contacts are hidden again."""
    student.open("/vacancies")
    student.page.get_by_role("link", name=TITLE).first.click()
    people.press(student, "Apply for the vacancy", role="link")
    student.page.get_by_label(re.compile("A few words")).fill(APPLICATION)
    people.press(student, "Apply and open these data")
    student.see("It owes you an answer.")
    people.open_candidates(hr)
    hr.page.get_by_role("link", name=re.compile("^Applied")).first.click()
    people.press(hr, name, role="link")
    hr.see(APPLICATION)
    hr.page.locator("#refusal summary").click()
    hr.page.get_by_label("The place is taken").check()
    people.fill(hr, {"A word to the student": "Приходите на практику летом."})
    people.press(hr, "Decline the application")
    hr.see("The student has got a kind letter")
    blind(hr)
    people.press(hr, "Candidate ", role="link")
    hr.see("Name and contacts are hidden again.")
    blind(hr)
    student.open("/applications")
    student.page.get_by_role("link", name=TITLE).first.click()
    student.see("Приходите на практику летом.")
