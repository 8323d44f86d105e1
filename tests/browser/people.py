"""What the persons of the story do, page by page, as they would."""

from __future__ import annotations

import re

from playwright.sync_api import Locator

from bridge.accounts.models import User
from bridge.accounts.passwords import hash_password
from tests.browser.conftest import Server, Visitor

PASSWORD = "correct horse battery staple"
# Whether a control posts its form.
SENDS = "one => one.type === 'submit' && one.form?.method === 'post'"


def press(person: Visitor, name: str, *, role: str = "button") -> None:
    """Click the first control of that accessible name that can be seen. What it sends is answered
    when this returns, so that whoever comes next finds it done."""
    pattern = re.compile(rf"^{re.escape(name)}")
    found = person.page.get_by_role(role, name=pattern)  # type: ignore[arg-type]
    click(person, found.filter(visible=True).first)


def click(person: Visitor, button: Locator) -> None:
    """As `press`, where the control is at hand."""
    if button.evaluate(SENDS):
        with person.page.expect_response(lambda answer: answer.request.method == "POST"):
            button.click()
    else:
        button.click()


def control(person: Visitor, label: str) -> Locator:
    """The first field of that label that can be seen (a required one's star is no part of it)."""
    pattern = re.compile(rf"^{re.escape(label)}\s*\*?$")
    return person.page.get_by_label(pattern).filter(visible=True).first


def fill(person: Visitor, values: dict[str, str]) -> None:
    """Type into the fields of these labels."""
    for label, value in values.items():
        control(person, label).fill(value)


def choose(person: Visitor, label: str, value: str) -> None:
    """Take the option of that value in the list of that label."""
    control(person, label).select_option(value)


def tick(person: Visitor, *labels: str) -> None:
    for label in labels:
        person.page.get_by_label(label, exact=True).filter(visible=True).first.check()


def sign_in(person: Visitor, email: str) -> None:
    person.open("/sign-in")
    fill(person, {"E-mail": email, "Password": PASSWORD})
    press(person, "Sign in")
    person.page.wait_for_url(re.compile(r"/(profile|hr|company|staff)"))


def let_sign_in(*users: User) -> None:
    """In English, with the password of all these tests."""
    for user in users:
        user.password_hash = hash_password(PASSWORD)
        user.locale = "en"


def make_staff(server: Server, person: Visitor, email: str, name: str, role: str = "staff") -> None:
    """The administrator makes the account at the command line; its owner signs in."""
    server.flask(
        "create-user", email, "--name", name, "--role", role, "--locale", "en",
        "--password-stdin", text=f"{PASSWORD}\n",
    )  # fmt: skip
    sign_in(person, email)


def register_student(server: Server, person: Visitor, email: str, name: str) -> None:
    person.open("/")
    press(person, "I am a student", role="link")
    fill(person, {"First name and surname": name, "E-mail": email, "Password": PASSWORD})
    choose(person, "Language", "en")
    press(person, "Register")
    person.see("Look into your mailbox")
    person.open(server.mailbox.link(email, "/confirm/"))
    press(person, "Confirm")
    if "/sign-in" in person.page.url:
        sign_in(person, email)


def write_profile(person: Visitor) -> None:
    """Section by section, with a skill by its Russian alias and one nobody knows yet."""
    person.open("/profile/studies")
    person.page.get_by_label("Direction of study").select_option(index=1)
    choose(person, "Level of education", "bachelor")
    fill(person, {"Year of study": "3", "Month of graduation": "2028-06"})
    press(person, "Save")
    person.open("/profile/readiness")
    fill(person, {"City": "Королёв", "Hours a week": "24"})
    tick(person, "Internship", "Job")
    press(person, "Save")
    person.open("/profile/skills")
    fill(person, {"Skills": "питон, МКЭ, САПР, плетение парусов из майлара"})
    press(person, "Save")
    person.see("плетение парусов из майлара")
    person.open("/profile/languages")
    choose(person, "Language", "en")
    choose(person, "Level", "B2")
    press(person, "Save")
    person.open("/profile/about")
    fill(
        person,
        {
            "About yourself in a few sentences": "Считаю прочность конструкций из композитов.",
            "What work you would like": "Расчёты и испытания.",
            "Phone": "+7 916 123-45-67",
            "Messenger": "@svetlana_space",
        },
    )
    press(person, "Save")
    add_entries(person)


