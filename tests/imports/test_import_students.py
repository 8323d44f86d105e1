"""The roster: from a file to accounts, row by row."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import Result
from flask import Flask

from bridge.accounts import service as accounts
from bridge.accounts.models import Role, User
from bridge.audit import AuditEntry
from bridge.extensions import db
from bridge.mail.models import OutboxMail
from bridge.search.models import SearchChange
from bridge.students.models import Degree, Direction, Profile, StudyForm
from bridge.students.roster import COLUMNS
from bridge.tables import FILE_LIMIT, TOO_LARGE
from tests.factories import make_direction, make_student, make_user

HEADER = (
    "номер зачётной книжки;ФИО;Почта;Код направления;Направление;Уровень;Форма;Курс;Выпуск;Город"
)
ANNA = (
    "23-001;Анна Ёлкина;Anna@Example.test;"
    "24.05.01;Ракеты;бакалавриат;очная;3 курс;30.06.2028;Королёв"
)
BORIS = (
    "23-002;Борис Мягков;boris@example.test;"
    "09.03.01;Информатика;Магистратура;очно-заочная;1;2027-06;"
)


def run(app: Flask, folder: Path, *lines: str, options: tuple[str, ...] = ()) -> Result:
    path = folder / "roster.csv"
    path.write_text("\n".join((HEADER, *lines)), encoding="cp1251")
    db.session.commit()
    result = app.test_cli_runner().invoke(args=["import-students", str(path), *options])
    db.session.expire_all()
    return result


def students() -> list[tuple[str | None, str, str]]:
    select = sa.select(Profile).join(Profile.user).order_by(User.email)
    found = db.session.scalars(select)
    return [(p.student_number, p.user.name, p.user.email) for p in found]


def links(kind: str) -> list[str]:
    """The secret parts of the links of a kind in the letters, the oldest first."""
    letters = db.session.scalars(sa.select(OutboxMail.text).order_by(OutboxMail.id))
    return re.findall(rf"/{kind}/(\S+)", "\n".join(letters))


def test_dry_run_reports_and_writes_nothing(app: Flask, tmp_path: Path) -> None:
    result = run(app, tmp_path, ANNA, BORIS)
    assert result.exit_code == 0, result.output
    assert len(result.output.splitlines()) == 4
    assert students() == []
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Direction)) == 0


def test_apply_creates_accounts_with_profiles(app: Flask, tmp_path: Path) -> None:
    run(app, tmp_path, ANNA, BORIS, options=("--apply",))
    assert students() == [
        ("23-001", "Анна Ёлкина", "anna@example.test"),
        ("23-002", "Борис Мягков", "boris@example.test"),
    ]
    anna, boris = db.session.scalars(sa.select(Profile).order_by(Profile.student_number))
    assert (anna.degree, anna.study_form, anna.year_of_study, anna.graduates_on, anna.city) == (
        Degree.BACHELOR,
        StudyForm.FULL_TIME,
        3,
        date(2028, 6, 1),
        "Королёв",
    )
    assert anna.direction is not None
    assert (anna.direction.code, anna.direction.name_ru) == ("24.05.01", "Ракеты")
    assert (boris.degree, boris.study_form, boris.graduates_on) == (
        Degree.MASTER,
        StudyForm.PART_TIME,
        date(2027, 6, 1),
    )
    assert (anna.user.role, anna.user.password_hash, anna.published_at) == (
        Role.STUDENT,
        None,
        None,
    )
    assert list(db.session.scalars(sa.select(OutboxMail))) == []


def test_a_second_import_changes_only_what_the_roster_knows(app: Flask, tmp_path: Path) -> None:
    user = make_user(Role.STUDENT, name="Аня Ё.", email="anna@example.test", password_hash="x")
    profile = make_student(user=user, city="Москва", summary="Моё.", year_of_study=2)
    bystander = make_student()
    changes = db.session.get_one(SearchChange, profile.id).revision
    first = run(app, tmp_path, ANNA, options=("--apply",))
    assert "обновлено: 1" in first.output or "updated: 1" in first.output, first.output
    # found by the address, since no number was known; the person has joined and keeps the name
    assert (profile.student_number, profile.user.name) == ("23-001", "Аня Ё.")
    assert (profile.city, profile.summary, profile.year_of_study) == ("Москва", "Моё.", 3)
    assert db.session.get_one(SearchChange, profile.id).revision > changes
    entries = db.session.scalars(sa.select(AuditEntry).where(AuditEntry.action == "profile.roster"))
    assert [entry.subject_id for entry in entries] == [profile.id]
    version = profile.version
    second = run(app, tmp_path, ANNA, options=("--apply",))
    assert "без изменений: 1" in second.output or "unchanged: 1" in second.output, second.output
    assert profile.version == version
    assert bystander.student_number is None


def test_an_address_may_change_until_the_student_has_joined(app: Flask, tmp_path: Path) -> None:
    run(app, tmp_path, ANNA, options=("--apply",))
    moved = ANNA.replace("Anna@Example.test", "new@example.test")
    run(app, tmp_path, moved, options=("--apply",))
    assert students() == [("23-001", "Анна Ёлкина", "new@example.test")]


def test_a_link_that_went_to_a_wrong_address_opens_nothing(app: Flask, tmp_path: Path) -> None:
    run(app, tmp_path, ANNA, BORIS, options=("--apply", "--invite"))
    wrong, other = links("invitation")
    moved = ANNA.replace("Anna@Example.test", "new@example.test")
    run(app, tmp_path, moved, BORIS, options=("--apply", "--invite"))
    *_earlier, right = links("invitation")
    assert len({wrong, other, right}) == 3
    client = app.test_client()
    db.session.rollback()
    tokens = (wrong, other, right)
    statuses = [client.get(f"/invitation/{token}").status_code for token in tokens]
    assert statuses == [410, 200, 200]


def test_who_registered_somebody_else_s_address_does_not_get_their_studies(
    app: Flask, tmp_path: Path
) -> None:
    """Somebody who cannot read Anna's letters waits with a password of their own until the roster
    brings her studies and she follows the link of the letter she did not ask for."""
    stranger = accounts.register(
        "anna@example.test", "Чужой", Role.STUDENT, password="семь бобров", locale="ru"
    )
    db.session.commit()
    assert stranger is not None
    (confirming,) = links("confirm")
    run(app, tmp_path, ANNA, options=("--apply", "--invite"))
    assert students() == [("23-001", "Анна Ёлкина", "anna@example.test")]
    db.session.rollback()
    client = app.test_client()
    assert client.get(f"/confirm/{confirming}").status_code == 410
    assert accounts.authenticate("anna@example.test", "семь бобров", network="n") is None
    (invited,) = links("invitation")
    accounts.accept_invitation(invited, name="Анна", password="восемь бобров")
    db.session.commit()
    run(app, tmp_path, ANNA, options=("--apply", "--invite"))
    assert students() == [("23-001", "Анна", "anna@example.test")]
    assert accounts.authenticate("anna@example.test", "восемь бобров", network="n") is not None


@pytest.mark.parametrize(
    ("row", "column"),
    [
        (";Вера;vera@example.test;;;;;;;", "student_number"),
        ("23-009;;vera@example.test;;;;;;;", "name"),
        ("23-009;Вера;;;;;;;;", "email"),
        ("23-009;Вера;not an address;;;;;;;", "email"),
        ("23-009;Вера;hr@example.test;;;;;;;", "email"),
        ("23-009;Вера;taken@example.test;;;;;;;", "email"),
        ("23-009;Вера;boris@example.test;;;;;;;", "email"),
        ("23-002;Вера;vera@example.test;;;;;;;", "student_number"),
        ("9" * 33 + ";Вера;vera@example.test;;;;;;;", "student_number"),
        ("23-009;" + "В" * 121 + ";vera@example.test;;;;;;;", "name"),
        ("23-009;Вера;vera@example.test;99.99.99;;;;;;", "direction_name"),
        ("23-009;Вера;vera@example.test;;;доктор;;;;", "degree"),
        ("23-009;Вера;vera@example.test;;;;ночная;;;", "study_form"),
        ("23-009;Вера;vera@example.test;;;;;7;;", "year_of_study"),
        ("23-009;Вера;vera@example.test;;;;;третий;;", "year_of_study"),
        ("23-009;Вера;vera@example.test;;;;;;31.13.2027;", "graduates_on"),
        ("23-009;Вера;vera@example.test;;;;;;летом;", "graduates_on"),
        ("23-009;Вера;vera@example.test;;;;;;;" + "Г" * 81, "city"),
        ("23-009;Вера;vera@example.test;;;;;;;;;лишнее", ""),
    ],
)
def test_a_bad_row_is_named_and_harms_no_other(
    app: Flask, tmp_path: Path, row: str, column: str
) -> None:
    make_user(Role.MEMBER, email="hr@example.test")
    make_student(student_number="22-777", user=make_user(Role.STUDENT, email="taken@example.test"))
    result = run(app, tmp_path, BORIS, row, ANNA, options=("--apply",))
    assert result.exit_code == 0, result.output
    refused = [line for line in result.output.splitlines() if " 3: " in line]
    assert len(refused) == 1, result.output
    header = dict(zip(COLUMNS, HEADER.split(";"), strict=True)).get(column, "")
    assert f"– {header}" in refused[0]
    assert [number for number, _name, _email in students()] == ["23-001", "23-002", "22-777"]


def test_invitations_go_once_to_those_who_have_not_joined(app: Flask, tmp_path: Path) -> None:
    make_user(Role.STUDENT, email="boris@example.test", password_hash="x").profile = Profile()
    run(app, tmp_path, ANNA, BORIS, options=("--invite",))
    assert list(db.session.scalars(sa.select(OutboxMail))) == []
    for _attempt in range(2):
        run(app, tmp_path, ANNA, BORIS, options=("--invite", "--apply"))
    mails = db.session.scalars(sa.select(OutboxMail))
    assert [mail.recipient for mail in mails] == ["anna@example.test"]


def test_a_known_direction_keeps_its_names(app: Flask, tmp_path: Path) -> None:
    direction = make_direction("24.05.01", name_ru="Проектирование")
    run(app, tmp_path, ANNA, options=("--apply",))
    assert direction.name_ru == "Проектирование"


def test_a_roster_from_standard_input(app: Flask) -> None:
    """Which the user of the server need not be able to read."""
    arguments = ["import-students", "-", "--apply"]
    roster = f"{HEADER}\n{ANNA}\n".encode("cp1251")
    result = app.test_cli_runner().invoke(args=arguments, input=roster)
    assert result.exit_code == 0, result.output
    assert [email for _number, _name, email in students()] == ["anna@example.test"]
    too_large = app.test_cli_runner().invoke(args=arguments, input=b"x" * (FILE_LIMIT + 1))
    assert too_large.exit_code == 1
    assert str(TOO_LARGE) in too_large.output


def test_a_file_that_is_no_roster(app: Flask, tmp_path: Path) -> None:
    path = tmp_path / "other.csv"
    path.write_text("a,b\n1,2\n")
    result = app.test_cli_runner().invoke(args=["import-students", str(path)])
    assert result.exit_code == 1
    assert "ФИО" in result.output
    assert "Traceback" not in result.output
