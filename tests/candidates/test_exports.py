"""The list as a file: what it holds, what it never holds, and that no cell is a formula."""

from __future__ import annotations

import csv
import io

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import load_workbook
from pypdf import PdfReader

from bridge.audit import AuditEntry
from bridge.candidates import notes, service
from bridge.candidates.exports import safe_cell
from bridge.candidates.models import Candidate, Mark
from bridge.extensions import db
from bridge.web.spreadsheets import FORMULA_STARTS
from tests.candidates.test_pages import counted_statements
from tests.contacts.scene import Scene, make_candidate, make_scene
from tests.factories import make_member, make_skill, make_student, make_vacancy
from tests.hiring.conftest import signed_in

FORMULA = '=HYPERLINK("https://evil.example","Королёв")'


@pytest.fixture
def scene(app: Flask) -> Scene:
    return make_scene()


@pytest.fixture
def hr(app: Flask, scene: Scene) -> FlaskClient:
    return signed_in(app, scene.member.user)


def address(scene: Scene, ending: str, query: str = "") -> str:
    return f"/hr/vacancies/{scene.vacancy.id}/candidates.{ending}?{query}"


def csv_rows(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


def test_the_file_has_the_candidates_of_the_list_in_its_order(
    scene: Scene, hr: FlaskClient
) -> None:
    second = make_candidate(scene.vacancy, make_student(skills=("python", "sql"), city="Мытищи"))
    make_student(skills=("sql",), published=False)
    notes.add_tag(second, "Резерв", actor=scene.member.user)
    service.mark(second, Mark.STAR, actor=scene.member.user)
    db.session.commit()
    answer = hr.get(address(scene, "csv", "sort=match&learn=off"))
    assert answer.content_type == "text/csv; charset=utf-8"
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=candidates-")
    heading, *rows = csv_rows(answer.data)
    assert [row[:2] for row in rows] == [
        ["1", second.pseudonym],
        ["2", scene.candidate.pseudonym],
    ]
    named = dict(zip(heading, rows[0], strict=True))
    assert named["City"] == "Мытищи"
    assert named["Asked skills that are held"] == "Python *, Sql"
    assert named["Your mark"] == "in the shortlist"
    assert named["Tags"] == "резерв"
    starred = csv_rows(hr.get(address(scene, "csv", "only=star")).data)
    assert [row[1] for row in starred[1:]] == [second.pseudonym]
    filtered = csv_rows(hr.get(address(scene, "csv", "city=Мытищи")).data)
    assert [row[1] for row in filtered[1:]] == [second.pseudonym]


def test_every_format_says_the_same(scene: Scene, hr: FlaskClient) -> None:
    book = load_workbook(io.BytesIO(hr.get(address(scene, "xlsx")).data))
    rows = list(book.active.iter_rows(values_only=True))
    assert rows[1][:2] == (1, scene.candidate.pseudonym)
    assert isinstance(rows[1][2], int)
    reader = PdfReader(io.BytesIO(hr.get(address(scene, "pdf")).data))
    text = "".join(page.extract_text() for page in reader.pages)
    assert scene.candidate.pseudonym in text
    assert "Инженер-стажёр" in text
    assert reader.metadata is not None
    assert reader.metadata.title == "Candidates: Инженер-стажёр"


def test_no_cell_is_a_formula(app: Flask) -> None:
    member = make_member()
    skill = make_skill("evil", name_ru="+7(1)", name_en="@SUM(1)")
    vacancy = make_vacancy(member.employer, must=("evil",), title="=1+1")
    profile = make_student(skills=("evil",))
    profile.city = FORMULA
    db.session.commit()
    hr = signed_in(app, member.user)
    hr.get(f"/hr/vacancies/{vacancy.id}/candidates")
    candidate = db.session.scalars(sa.select(Candidate)).one()
    for tag in ("-2+3", "\tcmd"):
        notes.add_tag(candidate, tag, actor=member.user)
    base = f"/hr/vacancies/{vacancy.id}/candidates"
    book = load_workbook(io.BytesIO(hr.get(f"{base}.xlsx").data))
    cells = [cell for row in book.active.iter_rows() for cell in row]
    assert "f" not in {cell.data_type for cell in cells}
    texts = [cell.value for cell in cells if isinstance(cell.value, str)]
    assert [text for text in texts if text.startswith(FORMULA_STARTS)] == []
    # The address inside is masked before, the beginning is what it was.
    assert [text for text in texts if text.startswith("'=HYPERLINK(")] != []
    for row in csv_rows(hr.get(f"{base}.csv").data):
        assert [cell for cell in row if cell.startswith(FORMULA_STARTS)] == []
    assert skill.name_en == "@SUM(1)"


def test_what_looks_like_a_formula_is_prefixed() -> None:
    for start in FORMULA_STARTS:
        assert str(safe_cell(f"{start}1")).startswith("'")
    assert safe_cell(" =1") == "' =1"
    assert safe_cell("1+1") == "1+1"
    assert safe_cell(-5) == -5
    assert safe_cell("a\x00\x08b") == "ab"


def test_every_export_is_recorded(app: Flask, scene: Scene, hr: FlaskClient) -> None:
    for ending in ("csv", "xlsx", "pdf"):
        hr.get(address(scene, ending, "hours=10"))
    rows = db.session.scalars(
        sa.select(AuditEntry)
        .where(AuditEntry.action == "vacancy.candidates-exported")
        .order_by(AuditEntry.id)
    ).all()
    assert [(row.actor_id, row.subject_id, row.details) for row in rows] == [
        (
            scene.member.user_id,
            scene.vacancy.id,
            {"format": ending, "candidates": 1, "filters": ["hours"]},
        )
        for ending in ("csv", "xlsx", "pdf")
    ]
    stranger = signed_in(app, make_member().user)
    assert stranger.get(address(scene, "csv")).status_code == 404
    assert signed_in(app, scene.profile.user).get(address(scene, "csv")).status_code == 403


def test_an_export_costs_the_same_for_any_length(app: Flask, scene: Scene) -> None:
    for number in range(30):
        make_student(skills=("python", f"skill-{number}"), hours_per_week=40)
    db.session.commit()
    hr = signed_in(app, scene.member.user)
    path = address(scene, "csv")
    hr.get(path)
    costs = []
    for query in ("q=" + "x" * 20, "hours=30", ""):
        with counted_statements() as statements:
            content = hr.get(f"{path}{query}").data
        costs.append((len(csv_rows(content)) - 1, len(statements)))
    (none, _), (some, first), (everybody, second) = costs
    assert (none, some, everybody) == (0, 30, 31)
    assert first == second
