"""What everybody sees of vacancies."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask
from flask.testing import FlaskClient

from bridge.accounts.models import Role
from bridge.database import local_today
from bridge.employers.models import EmployerState
from bridge.extensions import db
from bridge.vacancies.models import VacancyKind, VacancyState
from tests.client import sign_in
from tests.factories import make_employer, make_student, make_user, make_vacancy
from tests.queries import count_queries


def test_only_open_vacancies_of_working_employers_are_listed(
    client: FlaskClient, app: Flask
) -> None:
    today = local_today()
    make_vacancy(title="Открытая")
    make_vacancy(title="Сегодня последняя", deadline=today)
    make_vacancy(title="Бессрочная", deadline=None)
    make_vacancy(title="Просрочена", deadline=today - timedelta(days=1))
    for state in set(VacancyState) - {VacancyState.PUBLISHED}:
        make_vacancy(title=f"Скрыта {state.value}", state=state)
    for state in set(EmployerState) - {EmployerState.APPROVED}:
        make_vacancy(make_employer(state=state), title=f"Скрыта у {state.value}")
    db.session.commit()
    page = client.get("/vacancies").text
    shown = [
        name
        for name in ("Открытая", "Сегодня последняя", "Бессрочная", "Просрочена", "Скрыта")
        if name in page
    ]
    assert shown == ["Открытая", "Сегодня последняя", "Бессрочная"]


def test_filters_live_in_the_address(client: FlaskClient, app: Flask) -> None:
    make_vacancy(make_employer(name="ООО «Ёж»"), title="Токарь", city="Мытищи")
    make_vacancy(title="Пекарь", text="Печь хлеб и ЁЛКИ", kind=VacancyKind.JOB)
    make_vacancy(title="100% удача", kind=VacancyKind.PROJECT)
    db.session.commit()
    for address, found in {
        "?q=токарь": ["Токарь"],
        "?q=ёж": ["Токарь"],
        "?q=ёлки": ["Пекарь"],
        "?q=%25": ["100% удача"],
        "?kind=job": ["Пекарь"],
        "?city=Мытищи": ["Токарь"],
        "?city=Мытищи&kind=job": [],
        "?kind=junk&page=-3&city=": ["Токарь", "Пекарь", "100% удача"],
        "?q=%00": ["Токарь", "Пекарь", "100% удача"],
        f"?q={'я' * 9000}&page={'9' * 40}": [],
    }.items():
        page = client.get(f"/vacancies{address}")
        assert page.status_code == 200, address
        assert [
            name for name in ("Токарь", "Пекарь", "100% удача") if f">{name}<" in page.text
        ] == found, address


def test_list_takes_a_fixed_number_of_queries(client: FlaskClient, app: Flask) -> None:
    for number in range(21):
        make_vacancy(must=(f"skill-{number}", "git"), nice=("sql",))
    db.session.commit()
    with count_queries() as queries:
        page = client.get("/vacancies")
    assert page.text.count(">Инженер-стажёр<") == 20
    # how many, the page, its skills, its languages, the cities of the filter, what the employers
    # have answered
    assert len(queries) == 6, queries


def test_detail_is_public_while_offered_and_tells_when_it_is_too_late(
    client: FlaskClient, app: Flask
) -> None:
    late = make_vacancy(title="Просрочена", deadline=local_today() - timedelta(days=1))
    closed = make_vacancy(state=VacancyState.CLOSED)
    hidden = make_vacancy(make_employer(state=EmployerState.SUSPENDED))
    db.session.commit()
    page = client.get(f"/vacancies/{late.id}", headers={"Accept-Language": "en"})
    assert page.status_code == 200
    assert "applications are closed" in page.text
    assert client.get(f"/vacancies/{closed.id}").status_code == 404
    assert client.get(f"/vacancies/{hidden.id}").status_code == 404
    sign_in(client, make_user(Role.STAFF))
    assert client.get(f"/vacancies/{hidden.id}").status_code == 200


def test_student_sees_which_required_skills_they_have(client: FlaskClient, app: Flask) -> None:
    vacancy = make_vacancy(must=("git", "sql"), nice=("linux",))
    student = make_student(skills=("git", "welding"))
    sign_in(client, student.user)
    page = client.get(f"/vacancies/{vacancy.id}").text

    assert "Of 2 required skills you have 1." in page
    assert page.count("skill--held") == 1
    assert page.count("skill--missing") == 2


def test_text_of_an_employer_is_never_markup(client: FlaskClient, app: Flask) -> None:
    bad = "<script>alert(1)</script>"
    employer = make_employer(name=bad, about=bad, site='https://example.com/"><script>')
    vacancy = make_vacancy(employer, title=bad, text=bad, city=bad)
    db.session.commit()
    for path in ("/vacancies", f"/vacancies/{vacancy.id}"):
        page = client.get(path).text
        assert bad not in page
        assert '"><script>' not in page
        assert "&lt;script&gt;" in page
