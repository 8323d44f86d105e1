"""What the keyboard does for an HR deputy: keys of the list, the palette, the counts that follow
what is written. Without scripts the same is there by links and buttons."""

from __future__ import annotations

import re
from collections.abc import Callable

from bridge.extensions import db
from tests.browser import people
from tests.browser.conftest import Server, Visitor
from tests.contacts.scene import Scene, make_scene
from tests.factories import make_student


def prepare(server: Server) -> tuple[str, int]:
    """The member's address and the vacancy, which two students suit."""
    with server.beside():
        scene: Scene = make_scene()
        people.let_sign_in(scene.member.user)
        make_student(skills=("python", "sql"), year_of_study=2)
        db.session.commit()
        return scene.member.user.email, scene.vacancy.id


def test_keys_palette_and_preview(
    server: Server, visitors: Callable[..., Visitor], scripts: bool
) -> None:
    address, vacancy_id = prepare(server)
    hr = visitors(locale="en-US")
    # The first search reads the vocabulary and builds the index.
    hr.page.set_default_navigation_timeout(60_000)
    people.sign_in(hr, address)
    hr.open(f"/hr/vacancies/{vacancy_id}/candidates")
    if scripts:
        _walks_the_list(hr, vacancy_id)
        _goes_by_the_palette(hr)
    else:
        hr.open("/pages")
        people.press(hr, "Company", role="link")
        hr.page.wait_for_url("**/company")
    _sees_the_counts_follow(hr, vacancy_id, scripts)
    _chooses_over_pages(server, hr, vacancy_id, scripts)
    if scripts:
        _loses_nothing_that_is_typed(hr, vacancy_id)
        _switches_the_keys_off(hr, vacancy_id)


def _walks_the_list(hr: Visitor, vacancy_id: int) -> None:
    keyboard = hr.page.keyboard
    names = hr.page.locator(".candidate__name a").all_inner_texts()
    assert len(names) == 2
    for key, at in (("j", 0), ("j", 1), ("k", 0)):
        keyboard.press(key)
        assert hr.page.evaluate("document.activeElement.textContent") == names[at]
    # By the place of the key: what a Russian layout types there is another letter.
    hr.page.evaluate(
        """() => document.activeElement.dispatchEvent(
             new KeyboardEvent("keydown", {code: "KeyS", key: "ы", bubbles: true}))"""
    )
    hr.see(f"{names[0]} is in the shortlist.")
    assert hr.page.evaluate("document.activeElement.textContent") == names[0]
    for key in ("c", "j", "c", "v"):
        keyboard.press(key)
    hr.page.wait_for_url("**/compare?*c=*&c=*")
    hr.open(f"/hr/vacancies/{vacancy_id}/candidates")
    keyboard.press("h")
    hr.see("Keys of the list")
    keyboard.press("Escape")
    keyboard.press("j")
    keyboard.press("o")
    hr.page.wait_for_url(f"**/hr/vacancies/{vacancy_id}/candidates/*")
    hr.shot("keys-candidate")


def _goes_by_the_palette(hr: Visitor) -> None:
    page = hr.page
    page.keyboard.press("Control+k")
    dialog = page.get_by_role("dialog")
    dialog.wait_for()
    assert page.evaluate("document.activeElement.type") == "search"
    page.keyboard.type("no such page")
    dialog.get_by_text("Nothing is called so.").wait_for()
    page.keyboard.press("Escape")
    page.keyboard.press("Control+k")
    page.keyboard.type("comp")
    hr.shot("keys-palette")
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.textContent").strip() == "Company"
    page.keyboard.press("Enter")
    page.wait_for_url("**/company")


def _sees_the_counts_follow(hr: Visitor, vacancy_id: int, scripts: bool) -> None:
    page = hr.page
    hr.open(f"/hr/vacancies/{vacancy_id}/edit")
    assert page.locator("#reach strong").inner_text() == "2"
    people.fill(hr, {"Title": "Another title", "Year of study from": "3"})
    if scripts:
        with page.expect_response(lambda answer: answer.request.method == "POST"):
            page.get_by_label("Title").focus()
        page.locator("#reach strong", has_text="1").wait_for()
        assert page.evaluate("document.activeElement.name") == "title"
    else:
        people.press(hr, "Count again")
        assert page.locator("#reach strong").inner_text() == "1"
    hr.see("without it 1 more")
    assert page.get_by_label("Title").input_value() == "Another title"
    hr.open(f"/hr/vacancies/{vacancy_id}/edit")
    assert page.get_by_label("Title").input_value() != "Another title"


