"""What a page tells whoever cannot see all of it: what is wrong and where, what has just happened,
that a colleague was faster. With scripts it is spoken and the focus goes there; without, it stands
on the page that comes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import sqlalchemy as sa

from bridge.accounts.models import Role
from bridge.cases.models import Case, CaseKind
from bridge.consents import service as consents
from bridge.consents.labels import suggestions
from bridge.consents.models import Purpose
from bridge.contacts import service as contacts
from bridge.extensions import db
from tests.browser import people
from tests.browser.conftest import Server, Visitor
from tests.contacts.scene import MESSAGE, make_scene
from tests.factories import make_user

FOCUSED = "document.activeElement.name || document.activeElement.id"


def prepare(server: Server) -> tuple[list[str], int]:
    """Two of the staff by their addresses, and a case that waits for one of them."""
    with server.beside():
        staff = [make_user(Role.STAFF) for _number in range(2)]
        people.let_sign_in(*staff)
        texts = suggestions()[Purpose.ACCOUNT.value]
        document = consents.draft(Purpose.ACCOUNT, texts, actor=staff[0])
        consents.publish(document, actor=None, grace=timedelta(days=30))
        scene = make_scene()
        contacts.request_contact(scene.candidate, MESSAGE, actor=scene.member.user)
        case = db.session.scalars(sa.select(Case.id).where(Case.kind == CaseKind.CONTACT)).one()
        return [one.email for one in staff], case


def test_what_happened_is_told(
    server: Server, visitors: Callable[..., Visitor], scripts: bool
) -> None:
    addresses, case = prepare(server)
    _is_led_to_the_consent(visitors(locale="en-US"), scripts)
    staff, colleague = (visitors(locale="en-US") for _number in range(2))
    for person, address in zip((staff, colleague), addresses, strict=True):
        people.sign_in(person, address)
    _hears_that_it_is_saved(staff, scripts)
    _hears_that_a_colleague_was_faster(staff, colleague, f"/staff/moderation/{case}", scripts)


def _is_led_to_the_consent(visitor: Visitor, scripts: bool) -> None:
    page = visitor.page
    visitor.open("/register")
    values = {"First name and surname": "Светлана Правова", "E-mail": "new@example.test"}
    people.fill(visitor, values | {"Password": people.PASSWORD})
    people.press(visitor, "Register")
    summary = page.get_by_role("alert")
    link = summary.get_by_role("link", name="This needs your consent")
    link.wait_for()
    if scripts:
        assert page.evaluate(FOCUSED) == "error-summary"
    link.click()
    box = page.get_by_role("checkbox", name="I have read the document and agree")
    assert box.evaluate("box => box === document.activeElement")
    # The error stands beside the box, too, and is read with it.
    described = box.get_attribute("aria-describedby") or ""
    assert "This needs your consent" in page.locator(f"#{described}").inner_text()
    assert people.control(visitor, "E-mail").input_value() == "new@example.test"


def _hears_that_it_is_saved(staff: Visitor, scripts: bool) -> None:
    staff.open("/staff/courses/new")
    people.fill(staff, {"Name in Russian": "Базы данных", "Skills that it teaches": "SQL"})
    people.press(staff, "Save")
    staff.page.wait_for_url("**/staff/courses")
    assert staff.page.get_by_role("status").get_by_text("Saved.").count() == 1
    if scripts:
        staff.page.locator("#announcement", has_text="Saved.").wait_for(state="attached")
        staff.page.reload()
        assert staff.page.locator("#announcement").inner_text() == ""


def _hears_that_a_colleague_was_faster(
    staff: Visitor, colleague: Visitor, address: str, scripts: bool
) -> None:
    for person in (staff, colleague):
        person.open(address)
    people.press(colleague, "Take it")
    colleague.page.get_by_role("button", name="Release").wait_for()
    note = staff.page.get_by_role("textbox").filter(visible=True).last
    note.fill("Спросить кафедру.")
    people.press(staff, "Take it")
    staff.see("Somebody was faster")
    if scripts:
        assert staff.page.url.endswith(address)
        assert note.input_value() == "Спросить кафедру."
        told = staff.page.locator("#announcement", has_text="Somebody was faster")
        told.wait_for(state="attached")
        staff.page.get_by_role("button", name="Dismiss").click()
        assert staff.page.locator("[data-message]").count() == 0
    else:
        people.press(staff, "Open the page anew", role="link")
        staff.page.wait_for_url(f"**{address}*")
