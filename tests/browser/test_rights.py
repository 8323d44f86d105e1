"""A student gives consents one by one, takes their data, is erased; staff search the log."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.browser import people
from tests.browser.conftest import Server, Visitor

STUDENT, NAME = "rights@example.test", "Светлана Правова"
AGREE = "I have read the document and agree"


@pytest.mark.repeated
def test_consents_data_and_erasure(
    server: Server, visitors: Callable[..., Visitor], tmp_path: Path
) -> None:
    staff, student = visitors(locale="en-US"), visitors(locale="en-US")
    server.flask("add-direction", "24.05.01", "--ru", "Ракеты", "--en", "Rockets")
    people.make_staff(server, staff, "staff@example.test", "Мария Служащая")
    for purpose in ("account", "found"):
        _publish(staff, purpose)
    staff.shot("rights-documents")
    _register(server, student)
    people.write_profile(student)
    _publish_profile(student)
    _download(student, tmp_path)
    _withdraw(student)
    _erase(student)
    server.mailbox.wait_for(STUDENT, "are erased")
    _search_the_log(staff)


def _publish(staff: Visitor, purpose: str) -> None:
    staff.open(f"/staff/consents/{purpose}/new")
    people.press(staff, "Save the draft")
    staff.see("As people will read it")
    people.press(staff, "Publish the version")
    staff.page.wait_for_url(re.compile(r"/staff/consents$"))


def _register(server: Server, student: Visitor) -> None:
    student.open("/register")
    values = {"First name and surname": NAME, "E-mail": STUDENT, "Password": people.PASSWORD}
    people.fill(student, values)
    people.choose(student, "Language", "en")
    people.press(student, "Register")
    student.see("This needs your consent")
    student.shot("rights-register")
    student.page.get_by_label(AGREE).first.check()
    people.fill(student, {"Password": people.PASSWORD})
    people.press(student, "Register")
    student.see("Look into your mailbox")
    student.open(server.mailbox.link(STUDENT, "/confirm/"))
    people.press(student, "Confirm")
    if "/sign-in" in student.page.url:
        people.sign_in(student, STUDENT)


def _publish_profile(student: Visitor) -> None:
    student.open("/profile")
    student.page.get_by_label(AGREE).first.check()
    people.press(student, "Publish")
    student.page.get_by_role("button", name="Hide from employers").wait_for()
    student.open("/consents")
    assert student.page.get_by_text("in force").count() == 2
    student.shot("rights-consents")


def _download(student: Visitor, folder: Path) -> None:
    student.open("/account/data")
    people.fill(student, {"Your password": people.PASSWORD})
    people.press(student, "Make the file")
    link = student.page.get_by_role("link", name=re.compile("^Download the file"))
    with student.page.expect_download() as waiting:
        link.first.click()
    path = folder / "mine.zip"
    waiting.value.save_as(path)
    with zipfile.ZipFile(io.BytesIO(path.read_bytes())) as file:
        data = json.loads(file.read("data.json"))
        page = file.read("data.html").decode()
    assert data["tables"]["user"][0]["email"] == STUDENT
    assert len(data["tables"]["consent"]) == 2
    assert NAME in page
    student.shot("rights-data")


def _withdraw(student: Visitor) -> None:
    student.open("/consents")
    withdraw = student.page.get_by_role("link", name=re.compile("^Withdraw.*without"))
    withdraw.first.click()
    student.see("The profile is hidden from enterprises at once")
    people.press(student, "Withdraw")
    student.see("The consent is withdrawn.")
    student.open("/profile")
    student.page.get_by_role("button", name="Publish").wait_for()


def _erase(student: Visitor) -> None:
    student.open("/account/erase")
    student.see("What goes and what stays")
    student.shot("rights-erase")
    people.fill(student, {"Your password": people.PASSWORD})
    student.page.get_by_label("Erase at once", exact=False).first.check()
    people.press(student, "Erase my account")
    student.see("Your data are erased.")
    student.open("/profile")
    student.page.wait_for_url(re.compile("/sign-in"))


def _search_the_log(staff: Visitor) -> None:
    staff.open("/admin/audit?action=user.erased")
    (row,) = staff.page.locator("tbody tr").all()
    _when, who, subject, _details = row.locator("td").all_inner_texts()
    act = row.locator("th").inner_text()
    assert (who, act, subject[:12]) == ("—", "Account erased", "Account No. ")
    staff.shot("rights-log")
    assert NAME not in staff.page.content()
    staff.open("/staff/erasures")
    staff.see("by the person")
    assert NAME not in staff.page.content()