def _chooses_over_pages(server: Server, hr: Visitor, vacancy_id: int, scripts: bool) -> None:
    """A comparison is put together from several pages, whatever is filtered in between."""
    with server.beside():
        for _number in range(20):
            make_student(skills=("python", "sql"), year_of_study=3)
    hr.open(f"/hr/vacancies/{vacancy_id}/candidates")
    boxes = hr.page.locator('.candidate [name="c"]')
    bar = hr.page.get_by_role("group", name="Comparison")
    assert not bar.get_by_role("link", name="Clear the choice").is_visible()
    first = boxes.first.get_attribute("value")
    boxes.first.check()
    people.press(hr, "Next page")
    hr.page.wait_for_url("**page=2**")
    bar.get_by_text(first or "").wait_for()
    second = boxes.last.get_attribute("value")
    boxes.last.check()
    # Without scripts it says how many came along.
    bar.get_by_text(f"Chosen: {2 if scripts else 1}").wait_for()
    hr.shot("hr-choosing")
    people.press(hr, "Page 1")
    bar.get_by_text(second or "").wait_for()
    assert (boxes.count(), boxes.first.is_checked()) == (20, True)
    bar.get_by_text("Chosen: 2").wait_for()
    hr.page.locator('[name=year][value="2"]').check(force=True)
    hr.page.get_by_role("button", name="Apply", exact=True).click()
    hr.page.wait_for_url("**year=2**")
    people.press(hr, "Compare the chosen")
    hr.page.wait_for_url("**/compare?**")
    assert [
        first in name or second in name for name in hr.page.locator("thead th").all_inner_texts()
    ] == [True, True]
    hr.page.go_back()
    hr.page.wait_for_url("**/candidates?**year=2**")
    hr.page.get_by_role("list").locator(".candidate").first.wait_for()
    assert hr.page.get_by_role("table").count() == 0
    hr.page.go_forward()
    hr.page.get_by_role("table").wait_for()
    hr.page.get_by_role("navigation", name="Breadcrumbs").get_by_role("link").last.click()
    hr.page.wait_for_url("**/candidates?**year=2**")
    assert hr.page.locator('[name="c"]:checked').count() == 2
    people.press(hr, "Clear the choice", role="link")
    hr.page.wait_for_function("!document.querySelector('[name=c]:checked')")
    assert "c=" not in hr.page.url


def _loses_nothing_that_is_typed(hr: Visitor, vacancy_id: int) -> None:
    """What one form brings undoes nothing in another, and nobody leaves a text by mistake."""
    page = hr.page
    hr.open(f"/hr/vacancies/{vacancy_id}/candidates")
    for number in range(2):
        page.locator('.candidate [name="c"]').nth(number).check()
    page.get_by_role("button", name=re.compile("in the shortlist")).last.click()
    hr.see("is in the shortlist.")
    assert page.locator(".candidate :checked").count() == 2
    page.locator(".candidate__name a").first.click()
    note = page.get_by_role("textbox", name="Note")
    tag = page.get_by_label("New tag")
    note.fill("Позвонить в четверг.")
    tag.fill("резерв")
    people.press(hr, "Add")
    hr.see("Tagged “резерв”.")
    assert (note.input_value(), tag.input_value()) == ("Позвонить в четверг.", "")
    assert page.evaluate("document.activeElement.textContent").strip() == "Add"
    address, asked = page.url, []
    page.once("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    page.get_by_role("link", name="Company").click(no_wait_after=True)
    page.wait_for_timeout(300)
    assert (asked, page.url) == (["beforeunload"], address)
    # Another form asks as well, each time: whoever stayed has not sent it.
    for number in (2, 3):
        page.once("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
        page.evaluate(
            "setTimeout(() => document.querySelector('[action=\"/sign-out\"]').requestSubmit())"
        )
        page.wait_for_timeout(300)
        assert (len(asked), page.url) == (number, address)
    people.press(hr, "Keep the note")
    hr.see("The note is kept.")
    # Who presses «Cancel» is not asked.
    hr.open("/hr/vacancies/new")
    people.fill(hr, {"What the work is": "Расчёты."})
    page.once("dialog", lambda dialog: asked.append(dialog.type))
    page.get_by_role("link", name="Cancel").click()
    page.wait_for_url("**/hr/vacancies")
    assert len(asked) == 3
    page.get_by_role("link", name="Company").click()
    page.wait_for_url("**/company")


def _switches_the_keys_off(hr: Visitor, vacancy_id: int) -> None:
    hr.open("/appearance")
    hr.page.get_by_label("shortcuts off").check()
    people.press(hr, "Apply")
    hr.open(f"/hr/vacancies/{vacancy_id}/candidates")
    before = hr.page.evaluate("document.activeElement.tagName")
    for key in ("j", "o", "Control+k"):
        hr.page.keyboard.press(key)
    assert hr.page.evaluate("document.activeElement.tagName") == before
    assert hr.page.get_by_role("dialog").count() == 0
    assert hr.page.url.endswith("/candidates")
