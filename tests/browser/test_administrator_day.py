"""An administrator's day: a letter that did not arrive, a colleague who comes and one who leaves, a
term that is over, and what the log says of it all. With scripts and without."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from bridge.accounts.models import Role, User
from bridge.database import utc_now
from bridge.extensions import db
from bridge.mail.models import MailState
from bridge.rights.service import erase_due
from tests.browser import people
from tests.browser.conftest import Server, Visitor
from tests.factories import make_letter, make_student, make_user

ADMINISTRATOR, COLLEAGUE = "admin@example.test", "vera@example.test"
LEAVING, STUDENT = "boris@example.test", "svetlana@example.test"


def prepare(server: Server) -> None:
    """A letter was refused for good; somebody never confirmed an account; two others did."""
    with server.beside():
        leaving = make_user(Role.STAFF, name="Борис Уходящий", email=LEAVING)
        reader = make_user(Role.STUDENT, name="Светлана Читательница", email=STUDENT)
        make_student(user=reader)
        unconfirmed = make_user(
            Role.STUDENT,
            name="Пётр Неподтверждённый",
            email="petr@example.test",
            email_confirmed_at=None,
            created_at=utc_now() - timedelta(days=20),
        )
        people.let_sign_in(leaving, reader, unconfirmed)
        make_letter(
            1,
            recipient=STUDENT,
            subject="The letter that came late",
            state=MailState.FAILED,
            failed_at=utc_now(),
            error="550 mailbox full",
            attempts=9,
        )


@pytest.mark.repeated
def test_a_day_of_the_administrator(
    server: Server, visitors: Callable[..., Visitor], tmp_path: Path
) -> None:
    prepare(server)
    administrator, colleague, leaving = (visitors(locale="en-US") for _ in range(3))
    people.make_staff(server, administrator, ADMINISTRATOR, "Анна Главная", role="admin")
    people.sign_in(leaving, LEAVING)
    _sends_the_letter_again(server, administrator)
    _a_colleague_comes(server, administrator, colleague)
    _another_leaves(administrator, leaving)
    _a_term_is_over(server, administrator)
    _the_log_tells(administrator, tmp_path)


def _sends_the_letter_again(server: Server, administrator: Visitor) -> None:
    administrator.open("/staff/letters")
    administrator.see("550 mailbox full")
    people.press(administrator, "Try again")
    assert server.mailbox.wait_for(STUDENT)["Subject"] == "The letter that came late"
    administrator.open("/staff/letters")
    administrator.see("Every letter has arrived")


def _a_colleague_comes(server: Server, administrator: Visitor, colleague: Visitor) -> None:
    administrator.open("/admin/accounts")
    people.press(administrator, "Invite a colleague", role="link")
    people.fill(administrator, {"First name and surname": "Вера Новая", "E-mail": "vera@"})
    people.press(administrator, "Send the invitation")
    # What was typed is kept beside the fault.
    assert people.control(administrator, "First name and surname").input_value() == "Вера Новая"
    people.fill(administrator, {"E-mail": COLLEAGUE})
    people.choose(administrator, "Role", "staff")
    people.choose(administrator, "Language", "en")
    people.press(administrator, "Send the invitation")
    colleague.open(server.mailbox.link(COLLEAGUE, "/invitation/"))
    people.fill(colleague, {"Password": people.PASSWORD})
    people.press(colleague, "Enter")
    colleague.open("/staff/moderation")
    colleague.page.get_by_role("heading", level=1).wait_for()
    # The moderator manages no accounts.
    colleague.open("/admin/accounts")
    assert colleague.page.get_by_text(LEAVING).count() == 0


def _another_leaves(administrator: Visitor, leaving: Visitor) -> None:
    administrator.open("/admin/accounts?q=Уходящий")
    people.press(administrator, "Борис Уходящий", role="link")
    people.press(administrator, "Deactivate")
    administrator.page.get_by_role("button", name="Reactivate").wait_for()
    leaving.open("/staff/moderation")
    leaving.page.wait_for_url(re.compile("/sign-in"))
    people.fill(leaving, {"E-mail": LEAVING, "Password": people.PASSWORD})
    people.press(leaving, "Sign in")
    assert leaving.page.locator("#account-menu").count() == 0


def _a_term_is_over(server: Server, administrator: Visitor) -> None:
    administrator.open("/admin/terms")
    field = people.control(administrator, "Accounts never confirmed")
    assert int(field.input_value()) > 0
    field.fill("-3")
    people.press(administrator, "Save")
    assert people.control(administrator, "Accounts never confirmed").input_value() == "-3"
    people.fill(administrator, {"Accounts never confirmed": "14"})
    people.press(administrator, "Save")
    administrator.see("Saved. Look below what is due now.")
    due = administrator.page.locator("#due tr", has_text="Accounts never confirmed")
    assert due.locator("td").last.inner_text() == "1"
    people.press(administrator, "Handle it now")
    administrator.see("1 thing was handled.")
    with server.beside():
        # At the next hour, if the server has not done so already.
        erase_due()
        assert db.session.query(User).filter_by(email="petr@example.test").count() == 0


def _the_log_tells(administrator: Visitor, folder: Path) -> None:
    administrator.open("/admin/audit")
    assert administrator.page.locator("main form[method=post]").count() == 0
    people.fill(administrator, {"Who: name or e-mail": ADMINISTRATOR})
    people.press(administrator, "Show")
    administrator.page.wait_for_url(re.compile("actor="))
    with administrator.page.expect_download() as waiting:
        people.press(administrator, "Download as CSV", role="link")
    file = folder / "log.csv"
    waiting.value.save_as(file)
    rows = list(csv.reader(io.StringIO(file.read_text(encoding="utf-8-sig")), delimiter=";"))
    acts = " ".join(" ".join(row) for row in rows)
    for act in ("user.invited", "user.deactivated", "term"):
        assert act in acts, acts
    assert "Светлана" not in acts