def add_entries(person: Visitor) -> None:
    person.open("/profile/project/new")
    fill(
        person,
        {
            "Name of the project": "Антенна CubeSat",
            "What you did and what came of it": "Посчитала раскрытие антенны методом МКЭ.",
        },
    )
    press(person, "Save")
    person.open("/profile/course/new")
    fill(person, {"Name of the course": "Строительная механика ракет"})
    press(person, "Save")
    person.open("/profile/link/new")
    fill(person, {"What is there": "Code", "Link": "https://example.org/svetlana-code"})
    press(person, "Save")
    person.see("Антенна CubeSat")


def apply_as_employer(server: Server, person: Visitor, email: str) -> None:
    person.open("/employers/apply")
    fill(
        person,
        {
            "Name of the enterprise": "АО «Орбита-Тест»",
            "INN": "7707083890",
            "Site": "orbita.example",
            "City": "Королёв",
            "First name and surname": "Анна Кадрова",
            "Position": "HR deputy",
            "Phone": "+7 495 123-45-67",
            "Work e-mail": email,
            "Password": PASSWORD,
        },
    )
    press(person, "Send the application")
    # The checksum is wrong: told at the field, and what was typed is kept.
    assert person.page.get_by_label("INN").get_attribute("aria-invalid") == "true"
    assert person.page.get_by_label("First name and surname").input_value() == "Анна Кадрова"
    fill(person, {"INN": "7707083893", "Password": PASSWORD})
    press(person, "Send the application")
    person.open(server.mailbox.link(email, "/confirm/"))
    press(person, "Confirm")
    if "/sign-in" in person.page.url:
        sign_in(person, email)


def write_vacancy(person: Visitor) -> None:
    person.open("/hr/vacancies/new")
    choose(person, "Kind", "internship")
    fill(
        person,
        {
            "Title": "Стажёр-расчётчик",
            "What the work is": "Расчёты прочности конструкций из композитов методом "
            "конечных элементов, скрипты на Python.",
            "Required skills": "Python, метод конечных элементов",
            "Desirable skills": "Git",
            "City": "Королёв",
            "Hours a week": "20",
            "Year of study from": "2",
            "Year of study to": "4",
            "Pay from, roubles a month": "45000",
        },
    )
    tick(person, "Bachelor")
    press(person, "Submit for approval")


def decide(staff: Visitor, title: str, verdict: str, reason: str = "", note: str = "") -> None:
    """Staff open the case of that title from the queue and give their verdict."""
    staff.open("/staff/moderation")
    staff.page.get_by_role("link", name=re.compile(re.escape(title))).first.click()
    staff.page.get_by_role("heading", name=title, level=2).wait_for()
    if reason:
        choose(staff, "Reason", reason)
    if note:
        control(staff, "What the author will read").fill(note)
    press(staff, verdict)
    done = re.compile("Approved|Returned|Rejected|counts as the first")
    staff.page.get_by_text(done).first.wait_for()


def open_candidates(hr: Visitor) -> None:
    """Of the vacancy that `write_vacancy` wrote."""
    hr.open("/hr/vacancies")
    hr.page.get_by_role("link", name=re.compile("^Стажёр-расчётчик|^Candidates")).first.click()
    if "/candidates" not in hr.page.url:
        hr.page.get_by_role("link", name=re.compile("^Candidates")).first.click()
    hr.page.wait_for_url(re.compile("/candidates"))


def request_contact(hr: Visitor, message: str) -> None:
    """Ask for the first candidate of the list on the page: too briefly at first."""
    hr.page.get_by_role("link", name="Request a contact").first.click()
    hr.page.get_by_label("Message to the candidate").fill("Коротко")
    press(hr, "Send to the university")
    hr.see("Write from 30 to 2,000 characters.")
    assert hr.page.get_by_label("Message to the candidate").input_value() == "Коротко"
    hr.page.get_by_label("Message to the candidate").fill(message)
    press(hr, "Send to the university")
    hr.page.wait_for_url(re.compile(r"/requests"))


def first_request(person: Visitor, listing: str = "/hr/requests") -> str:
    """The address of the first request of the list."""
    person.open(listing)
    addresses = [link.get_attribute("href") or "" for link in person.page.locator("main a").all()]
    return next(one for one in addresses if re.fullmatch(r"/requests/\d+", one))
