"""A member writes a vacancy, submits it, changes it, closes it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from bridge import events
from bridge.accounts.models import Role
from bridge.audit import AuditEntry
from bridge.cases.models import Case, CaseKind, CaseState
from bridge.employers.models import EmployerState, Member
from bridge.extensions import db
from bridge.skills.models import Skill, SkillState
from bridge.students.models import LanguageLevel
from bridge.vacancies.models import (
    SkillNeed,
    Vacancy,
    VacancyKind,
    VacancyState,
    WorkPlace,
)
from tests.client import sign_in, submit
from tests.factories import make_employer, make_member, make_student, make_user, make_vacancy
from tests.queries import count_queries

TEXT = "Проектируем узлы разгонных блоков: от эскиза до испытаний на стенде вместе с наставником."
FILLED: dict[str, Any] = {
    "kind": "internship",
    "title": "Конструктор-стажёр",
    "text": TEXT,
    "must": "Python, АВС-анализ сплавов",
    "nice": "SQL\nGit",
    "work_place": "hybrid",
    "city": "Королёв",
    "city_required": "y",
    "hours_per_week": "20",
    "pay_from": "30000",
    "pay_to": "50000",
    "deadline": (date.today() + timedelta(days=30)).isoformat(),  # noqa: DTZ011
    "degrees": ["bachelor", "specialist"],
    "year_from": "3",
    "year_to": "5",
    # As people write it where the browser has no control for months.
    "graduates_from": "06.2027",
    "graduates_to": "2028-06",
    "languages-0-language": "en",
    "languages-0-level": "B1",
}


@pytest.fixture
def member(client: FlaskClient) -> Member:
    make_vacancy(title="Чужая")
    member = make_member(make_employer(name="АО «Прибор»"))
    sign_in(client, member.user)
    return member


def only_own(member: Member) -> Vacancy:
    db.session.expire_all()
    return db.session.scalars(
        sa.select(Vacancy).where(Vacancy.employer_id == member.employer_id)
    ).one()


def waiting_cases(kind: CaseKind) -> list[int]:
    return list(
        db.session.scalars(
            sa.select(Case.subject_id).where(Case.kind == kind, Case.state == CaseState.WAITING)
        )
    )


def test_everything_written_is_kept_and_submitted(client: FlaskClient, member: Member) -> None:
    response = submit(client, "/hr/vacancies/new", FILLED | {"submit": "1"})
    vacancy = only_own(member)
    assert (response.status_code, response.location) == (303, f"/vacancies/{vacancy.id}")
    assert (vacancy.kind, vacancy.title, vacancy.text, vacancy.state) == (
        VacancyKind.INTERNSHIP,
        "Конструктор-стажёр",
        TEXT,
        VacancyState.SUBMITTED,
    )
    assert (vacancy.work_place, vacancy.city, vacancy.city_required, vacancy.hours_per_week) == (
        WorkPlace.HYBRID,
        "Королёв",
        True,
        20,
    )
    assert (vacancy.pay_from, vacancy.pay_to, vacancy.degrees) == (
        30000,
        50000,
        ["bachelor", "specialist"],
    )
    assert (vacancy.year_from, vacancy.year_to) == (3, 5)
    assert (vacancy.graduates_from, vacancy.graduates_to) == (date(2027, 6, 1), date(2028, 6, 1))
    assert [(row.language, row.level) for row in vacancy.languages] == [("en", LanguageLevel.B1)]
    asked = {(asked.skill.name_ru, asked.need) for asked in vacancy.skills}
    assert asked == {
        ("Python", SkillNeed.MUST),
        ("АВС-анализ сплавов", SkillNeed.MUST),
        ("SQL", SkillNeed.NICE),
        ("Git", SkillNeed.NICE),
    }
    assert waiting_cases(CaseKind.VACANCY) == [vacancy.id]
    # The unknown name became a proposal of this member, with a case of its own.
    proposed = db.session.scalars(sa.select(Skill).where(Skill.state == SkillState.PROPOSED)).one()
    assert (proposed.name_ru, proposed.proposed_by_id) == ("АВС-анализ сплавов", member.user_id)
    assert waiting_cases(CaseKind.SKILL) == [proposed.id]
    actions = db.session.scalars(
        sa.select(AuditEntry.action)
        .where(AuditEntry.subject_type == "vacancy")
        .order_by(AuditEntry.id)
    ).all()
    assert actions == ["vacancy.created", "vacancy.submitted"]


def test_double_click_leaves_one_vacancy(client: FlaskClient, member: Member) -> None:
    for _click in range(2):
        response = submit(client, "/hr/vacancies/new", FILLED | {"submit": "1"})
        assert response.location == f"/vacancies/{only_own(member).id}"
    assert waiting_cases(CaseKind.VACANCY) == [only_own(member).id]


def test_published_one_is_not_submitted_again(client: FlaskClient, member: Member) -> None:
    base = published(member)
    token = client.get("/hr/vacancies").text.split('name="csrf_token" value="')[1].split('"')[0]
    assert client.post(f"{base}/submit", data={"csrf_token": token}).status_code == 409
    assert only_own(member).state is VacancyState.PUBLISHED


def test_form_of_a_written_vacancy_says_what_was_written(
    client: FlaskClient, member: Member
) -> None:
    submit(client, "/hr/vacancies/new", FILLED)
    before = only_own(member)
    version = before.version
    # Sent back untouched it changes nothing at all.
    assert submit(client, f"/hr/vacancies/{before.id}/edit").status_code == 303
    assert only_own(member).version == version


def test_draft_needs_only_a_title_but_submitting_needs_a_text(
    client: FlaskClient, member: Member
) -> None:
    little = {"title": "Токарь", "city": "Королёв"}
    response = submit(client, "/hr/vacancies/new", little | {"submit": "1"})
    assert response.status_code == 422
    assert 'id="text-error"' in response.text
    assert submit(client, "/hr/vacancies/new", little).status_code == 303
    vacancy = only_own(member)
    assert vacancy.state is VacancyState.DRAFT
    page = f"/vacancies/{vacancy.id}"
    response = submit(client, page, action=f"/hr/vacancies/{vacancy.id}/submit")
    assert response.location == f"/hr/vacancies/{vacancy.id}/edit"
    assert waiting_cases(CaseKind.VACANCY) == []


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("pay_to", {"pay_to": "20000"}),
        ("pay_from", {"pay_from": "много"}),
        ("pay_from", {"pay_from": "-1"}),
        ("pay_to", {"pay_to": "9" * 5000}),
        ("year_to", {"year_to": "2"}),
        ("year_from", {"year_from": "0"}),
        ("year_to", {"year_to": "7"}),
        ("graduates_to", {"graduates_to": "2026-06"}),
        ("graduates_from", {"graduates_from": "когда-нибудь"}),
        ("deadline", {"deadline": "2020-01-01"}),
        ("deadline", {"deadline": "31.02.2027"}),
        ("nice", {"nice": "питон"}),
        ("nice", {"nice": "PYTHON, Git"}),
        ("must", {"must": "…"}),
        ("must", {"must": "я" * 200}),
        ("must", {"must": ", ".join(f"навык{number}" for number in range(31))}),
        ("must", {"must": "я, " * 5000}),
        ("degrees", {"degrees": ["doctor"]}),
        ("kind", {"kind": "slavery"}),
        ("work_place", {"work_place": "moon"}),
        ("city", {"city": ""}),
        ("hours_per_week", {"hours_per_week": "999"}),
        ("hours_per_week", {"hours_per_week": "0"}),
        ("title", {"title": ""}),
        ("title", {"title": "я" * 161}),
        ("text", {"text": "я" * 10_001}),
        ("languages-0-language", {"languages-0-language": "xx"}),
        ("languages-0-level", {"languages-0-level": "Z9"}),
        ("languages-1-language", {"languages-1-language": "en", "languages-1-level": "A1"}),
    ],
)
def test_contradictions_are_refused_next_to_the_field(
    client: FlaskClient, member: Member, field: str, changes: dict[str, Any]
) -> None:
    response = submit(client, "/hr/vacancies/new", FILLED | changes)
    assert response.status_code == 422
    assert f'id="{field}-error"' in response.text
    assert "Конструктор-стажёр" in response.text or field == "title"
    count = sa.select(sa.func.count()).select_from(Vacancy)
    assert db.session.scalar(count) == 1
    # No proposal stays behind of a form that was refused.
    assert waiting_cases(CaseKind.SKILL) == []


def test_remote_work_asks_for_no_city(client: FlaskClient, member: Member) -> None:
    submit(client, "/hr/vacancies/new", FILLED | {"work_place": "remote"})
    vacancy = only_own(member)
    assert (vacancy.city, vacancy.city_required) == ("", False)


def test_submitted_is_not_edited_until_taken_back(client: FlaskClient, member: Member) -> None:
    submit(client, "/hr/vacancies/new", FILLED | {"submit": "1"})
    vacancy = only_own(member)
    edit = f"/hr/vacancies/{vacancy.id}/edit"
    assert client.get(edit).location == f"/vacancies/{vacancy.id}"
    page = f"/vacancies/{vacancy.id}"
    assert submit(client, page, action=f"/hr/vacancies/{vacancy.id}/withdraw").status_code == 303
    assert only_own(member).state is VacancyState.DRAFT
    assert waiting_cases(CaseKind.VACANCY) == []
    assert submit(client, edit, {"title": "Иначе", "submit": "1"}).status_code == 303
    assert (only_own(member).title, only_own(member).state) == ("Иначе", VacancyState.SUBMITTED)
    assert waiting_cases(CaseKind.VACANCY) == [vacancy.id]


def published(member: Member, **values: Any) -> str:
    vacancy = make_vacancy(member.employer, text=TEXT, must=("git",), **values)
    db.session.commit()
    return f"/hr/vacancies/{vacancy.id}"


def test_pay_and_deadline_of_a_published_one_change_freely(
    client: FlaskClient, member: Member
) -> None:
    base = published(member)
    assert submit(client, f"{base}/edit", {"pay_from": "100", "pay_to": ""}).status_code == 303
    assert (only_own(member).state, only_own(member).pay_from) == (VacancyState.PUBLISHED, 100)
    assert waiting_cases(CaseKind.VACANCY) == []


@pytest.mark.parametrize(
    "change",
    [
        {"title": "Ведущий инженер"},
        {"must": ""},
        {"nice": "Docker"},
        {"year_from": "4"},
        {"languages-0-language": "de"},
        {"degrees": ["master"]},
    ],
)
def test_any_other_change_of_a_published_one_needs_a_new_approval(
    client: FlaskClient, member: Member, change: dict[str, Any]
) -> None:
    base = published(member)
    assert submit(client, f"{base}/edit", change).status_code == 303
    vacancy = only_own(member)
    assert vacancy.state is VacancyState.SUBMITTED
    assert waiting_cases(CaseKind.VACANCY) == [vacancy.id]


def test_two_tabs_the_second_is_told_and_keeps_its_text(
    client: FlaskClient, member: Member
) -> None:
    base = published(member, state=VacancyState.DRAFT)
    stale = str(only_own(member).version)
    # Only a list changes, and the second tab must notice that too.
    assert submit(client, f"{base}/edit", {"nice": "Docker"}).status_code == 303
    response = submit(client, f"{base}/edit", {"title": "Моё название", "version": stale})
    assert response.status_code == 409
    assert "Моё название" in response.text
    assert only_own(member).title == "Инженер-стажёр"


def test_closing_tells_others_and_ends_a_waiting_case(client: FlaskClient, member: Member) -> None:
    base = published(member)
    submit(client, f"{base}/edit", {"title": "Иначе"})
    sent = []

    def listen(subject: Vacancy, **_values: object) -> None:
        sent.append(subject.id)

    events.vacancy_closed.connect(listen)
    vacancy = only_own(member)
    page = f"/vacancies/{vacancy.id}"
    assert submit(client, page, action=f"{base}/close").status_code == 303
    assert sent == [vacancy.id]
    assert only_own(member).state is VacancyState.CLOSED
    assert waiting_cases(CaseKind.VACANCY) == []
    assert submit(client, page, action=f"{base}/reopen").status_code == 303
    assert (only_own(member).state, only_own(member).published_at) == (VacancyState.DRAFT, None)


def test_never_published_one_cannot_be_closed_and_two_clicks_close_once(
    client: FlaskClient, member: Member
) -> None:
    base = published(member, state=VacancyState.DRAFT, published_at=None)
    token = client.get("/hr/vacancies").text.split('name="csrf_token" value="')[1].split('"')[0]
    data = {"csrf_token": token}
    assert client.post(f"{base}/close", data=data).status_code == 403
    other = published(member)
    assert [client.post(f"{other}/close", data=data).status_code for _ in range(2)] == [303, 409]
    assert client.post(f"{other}/submit", data=data).status_code == 409


def test_vacancies_of_others_are_not_there(client: FlaskClient, member: Member) -> None:
    other = db.session.scalars(sa.select(Vacancy).where(Vacancy.title == "Чужая")).one()
    draft = make_vacancy(state=VacancyState.DRAFT)
    db.session.commit()
    token = client.get("/hr/vacancies").text.split('name="csrf_token" value="')[1].split('"')[0]
    for vacancy in (other, draft):
        assert client.get(f"/hr/vacancies/{vacancy.id}/edit").status_code == 404
        for act in ("edit", "submit", "withdraw", "close", "reopen"):
            response = client.post(f"/hr/vacancies/{vacancy.id}/{act}", data={"csrf_token": token})
            assert response.status_code == 404, act
    assert client.get(f"/vacancies/{draft.id}").status_code == 404
    assert client.get("/hr/vacancies/999999/edit").status_code == 404
    assert "Чужая" not in client.get("/hr/vacancies").text


@pytest.mark.parametrize("state", sorted(set(EmployerState) - {EmployerState.APPROVED}))
def test_employer_that_does_not_work_reads_but_does_not_write(
    client: FlaskClient, app: Flask, state: EmployerState
) -> None:
    member = make_member(make_employer(state=state))
    vacancy = make_vacancy(member.employer, state=VacancyState.DRAFT)
    sign_in(client, member.user)
    assert client.get("/hr/vacancies").status_code == 200
    assert client.get(f"/vacancies/{vacancy.id}").status_code == 200
    for path in ("new", f"{vacancy.id}/edit"):
        assert client.get(f"/hr/vacancies/{path}").status_code == 403


@pytest.mark.parametrize("role", [Role.STUDENT, Role.STAFF])
def test_others_have_no_vacancies_of_their_own(client: FlaskClient, app: Flask, role: Role) -> None:
    sign_in(client, make_student().user if role is Role.STUDENT else make_user(role))
    for path in ("", "/new"):
        assert client.get(f"/hr/vacancies{path}").status_code == 403


def test_list_takes_a_fixed_number_of_queries(client: FlaskClient, member: Member) -> None:
    for _number in range(21):
        make_vacancy(member.employer, must=("git",))
    db.session.commit()
    with count_queries() as queries:
        page = client.get("/hr/vacancies")
    assert page.text.count("Инженер-стажёр") == 20
    # with the applications that wait and the new candidates of the night
    assert len(queries) == 10, queries
