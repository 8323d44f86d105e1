"""Putting a comparison together: what was ticked goes along from page to page."""

from __future__ import annotations

import re

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from bridge.employers.models import Member
from bridge.vacancies.models import Vacancy
from tests.candidates.test_pages import pseudonyms
from tests.client import sign_in
from tests.factories import make_student, make_vacancy


def boxes(page: TestResponse, *, checked: bool) -> list[str]:
    """The candidates whose box on the page is ticked, or is not."""
    found = re.findall(r'<input type="checkbox"[^>]* name="c" value="([^"]*)"([^>]*)', page.text)
    return [name for name, rest in found if (" checked" in rest) is checked]


def test_up_to_four_are_compared(client: FlaskClient, member: Member, vacancy: Vacancy) -> None:
    for _ in range(5):
        make_student(skills=("python",))
    sign_in(client, member.user)
    known = pseudonyms(client.get(f"/hr/vacancies/{vacancy.id}/candidates"))
    address = f"/hr/vacancies/{vacancy.id}/compare"
    two = client.get(f"{address}?c={known[0]}&c={known[1]}&c={known[1]}&c=%00&c=ЯЯЯ")
    assert [name for name in known if f"Candidate {name}" in two.text] == known[:2]
    five = client.get(address + "?" + "&".join(f"c={name}" for name in known))
    assert [name for name in known if f"Candidate {name}" in five.text] == known[:4]
    assert "At most 4 candidates" in five.text
    assert "Choose at least two" in client.get(f"{address}?c={known[0]}").text


def test_who_was_chosen_on_another_page_stays_chosen(
    client: FlaskClient, member: Member, vacancy: Vacancy
) -> None:
    for _ in range(22):
        make_student(skills=("python",))
    foreign = make_vacancy(member.employer)
    sign_in(client, member.user)
    stranger = pseudonyms(client.get(f"/hr/vacancies/{foreign.id}/candidates"))[0]
    address = f"/hr/vacancies/{vacancy.id}/candidates"
    first, second = (pseudonyms(client.get(f"{address}?page={page}")) for page in (1, 2))
    chosen = [first[3], second[0]]
    names = [*chosen, chosen[0], stranger, "%00", "ЯЯЯ", "<b>"]
    query = "&".join(f"c={name}" for name in names)

    def boxes(page: TestResponse, checked: bool) -> list[str]:
        found = re.findall(
            r'<input type="checkbox"[^>]* name="c" value="([^"]*)"([^>]*)', page.text
        )
        return [value for value, rest in found if (" checked" in rest) is checked]

    for number, shown in ((1, first), (2, second)):
        page = client.get(f"{address}?{query}&page={number}")
        assert pseudonyms(page) == shown
        assert sorted(boxes(page, checked=True)) == sorted(chosen)
        assert boxes(page, checked=False) == [name for name in shown if name not in chosen]
        # The filters may be reset without the choice, and the choice cleared without the filters.
        reset = f"{address}?c={chosen[0]}&amp;c={chosen[1]}"
        assert f'href="{reset}">Reset' in page.text
        assert (
            re.search(r'href="([^"]*)">Clear the choice', page.text)[1]
            == f"{address}?page={number}"
        )
    # Nobody meets the filter: the choice is still there.
    nobody = client.get(f"{address}?{query}&year=6")
    assert (pseudonyms(nobody), boxes(nobody, checked=True)) == ([], chosen)
    compared = client.get(f"/hr/vacancies/{vacancy.id}/compare?{query}&year=2&q=<i>")
    assert [name for name in (*first, *second) if f"Candidate {name}" in compared.text] == chosen
    (back,) = re.findall(rf'href="{address}\?([^"]*)"', compared.text)
    assert f"c={chosen[1]}" in back
    assert "year=2" in back
    assert "<" not in back
