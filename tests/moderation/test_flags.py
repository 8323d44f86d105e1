"""What is to be looked at twice: found, said with its reason, marked in the text."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from bridge.cases.models import CaseKind
from bridge.contacts.models import ContactRequest
from bridge.database import utc_now
from bridge.extensions import db
from bridge.moderation.risks import flags_of
from bridge.moderation.scanning import find_contact_data, pieces
from tests.moderation.conftest import make_case, make_known_employer


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Пишите hr@firma.example или +7 916 123-45-67", ["mail", "phone"]),
        ("Телефон 8 (495) 123-45-67", ["phone"]),
        ("ivanov собака mail точка ru", ["disguised"]),
        ("petrov (at) yandex.ru", ["disguised"]),
        ("на mail dot ru", ["disguised"]),
        ("ivanov @ mail . ru", ["disguised"]),
        ("8 9 1 6 1 2 3 4 5 6 7", ["disguised"]),
        ("восемь девятьсот шесть два три", ["disguised"]),
        ("пишите в телеграм", ["messenger"]),
        ("тг: hr_orbita", ["messenger"]),
        ("@hr_orbita", ["messenger"]),
        ("t.me/hr_orbita", ["messenger"]),
        ("https://orbita.ru/jobs и орбита.рф", ["link", "link"]),
        # what is no contact
        ("Боты для Telegram на Python, ASP.NET, socket.io", []),
        ("Оплата от 80 000-120 000 рублей в 2026 году, ИНН 7707083893", []),
        ("Через два или три дня, 10 12 14 числа", []),
        ("1 000 000 000 циклов нагружения", []),
        ("Собака у нас в проходной добрая", []),
        ("", []),
    ],
)
def test_contact_data_is_found(text: str, found: list[str]) -> None:
    assert [one.kind.value for one in find_contact_data(text)] == found
    cut = pieces(text)
    assert "".join(piece.text for piece in cut) == text
    assert [piece.kind.value for piece in cut if piece.kind] == found


def test_the_own_site_may_be_named() -> None:
    text = "Смотрите www.orbita.ru/jobs и чужой.рф"
    found = find_contact_data(text, own_hosts={"orbita.ru"})
    assert [text[one.start : one.end] for one in found] == ["чужой.рф"]


def codes(case: object) -> list[tuple[str, object]]:
    return [(flag.risk.value, flag.detail) for flag in flags_of(case)]  # type: ignore[arg-type]


def test_a_known_employer_s_plain_request_has_no_flag(app: Flask) -> None:
    assert codes(make_case(CaseKind.CONTACT)) == []
    assert codes(make_case(CaseKind.VACANCY)) == []


def test_new_employers_and_free_mailboxes_are_flagged(app: Flask) -> None:
    employer = make_known_employer()
    employer.created_at = utc_now() - timedelta(days=3)
    case = make_case(CaseKind.CONTACT, employer=employer)
    request = db.session.get_one(ContactRequest, case.subject_id)
    assert request.requested_by is not None
    request.requested_by.email = "anna@gmail.com"
    assert codes(case) == [("new-employer", 3), ("free-mail", "gmail.com")]


def test_copies_and_floods_are_flagged(app: Flask) -> None:
    employer = make_known_employer()
    cases = [make_case(CaseKind.CONTACT, employer=employer) for _ in range(3)]
    assert codes(cases[-1]) == []
    fourth = make_case(CaseKind.CONTACT, employer=employer)
    assert codes(fourth) == [("copied", 3)]
    request = db.session.get_one(ContactRequest, fourth.subject_id)
    request.message = "Совсем другое сообщение: предлагаем обсудить диплом о малых спутниках."
    db.session.flush()
    assert codes(fourth) == []
    for _ in range(7):
        last = make_case(CaseKind.CONTACT, employer=employer)
    assert ("many-requests", 11) in codes(last)
    # Another employer's same words are no copy of these.
    assert codes(make_case(CaseKind.CONTACT)) == []


def test_the_flag_has_its_evidence_in_the_text(desk: FlaskClient) -> None:
    case = make_case(CaseKind.CONTACT)
    plain = make_case(CaseKind.CONTACT, title="Без отметок")
    request = db.session.get_one(ContactRequest, case.subject_id)
    request.message = "Пишите <b>сразу</b> на hr@firma.example, мы ответим."
    case.flags, case.flag_count = [{"code": "mail", "detail": 1}], 1
    db.session.commit()
    page = desk.get(f"/staff/moderation/{case.id}").text
    assert "E-mail in the text" in page
    assert "hr@firma.example</mark>" in page
    assert "&lt;b&gt;сразу&lt;/b&gt;" in page
    flagged = desk.get("/staff/moderation?flagged=1").text
    assert f'value="{case.id}"' in flagged
    assert plain.title not in flagged
