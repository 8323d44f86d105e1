"""Verdicts: what each does to its subject, who is told, and that one wins."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from bridge.accounts.models import Role, User
from bridge.audit import AuditEntry
from bridge.cases.models import Case, CaseKind, CaseState
from bridge.contacts.models import ContactRequest, RequestState
from bridge.employers.models import Employer, EmployerState
from bridge.errors import StaleStateError
from bridge.extensions import db
from bridge.mail.models import OutboxMail
from bridge.moderation import service
from bridge.moderation.service import Verdict
from bridge.skills.models import Skill, SkillState
from bridge.skills.service import find_or_propose
from bridge.vacancies.models import Vacancy, VacancyState
from tests.client import submit
from tests.factories import make_member, make_user
from tests.moderation.conftest import make_case

REASONS = {
    CaseKind.EMPLOYER: "site-missing",
    CaseKind.VACANCY: "pay-unclear",
    CaseKind.CONTACT: "message-empty",
    CaseKind.SKILL: "not-a-skill",
}
STATES: dict[CaseKind, dict[Verdict, Any]] = {
    CaseKind.EMPLOYER: {
        Verdict.APPROVE: EmployerState.APPROVED,
        Verdict.RETURN: EmployerState.RETURNED,
        Verdict.REJECT: EmployerState.REJECTED,
    },
    CaseKind.VACANCY: {
        Verdict.APPROVE: VacancyState.PUBLISHED,
        Verdict.RETURN: VacancyState.RETURNED,
        Verdict.REJECT: VacancyState.REJECTED,
    },
    CaseKind.CONTACT: {
        Verdict.APPROVE: RequestState.APPROVED,
        Verdict.RETURN: RequestState.RETURNED,
        Verdict.REJECT: RequestState.REJECTED,
    },
    CaseKind.SKILL: {Verdict.APPROVE: SkillState.APPROVED, Verdict.REJECT: SkillState.REJECTED},
}
EVERYTHING = [
    (kind, verdict, state) for kind, states in STATES.items() for verdict, state in states.items()
]


def decide(desk: FlaskClient, case: Case, verdict: str, **values: Any) -> Any:
    page = f"/staff/moderation/{case.id}"
    return submit(desk, page, {"verdict": verdict, **values})


def state_of(case: Case) -> Any:
    model: dict[CaseKind, Any] = {
        CaseKind.EMPLOYER: Employer,
        CaseKind.VACANCY: Vacancy,
        CaseKind.CONTACT: ContactRequest,
        CaseKind.SKILL: Skill,
    }
    db.session.expire_all()
    return db.session.get_one(model[case.kind], case.subject_id).state


@pytest.mark.parametrize(("kind", "verdict", "state"), EVERYTHING)
def test_verdict_moves_subject_closes_case_and_tells_the_author(
    desk: FlaskClient, staff: User, kind: CaseKind, verdict: Verdict, state: Any
) -> None:
    case = make_case(kind)
    other = make_case(CaseKind.EMPLOYER)
    db.session.commit()
    author = {
        CaseKind.EMPLOYER: lambda: db.session.get_one(Employer, case.subject_id).members[0].user,
        CaseKind.VACANCY: lambda: db.session.get_one(
            User, db.session.get_one(Vacancy, case.subject_id).created_by_id
        ),
        CaseKind.CONTACT: lambda: db.session.get_one(ContactRequest, case.subject_id).requested_by,
        CaseKind.SKILL: lambda: db.session.get_one(
            User, db.session.get_one(Skill, case.subject_id).proposed_by_id
        ),
    }[kind]().email
    response = decide(
        desk, case, verdict.value, reason_code=REASONS[kind], note="Пояснение автору."
    )
    # The next case opens.
    assert (response.status_code, response.location) == (
        303,
        f"/staff/moderation/{other.id}",
    )
    assert state_of(case) is state
    db.session.expire_all()
    assert (case.state.value, case.decided_by_id) == (
        {Verdict.APPROVE: "approved", Verdict.RETURN: "returned", Verdict.REJECT: "rejected"}[
            verdict
        ],
        staff.id,
    )
    assert case.note == ("" if verdict is Verdict.APPROVE else "Пояснение автору.")
    assert other.state is CaseState.WAITING
    letters = dict(
        db.session.execute(sa.select(OutboxMail.recipient, OutboxMail.text)).all()  # type: ignore[arg-type]
    )
    assert author in letters
    if verdict is not Verdict.APPROVE:
        assert "Пояснение автору." in letters[author]
    assert set(
        db.session.scalars(sa.select(AuditEntry.action).where(AuditEntry.actor_id == staff.id))
    ) >= {f"moderation_case.{case.state.value}"}


def test_after_the_last_one_the_queue_is_empty(desk: FlaskClient) -> None:
    case = make_case(CaseKind.VACANCY)
    db.session.commit()
    response = decide(desk, case, "approve")
    assert response.location == "/staff/moderation"
    assert "Everything is decided" in desk.get("/staff/moderation").text
    assert case.title in desk.get("/staff/moderation?state=decided").text


@pytest.mark.parametrize("verdict", ["return", "reject"])
@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"note": "Только слова"}, "reason_code"),
        ({"reason_code": "pay-unclear"}, "note"),
        ({"reason_code": "junk", "note": "Слова"}, "reason_code"),
        ({"reason_code": "site-missing", "note": "Слова"}, "reason_code"),
        ({"reason_code": "pay-unclear", "note": "я" * 4001}, "note"),
    ],
)
def test_returning_and_rejecting_need_reason_and_note(
    desk: FlaskClient, verdict: str, values: dict[str, str], field: str
) -> None:
    case = make_case(CaseKind.VACANCY)
    db.session.commit()
    response = decide(desk, case, verdict, **values)
    assert response.status_code == 422
    assert f'id="{field}-error"' in response.text
    assert values.get("note", "") in response.text
    assert state_of(case) is VacancyState.SUBMITTED
    assert case.state is CaseState.WAITING


@pytest.mark.parametrize("verdict", ["", "merge", "delete", "approved"])
def test_unknown_verdict_decides_nothing(desk: FlaskClient, verdict: str) -> None:
    case = make_case(CaseKind.VACANCY)
    db.session.commit()
    assert decide(desk, case, verdict).status_code == 400
    assert state_of(case) is VacancyState.SUBMITTED


def test_who_comes_second_sees_the_decision_and_keeps_the_text(
    desk: FlaskClient, app: Flask
) -> None:
    case = make_case(CaseKind.VACANCY)
    colleague = make_user(Role.STAFF, name="Быстрая Коллега")
    db.session.commit()
    page = desk.get(f"/staff/moderation/{case.id}").text
    token = page.split('name="csrf_token" value="')[1].split('"')[0]
    service.decide(case, Verdict.APPROVE, actor=colleague)
    db.session.commit()
    values = {"reason_code": "pay-unclear", "note": "Мой долгий текст", "csrf_token": token}
    response = desk.post(f"/staff/moderation/{case.id}", data={"verdict": "reject", **values})
    assert response.status_code == 409
    assert "Мой долгий текст" in response.text
    assert "Быстрая Коллега" in response.text
    assert state_of(case) is VacancyState.PUBLISHED


def test_withdrawn_meanwhile_is_not_decided(desk: FlaskClient) -> None:
    from bridge.vacancies.service import withdraw

    case = make_case(CaseKind.VACANCY)
    vacancy = db.session.get_one(Vacancy, case.subject_id)
    withdraw(vacancy, actor=make_user(Role.STAFF))
    db.session.commit()
    with pytest.raises(StaleStateError):
        service.decide(case, Verdict.APPROVE, actor=make_user(Role.STAFF))


def test_skill_is_approved_under_names_in_both_languages(desk: FlaskClient) -> None:
    case = make_case(CaseKind.SKILL)
    db.session.commit()
    response = decide(desk, case, "approve", name_en="")
    assert response.status_code == 422
    assert 'id="name_en-error"' in response.text
    names = {"name_ru": "Плетение схем", "name_en": "Circuit weaving"}
    assert decide(desk, case, "approve", **names).status_code == 303
    skill = db.session.get_one(Skill, case.subject_id)
    assert (skill.name_ru, skill.name_en, state_of(case)) == (
        *names.values(),
        SkillState.APPROVED,
    )


def test_skill_is_merged_into_one_we_have(desk: FlaskClient) -> None:
    case = make_case(CaseKind.SKILL)
    known = find_or_propose("Python", actor=None)
    db.session.commit()
    response = decide(desk, case, "merge", merge_name="Нет такого навыка")
    assert response.status_code == 422
    assert 'id="merge_name-error"' in response.text
    # Enter in that field presses «Approve»: what is named there would be in the vocabulary twice.
    names = {"name_ru": "Змеиный язык", "name_en": "Snake language"}
    refused = decide(desk, case, "approve", merge_name="питон", **names)
    assert refused.status_code == 422
    assert "press “Merge”, or empty this field" in refused.text
    assert state_of(case) is SkillState.PROPOSED
    # Any of its names will do.
    assert decide(desk, case, "merge", merge_name="питон").status_code == 303
    assert state_of(case) is SkillState.MERGED
    assert db.session.get_one(Skill, case.subject_id).merged_into_id == known.id


def test_earlier_cases_of_the_same_employer_are_shown(desk: FlaskClient, staff: User) -> None:
    case = make_case(CaseKind.VACANCY)
    earlier = make_case(CaseKind.VACANCY, employer_id=case.employer_id, title="Прежняя")
    stranger = make_case(CaseKind.VACANCY, title="Посторонняя")
    for done in (earlier, stranger):
        service.decide(
            done, Verdict.REJECT, actor=staff, reason_code="discrimination", note="Нельзя."
        )
    make_member()
    db.session.commit()
    page = desk.get(f"/staff/moderation/{case.id}").text
    assert "Прежняя" in page
    assert "The requirements are discriminatory" in page
    assert "Посторонняя" not in page
