"""The moderator's day at the demo university: take a case, answer with a ready text, decide on
several at once and take it back, look into a report. With scripts and without."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from bridge.demo.people import PASSWORD
from tests.browser import people
from tests.browser.conftest import Server, Visitor

WAITING = re.compile(r"(\d+) awaits? a decision|(\d+) await a decision")


@pytest.fixture(params=["scripts", "no-scripts"])
def scripts(request: pytest.FixtureRequest) -> bool:
    return bool(request.param == "scripts")


@pytest.fixture
def staff(university: Server, chromium: Browser, scripts: bool) -> Iterator[Visitor]:
    context = chromium.new_context(
        java_script_enabled=scripts, locale="en-US", viewport={"width": 1440, "height": 900}
    )
    context.set_default_timeout(30_000)
    visitor = Visitor(context.new_page(), university.url)
    visitor.watch()
    visitor.open("/sign-in")
    visitor.page.locator("[name=email]").fill("staff@demo.test")
    visitor.page.locator("[name=password]").fill(PASSWORD)
    visitor.page.locator("[name=password]").press("Enter")
    visitor.page.locator("#account-menu").wait_for()
    if visitor.page.locator("html").get_attribute("lang") != "en":
        visitor.page.locator(".tools button[value=en]").click()
        visitor.page.locator("html[lang=en]").wait_for(state="attached")
    yield visitor
    visitor.shot("moderator")
    context.close()
    assert visitor.troubles == []


def waiting(staff: Visitor) -> int:
    found = WAITING.search(staff.page.locator(".page-heading").inner_text())
    assert found is not None
    return int(found[1] or found[2])


def open_first(staff: Visitor, query: str) -> str:
    """Open the first case of this part of the queue; its address."""
    staff.open(f"/staff/moderation?{query}")
    staff.page.locator(".queue-item").first.click()
    staff.page.wait_for_url(re.compile(r"/staff/moderation/\d+"))
    return staff.page.url


@pytest.mark.repeated
def test_the_moderators_day(staff: Visitor, scripts: bool) -> None:
    _look_over_the_queue(staff)
    _return_with_a_ready_answer(staff)
    _take_and_release(staff)
    _decide_on_several_and_take_it_back(staff, scripts)
    _look_into_a_report(staff)
    if scripts:
        _by_keys_alone(staff)


def _look_over_the_queue(staff: Visitor) -> None:
    staff.open("/staff/moderation")
    whole = waiting(staff)
    assert whole >= 30
    items = staff.page.locator(".queue-item")
    assert items.count() == min(whole, 50)
    assert "overdue by" in items.first.inner_text()
    staff.page.get_by_role("link", name=re.compile("^Flagged")).click()
    staff.page.wait_for_url(re.compile("flagged=1"))
    assert 0 < staff.page.locator(".queue-item").count() < whole
    staff.page.go_back()
    assert staff.page.locator(".queue-item").count() == items.count()
    staff.page.get_by_role("button", name="Keys").click()
    staff.page.get_by_text("take or release the case").wait_for()
    staff.page.keyboard.press("Escape")


def _return_with_a_ready_answer(staff: Visitor) -> None:
    staff.open("/staff/moderation?kind=contact&flagged=1&q=")
    # One that no colleague works on.
    marked = staff.page.locator(".queue-item", has_text=re.compile("in the text"))
    marked.filter(has_not_text=re.compile("with [A-ZА-Я]")).first.click()
    address = staff.page.url
    staff.page.locator("mark.risk").first.wait_for()
    answers = staff.page.get_by_label("Ready answer")
    answers.select_option(label="Уберите контакты")
    people.press(staff, "Insert")
    note = staff.page.get_by_label("What the author will read")
    text = note.input_value()
    assert "контакты откроются" in text or "contacts open" in text
    people.press(staff, "Return for a change")
    staff.page.get_by_text(re.compile("^Returned for a change")).first.wait_for()
    staff.open(address)
    staff.page.get_by_text(text).first.wait_for()


def _take_and_release(staff: Visitor) -> None:
    address = open_first(staff, "kind=skill")
    people.press(staff, "Take it")
    staff.page.get_by_text("with you").first.wait_for()
    staff.open("/staff/moderation?mine=1&kind=skill")
    staff.page.get_by_text("with you").first.wait_for()
    staff.open(address)
    people.press(staff, "Release")
    staff.page.get_by_role("button", name="Take it").wait_for()


def _decide_on_several_and_take_it_back(staff: Visitor, scripts: bool) -> None:
    staff.open("/staff/moderation?kind=employer")
    before = waiting(staff)
    boxes = staff.page.locator(".queue-row input[type=checkbox]")
    staff.page.get_by_text("Decide on several at once").click()
    people.press(staff, "Approve the chosen")
    staff.see("Tick at least one case.")
    if scripts:
        staff.page.get_by_label("All on this page").check()
    else:
        for number in range(boxes.count()):
            boxes.nth(number).check()
    assert staff.page.locator(".queue-row input:checked").count() == boxes.count() > 1
    people.press(staff, "Approve the chosen")
    staff.see("Nobody has been told yet.")
    staff.page.get_by_text(re.compile("will be approved at")).first.wait_for()
    people.press(staff, "Take it back")
    staff.see("Taken back: the cases wait as before")
    assert waiting(staff) == before
    assert staff.page.get_by_text(re.compile("will be approved at")).count() == 0


def _look_into_a_report(staff: Visitor) -> None:
    address = open_first(staff, "kind=report")
    staff.page.get_by_role("link", name="Read the conversation").click()
    staff.see("That is recorded in the audit log.")
    staff.open(address)
    people.press(staff, "Warn")
    assert staff.page.get_by_label("What the author will read").get_attribute("aria-invalid")
    people.choose(staff, "Reason", "bypass")
    people.fill(staff, {"What the author will read": "Пишите, пожалуйста, на платформе."})
    people.press(staff, "Warn")
    staff.page.get_by_text(re.compile("^Warned")).first.wait_for()
    staff.open(address)
    staff.see("breach found")


def _by_keys_alone(staff: Visitor) -> None:
    """The place of the key counts: the letters are those of a Russian layout."""
    # Of these no colleague has taken any.
    staff.open("/staff/moderation?kind=employer")
    page = staff.page
    page.keyboard.press("KeyJ")
    page.wait_for_url(re.compile(r"/staff/moderation/\d+"))
    second = page.url
    page.keyboard.press("KeyJ")
    page.wait_for_url(lambda url: url != second)
    page.keyboard.press("KeyK")
    page.wait_for_url(second)
    # Nothing takes an approval back: of a word typed beside its field one letter does nothing.
    page.keyboard.press("KeyA")
    assert page.evaluate("document.activeElement.value") in ("approve", "no-breach")
    assert page.url == second
    # Taking the case meanwhile loses no word of what is written.
    note = page.get_by_label("What the author will read")
    note.fill("Уже написано.")
    page.get_by_role("button", name=re.compile("^(Take it|Release)")).click()
    page.get_by_role("button", name=re.compile("^(Release|Take it)")).wait_for()
    staff.see("You have taken it")
    assert note.input_value() == "Уже написано."
    note.fill("")
    note.blur()
    page.keyboard.press("Slash")
    page.keyboard.type("а")
    assert page.url == second  # typing presses no keys
    assert page.get_by_label("Search the queue").input_value() == "а"
