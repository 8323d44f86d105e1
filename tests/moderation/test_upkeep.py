"""Ready answers, days off and settings, as staff keep them; and the filters of the queue."""

from __future__ import annotations

import sqlalchemy as sa
from flask.testing import FlaskClient

from bridge.cases.models import CaseKind, DayOff
from bridge.cases.settings import present_settings
from bridge.contacts.models import ContactRequest
from bridge.employers.models import Employer
from bridge.extensions import db
from bridge.moderation.models import AnswerTemplate
from tests.client import submit
from tests.moderation.conftest import make_case, make_known_employer
from tests.moderation.test_queue import titles

ANSWER = {
    "subject": "contact:contacts-in-message",
    "title": "Уберите контакты",
    "text_ru": "Уберите телефон.",
    "text_en": "Remove the telephone.",
}


def test_a_ready_answer_is_kept_changed_and_deleted(desk: FlaskClient) -> None:
    assert "no ready answers" in desk.get("/staff/moderation/answers").text
    new = "/staff/moderation/answers/new"
    assert submit(desk, new, ANSWER | {"text_en": ""}).status_code == 422
    assert submit(desk, new, ANSWER | {"subject": "contact:site-missing"}).status_code == 422
    assert submit(desk, new, ANSWER).status_code == 303
    kept = db.session.scalars(sa.select(AnswerTemplate)).one()
    assert (kept.kind, kept.reason_code) == (CaseKind.CONTACT, "contacts-in-message")
    page = f"/staff/moderation/answers/{kept.id}"
    stale = submit(desk, page, {"version": "7", "title": "Чужое"})
    assert stale.status_code == 409
    assert "Чужое" in stale.text
    assert submit(desk, page, {"title": "Без контактов"}).status_code == 303
    db.session.expire_all()
    assert kept.title == "Без контактов"
    assert submit(desk, page, action=f"{page}/delete").status_code == 303
    assert db.session.scalars(sa.select(AnswerTemplate)).all() == []


def test_a_ready_answer_is_inserted_in_the_language_of_its_reader(desk: FlaskClient) -> None:
    submit(desk, "/staff/moderation/answers/new", ANSWER)
    other = make_case(CaseKind.VACANCY)
    case = make_case(CaseKind.CONTACT)
    db.session.commit()
    number = str(db.session.scalars(sa.select(AnswerTemplate.id)).one())
    page = f"/staff/moderation/{case.id}"
    author = db.session.get_one(ContactRequest, case.subject_id).requested_by
    assert author is not None
    for locale, text in (("ru", ANSWER["text_ru"]), ("en", ANSWER["text_en"])):
        author.locale = locale
        db.session.commit()
        values = {"template": number, "note": "Здравствуйте!"}
        form = submit(desk, page, values)  # without a verdict nothing happens
        assert form.status_code == 400
        token = desk.get(page).text.split('name="csrf_token" value="')[1].split('"')[0]
        inserted = desk.post(f"{page}/insert", data={**values, "csrf_token": token})
        assert inserted.status_code == 200
        assert f"Здравствуйте!\n\n{text}" in inserted.text
        assert 'selected value="contacts-in-message"' in inserted.text
    assert "Уберите контакты" not in desk.get(f"/staff/moderation/{other.id}").text


def test_settings_and_days_off(desk: FlaskClient) -> None:
    page = "/staff/moderation/settings"
    assert submit(desk, page, {"work_from": "19"}).status_code == 422
    assert submit(desk, page, {"spot_check_percent": "0"}).status_code == 422
    assert submit(desk, page, {"spot_check_percent": "20"}).status_code == 303
    db.session.expire_all()
    assert present_settings().spot_check_percent == 20
    assert submit(desk, page, {"version": "0", "claim_minutes": "10"}).status_code == 409
    add = "/staff/moderation/days-off"
    assert submit(desk, page, {"day": ""}, action=add).status_code == 422
    for _ in range(2):
        values = {"day": "2027-03-12", "name": "День университета"}
        assert submit(desk, page, values, action=add).status_code == 303
    row = db.session.scalars(sa.select(DayOff)).one()
    assert "День университета" in desk.get(page).text
    remove = f"{add}/{row.id}/delete"
    assert submit(desk, page, action=remove).status_code == 303
    assert db.session.scalars(sa.select(DayOff)).all() == []


def test_filters_stand_in_the_address_and_stay(desk: FlaskClient) -> None:
    employer = make_known_employer()
    employer.name = "ООО «Искомое»"
    late = make_case(CaseKind.VACANCY, title="Поздняя", employer=employer, overdue=True)
    make_case(CaseKind.VACANCY, title="Ранняя", employer=employer)
    make_case(CaseKind.VACANCY, title="Чужая", overdue=True)
    db.session.commit()
    for query, found in (
        ("overdue=1", {"Поздняя", "Чужая"}),
        (f"employer={employer.id}", {"Поздняя", "Ранняя"}),
        ("q=искомое", {"Поздняя", "Ранняя"}),
        ("q=поздн", {"Поздняя"}),
        (f"employer={employer.id}&overdue=1", {"Поздняя"}),
        ("mine=1", set()),
        ("employer=99999999999&q=", {"Поздняя", "Ранняя", "Чужая"}),
    ):
        assert set(titles(desk.get(f"/staff/moderation?{query}").text)) == found, query
    address = f"/staff/moderation/{late.id}?overdue=1"
    answer = submit(desk, address, {"verdict": "approve"})
    assert answer.location.endswith("?overdue=1")
    assert "Чужая" in desk.get(answer.location).text
    empty = desk.get("/staff/moderation?q=ничего").text
    assert "Nothing meets the filters" in empty


def test_staff_trust_an_employer_and_withdraw_it(desk: FlaskClient) -> None:
    employer = make_known_employer()
    db.session.commit()
    page = f"/staff/employers/{employer.id}"
    for trusted in (True, False):
        assert submit(desk, page, action=f"{page}/trust").status_code == 303
        db.session.expire_all()
        assert db.session.get_one(Employer, employer.id).trusted is trusted
