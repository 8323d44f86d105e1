"""What the persons of the story do, page by page, as they would."""

from __future__ import annotations

import re

from tests.browser.conftest import Server, Visitor

PASSWORD = "correct horse battery staple"


def press(person: Visitor, name: str, *, role: str = "button") -> None:
    """Click the first control of that accessible name that can be seen."""
    pattern = re.compile(rf"^{re.escape(name)}")
    person.page.get_by_role(role, name=pattern).first.click()  # type: ignore[arg-type]


def fill(person: Visitor, values: dict[str, str]) -> None:
    """Type into the fields of these labels (a required one's star is not part of its name)."""
    for label, value in values.items():
        pattern = re.compile(rf"^{re.escape(label)}\s*\*?$")
        person.page.get_by_label(pattern).first.fill(value)


def choose(person: Visitor, label: str, value: str) -> None:
    """Take the option of that value in the first list of that label."""
    pattern = re.compile(rf"^{re.escape(label)}\s*\*?$")
    person.page.get_by_label(pattern).first.select_option(value)


def tick(person: Visitor, *labels: str) -> None:
    for label in labels:
        person.page.get_by_label(label, exact=True).first.check()


def sign_in(person: Visitor, email: str) -> None:
    person.open("/sign-in")
    fill(person, {"E-mail": email, "Password": PASSWORD})
    press(person, "Sign in")
    person.page.wait_for_url(re.compile(r"/(profile|hr|company|staff)"))


def make_staff(server: Server, person: Visitor, email: str, name: str) -> None:
    """The administrator makes the account at the command line; its owner signs in."""
    server.flask(
        "create-user", email, "--name", name, "--role", "staff", "--locale", "en",
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
        staff.page.get_by_label("What the author will read").fill(note)
    press(staff, verdict)
    done = re.compile("Approved|Returned|Rejected|counts as the first")
    staff.page.get_by_text(done).first.wait_for()
