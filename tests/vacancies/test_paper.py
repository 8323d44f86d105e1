"""A vacancy on paper says what its page says, and only to whom the page is shown."""

from __future__ import annotations

import io
import re
from datetime import date

from flask import Flask
from flask.testing import FlaskClient
from pypdf import PdfReader

from bridge.extensions import db
from bridge.vacancies.models import VacancyState
from tests.factories import make_employer, make_vacancy


def test_everybody_may_print_what_is_offered(app: Flask, client: FlaskClient) -> None:
    employer = make_employer(name="АО «Орбита & Ко»")
    vacancy = make_vacancy(
        employer,
        must=("python",),
        nice=("sql",),
        title="Инженер <испытатель>",
        degrees=["bachelor", "master"],
        year_from=3,
        hours_per_week=20,
        pay_from=40000,
        deadline=date(2030, 2, 3),
    )
    draft = make_vacancy(employer, state=VacancyState.DRAFT, title="Ещё не готова")
    db.session.commit()
    answer = client.get(f"/vacancies/{vacancy.id}.pdf")
    assert answer.content_type == "application/pdf"
    assert answer.headers["Content-Disposition"] == f"attachment; filename=vacancy-{vacancy.id}.pdf"
    reader = PdfReader(io.BytesIO(answer.data))
    assert reader.metadata is not None
    assert reader.metadata.title == "Инженер <испытатель>"
    text = re.sub(r"\s+", " ", " ".join(page.extract_text() for page in reader.pages))
    for part in (
        "АО «Орбита & Ко» · Internship",
        "from 40,000 ₽ a month",
        "Applications until 3 Feb 2030",
        "Required skills Python",
        "Desirable skills Sql",
        "Degree Bachelor, master",
        "Year of study from year 3",
        f"/vacancies/{vacancy.id}",
    ):
        assert part in text
    assert client.get(f"/vacancies/{draft.id}.pdf").status_code == 404
