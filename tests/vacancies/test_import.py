"""`import-vacancies`: a table becomes vacancies, row by row."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from bridge.employers.models import Employer, EmployerState
from bridge.extensions import db
from bridge.vacancies.models import SkillNeed, Vacancy, VacancyKind, VacancyState, WorkPlace
from tests.factories import make_employer, make_vacancy

TEXT = "Собираем и настраиваем бортовую аппаратуру, наставник рядом, учим паять и читать схемы."
HEADER = (
    "ИНН работодателя;Номер;Вид;Название;Описание;Обязательные навыки;Желательные навыки;"
    "Формат работы;Город;Только из города;Часов в неделю;Оплата от;Оплата до;Приём до;"
    "Уровень образования;Курс от;Курс до;Выпуск от;Выпуск до;Языки"
)
GOOD = (
    f"7707083893;В-1;Стажировка;Монтажник;{TEXT};Git, SQL;Python;Гибрид;Королёв;да;20;30000;50000;"
    "30.06.2099;бакалавриат, специалитет;3;5;06.2098;2099-06;английский B1, de A2"
)


@pytest.fixture
def employer(app: Flask) -> Employer:
    make_vacancy(make_employer(inn="7736050003"), external_number="В-1", title="Чужая")
    make_employer(inn="7728168971", state=EmployerState.SUSPENDED)
    employer = make_employer(inn="7707083893")
    db.session.commit()
    return employer


def run(app: Flask, path: Path, lines: list[str], *options: str, encoding: str = "utf-8") -> str:
    path.write_text("\n".join(lines), encoding=encoding)
    result = app.test_cli_runner().invoke(args=["import-vacancies", str(path), *options])
    assert result.exit_code == 0, result.output
    db.session.expire_all()
    return result.stdout


def imported(employer: Employer) -> list[Vacancy]:
    select = sa.select(Vacancy).where(Vacancy.employer_id == employer.id).order_by(Vacancy.id)
    return list(db.session.scalars(select))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1251"])
def test_row_becomes_a_draft_with_everything_it_says(
    app: Flask, employer: Employer, tmp_path: Path, encoding: str
) -> None:
    run(app, tmp_path / "v.csv", [HEADER, GOOD], "--apply", encoding=encoding)
    (vacancy,) = imported(employer)
    assert (vacancy.kind, vacancy.title, vacancy.text, vacancy.state) == (
        VacancyKind.INTERNSHIP,
        "Монтажник",
        TEXT,
        VacancyState.DRAFT,
    )
    assert (vacancy.external_number, vacancy.work_place, vacancy.city, vacancy.city_required) == (
        "В-1",
        WorkPlace.HYBRID,
        "Королёв",
        True,
    )
    assert [skill.name_en for skill in vacancy.skills_of(SkillNeed.MUST)] == ["Git", "SQL"]
    assert [skill.name_en for skill in vacancy.skills_of(SkillNeed.NICE)] == ["Python"]
    assert vacancy.degrees == ["bachelor", "specialist"]
    assert [(row.language, row.level.value) for row in vacancy.languages] == [
        ("en", "B1"),
        ("de", "A2"),
    ]
    assert str(vacancy.graduates_from) == "2098-06-01"
    assert str(vacancy.graduates_to) == "2099-06-01"


def test_dry_run_says_what_would_be_and_writes_nothing(
    app: Flask, employer: Employer, tmp_path: Path
) -> None:
    output = run(app, tmp_path / "v.csv", [HEADER, GOOD])
    assert imported(employer) == []
    assert "2" in output
    assert "--apply" in output


def test_bad_rows_are_named_and_harm_no_other(
    app: Flask, employer: Employer, tmp_path: Path
) -> None:
    bad = {
        "employer_inn": GOOD.replace("7707083893", "5018200994"),
        "employer_inn ": GOOD.replace("7707083893", "7728168971"),
        "external_number": GOOD.replace(";В-1;", ";;"),
        "kind": GOOD.replace("Стажировка", "Прогулка"),
        "title": GOOD.replace("Монтажник", ""),
        "pay_to": GOOD.replace("50000", "20"),
        "deadline": GOOD.replace("30.06.2099", "31.02.2099"),
        "deadline ": GOOD.replace("30.06.2099", "30.06.2020"),
        # A month has no last day by itself.
        "deadline  ": GOOD.replace("30.06.2099", "06.2099"),
        "city_required": GOOD.replace(";да;", ";иногда;"),
        "degrees": GOOD.replace("бакалавриат", "доктор"),
        "languages": GOOD.replace("английский B1", "эльфийский B1"),
        "languages ": GOOD.replace("английский B1", "английский хорошо"),
        "nice": GOOD.replace("Python", "питон, git"),
        "must": GOOD.replace("Git, SQL", "…"),
        "year_from": GOOD.replace(";3;5;", ";три;5;"),
    }
    good = GOOD.replace("В-1", "В-2")
    output = run(app, tmp_path / "v.csv", [HEADER, GOOD, *bad.values(), good], "--apply")
    assert [vacancy.external_number for vacancy in imported(employer)] == ["В-1", "В-2"]
    refused = [line for line in output.splitlines() if "–" in line]
    # By the file's own headings.
    own = {"employer_inn": "ИНН работодателя", "external_number": "Номер", "kind": "Вид"}
    own |= {"title": "Название", "pay_to": "Оплата до", "deadline": "Приём до"}
    own |= {"city_required": "Только из города"}
    own |= {"degrees": "Уровень образования", "languages": "Языки", "year_from": "Курс от"}
    own |= {"nice": "Желательные навыки", "must": "Обязательные навыки"}
    for number, column in enumerate(bad, start=3):
        heading = own[column.strip()]
        assert any(f" {number}: отклонено – {heading}: " in line for line in refused), column


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        *((word, True) for word in ("да", "True", "ИСТИНА", "1")),
        *((word, False) for word in ("нет", "False", "ЛОЖЬ", "-", "")),
    ],
)
def test_yes_and_no_in_the_spellings_of_programs(
    app: Flask, employer: Employer, tmp_path: Path, written: str, meant: bool
) -> None:
    row = GOOD.replace(";да;", f";{written};")
    run(app, tmp_path / "v.csv", [HEADER, row], "--apply")
    (vacancy,) = imported(employer)
    assert vacancy.city_required is meant


def test_importing_again_updates_and_leaves_what_is_equal(
    app: Flask, employer: Employer, tmp_path: Path
) -> None:
    path = tmp_path / "v.csv"
    run(app, path, [HEADER, GOOD], "--apply")
    version = imported(employer)[0].version
    run(app, path, [HEADER, GOOD], "--apply")
    assert imported(employer)[0].version == version
    run(app, path, [HEADER, GOOD.replace("Монтажник", "Настройщик")], "--apply")
    (vacancy,) = imported(employer)
    assert (vacancy.title, vacancy.version) == ("Настройщик", version + 1)
    other = db.session.scalars(sa.select(Vacancy).where(Vacancy.title == "Чужая")).one()
    assert other.text != TEXT


def test_publishing_and_updating_what_is_published(
    app: Flask, employer: Employer, tmp_path: Path
) -> None:
    path = tmp_path / "v.csv"
    run(app, path, [HEADER, GOOD], "--apply", "--publish")
    assert imported(employer)[0].state is VacancyState.PUBLISHED
    run(app, path, [HEADER, GOOD.replace("Монтажник", "Настройщик")], "--apply")
    (vacancy,) = imported(employer)
    assert (vacancy.title, vacancy.state) == ("Настройщик", VacancyState.PUBLISHED)
    vacancy.state = VacancyState.CLOSED
    db.session.commit()
    output = run(app, path, [HEADER, GOOD], "--apply")
    assert any("–" in line and " 2:" in line for line in output.splitlines())
    assert imported(employer)[0].title == "Настройщик"


def test_publishing_needs_a_full_text(app: Flask, employer: Employer, tmp_path: Path) -> None:
    short = GOOD.replace(TEXT, "Коротко")
    output = run(app, tmp_path / "v.csv", [HEADER, short], "--apply", "--publish")
    assert imported(employer) == []
    assert "– Описание: " in output


def test_junk_files_are_refused(app: Flask, tmp_path: Path) -> None:
    for content in (b"", b"\x00\x01\x02", b"PK\x03\x04junk", "а;б\n1;2".encode()):
        path = tmp_path / "junk"
        path.write_bytes(content)
        result = app.test_cli_runner().invoke(args=["import-vacancies", str(path)])
        assert result.exit_code == 1
        assert result.stderr.startswith("Error: ")
