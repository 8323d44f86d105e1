"""Claims, four eyes, escalation, automatic approval: who may decide, and when the platform does."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from bridge.accounts.models import Role, User
from bridge.audit import AuditEntry
from bridge.cases import settings
from bridge.cases.models import Case, CaseKind, CaseState
from bridge.cases.queries import decision_times
from bridge.cases.service import ClaimedError, claim, escalate_overdue, release
from bridge.contacts.models import ContactRequest, RequestState
from bridge.database import as_of, utc_now
from bridge.employers import service as employers
from bridge.errors import NotAllowedError
from bridge.extensions import db
from bridge.mail.models import OutboxMail
from bridge.moderation import service
from bridge.moderation.service import Verdict
from bridge.vacancies.models import Vacancy, VacancyState
from tests.client import submit
from tests.factories import make_employer, make_user
from tests.moderation.conftest import make_case, make_known_employer


def actions_of(case: Case) -> list[str]:
    entries = sa.select(AuditEntry.action).where(
        AuditEntry.subject_type == "moderation_case", AuditEntry.subject_id == case.id
    )
    return [
        action.removeprefix("moderation_case.")
        for action in db.session.scalars(entries.order_by(AuditEntry.id))
    ]


def test_who_has_claimed_a_case_decides_and_nobody_else(app: Flask, staff: User) -> None:
    colleague = make_user(Role.STAFF)
    case = make_case(CaseKind.EMPLOYER)
    claim(case, actor=colleague)
    with pytest.raises(ClaimedError):
        claim(case, actor=staff)
    with pytest.raises(service.StaleStateError):
        service.decide(case, Verdict.APPROVE, actor=staff)
    with pytest.raises(NotAllowedError):
        release(case, actor=staff)
    service.decide(case, Verdict.APPROVE, actor=colleague)
    assert actions_of(case) == ["claimed", "approved"]


def test_a_claim_ends_by_itself_or_by_its_holder_or_an_administrator(
    app: Flask, staff: User
) -> None:
    colleague = make_user(Role.STAFF)
    case = make_case(CaseKind.EMPLOYER)
    claim(case, actor=colleague)
    assert case.holder is colleague
    with as_of(utc_now() + timedelta(minutes=31)):
        assert case.holder is None
        claim(case, actor=staff)
        assert case.holder is staff
        release(case, actor=staff)
    assert case.holder is None
    claim(case, actor=colleague)
    release(case, actor=make_user(Role.ADMIN))
    claim(case, actor=staff)
    assert actions_of(case) == ["claimed", "claimed", "released", "claimed", "released", "claimed"]


def test_the_page_shows_who_has_it_and_gives_the_others_no_form(
    desk: FlaskClient, staff: User
) -> None:
    colleague = make_user(Role.STAFF, name="Занятая Коллега")
    case = make_case(CaseKind.EMPLOYER)
    mine = make_case(CaseKind.VACANCY, title="Мне")
    claim(case, actor=colleague)
    db.session.commit()
    page = desk.get(f"/staff/moderation/{case.id}").text
    assert "Занятая Коллега is working on it" in page
    assert 'name="verdict" value="approve" data-hotkey' not in page
    address = f"/staff/moderation/{mine.id}"
    assert submit(desk, address, action=f"{address}/claim").status_code == 303
    assert "with you" in desk.get(address).text
    listed = desk.get("/staff/moderation?mine=1").text
    assert "Мне" in listed
    assert f"/staff/moderation/{case.id}?" not in listed
    assert submit(desk, address, action=f"{address}/release").status_code == 303
    assert "with you" not in desk.get(address).text


def test_the_first_vacancy_needs_two_people(desk: FlaskClient, staff: User) -> None:
    case = make_case(CaseKind.VACANCY, employer=make_employer())
    other = make_case(CaseKind.EMPLOYER)
    db.session.commit()
    address = f"/staff/moderation/{case.id}"
    assert "needs two approvals" in desk.get(address).text
    answer = submit(desk, address, {"verdict": "approve"})
    assert answer.location == f"/staff/moderation/{other.id}"
    db.session.expire_all()
    vacancy = db.session.get_one(Vacancy, case.subject_id)
    assert (case.state, vacancy.state) == (CaseState.WAITING, VacancyState.SUBMITTED)
    again = submit(desk, address, {"verdict": "approve", "note": "Мой текст"})
    assert again.status_code == 403
    assert "the second must be another" in again.text
    assert "Мой текст" in again.text
    service.decide(case, Verdict.APPROVE, actor=make_user(Role.STAFF))
    db.session.expire_all()
    assert (case.state, vacancy.state) == (CaseState.APPROVED, VacancyState.PUBLISHED)
    assert case.first_by_id == staff.id
    assert actions_of(case) == ["approved-first", "approved"]


def test_either_of_two_may_reject_and_a_further_vacancy_needs_one(app: Flask, staff: User) -> None:
    case = make_case(CaseKind.VACANCY, employer=make_employer())
    service.decide(case, Verdict.APPROVE, actor=staff)
    service.decide(case, Verdict.REJECT, actor=staff, reason_code="discrimination", note="Нельзя.")
    assert case.state is CaseState.REJECTED
    further = make_case(CaseKind.VACANCY)
    assert not further.four_eyes
    service.decide(further, Verdict.APPROVE, actor=staff)
    assert further.state is CaseState.APPROVED


def test_an_overdue_case_is_brought_to_a_second_person_once(app: Flask, staff: User) -> None:
    colleague = make_user(Role.STAFF)
    make_user(Role.ADMIN)
    gone = make_user(Role.STAFF, deactivated_at=utc_now())
    late = make_case(CaseKind.EMPLOYER, overdue=True)
    with as_of(utc_now() - timedelta(days=2)):
        claim(late, actor=staff)
    later = make_case(CaseKind.VACANCY, overdue=True)
    in_time = make_case(CaseKind.CONTACT)
    assert escalate_overdue() == 2
    assert late.escalated_to is colleague
    # The one who has less of it.
    assert later.escalated_to is staff
    assert in_time.escalated_to is None
    letters = db.session.scalars(
        sa.select(OutboxMail.recipient).where(OutboxMail.subject.contains("overdue"))
    ).all()
    assert sorted(letters) == sorted([colleague.email, staff.email])
    assert gone.email not in letters
    assert escalate_overdue() == 0
    assert actions_of(later) == ["escalated"]


def test_where_nobody_else_is_there_the_administrator_is_asked(app: Flask, staff: User) -> None:
    case = make_case(CaseKind.EMPLOYER, overdue=True)
    with as_of(utc_now() - timedelta(days=2)):
        claim(case, actor=staff)
    assert escalate_overdue() == 0
    admin = make_user(Role.ADMIN)
    assert escalate_overdue() == 1
    assert case.escalated_to is admin


def set_share(percent: int, staff: User) -> None:
    settings.change_settings({"spot_check_percent": percent}, version=0, actor=staff)


def test_what_a_trusted_employer_sends_is_approved_automatically(app: Flask, staff: User) -> None:
    set_share(0, staff)
    employer = make_known_employer()
    employers.set_trusted(employer, True, actor=staff)
    for kind, model, state in (
        (CaseKind.CONTACT, ContactRequest, RequestState.APPROVED),
        (CaseKind.VACANCY, Vacancy, VacancyState.PUBLISHED),
    ):
        case = make_case(kind, employer=employer)
        assert (case.state, case.automatic, case.decided_by_id) == (CaseState.APPROVED, True, None)
        assert db.session.get_one(model, case.subject_id).state is state
        entry = db.session.scalars(
            sa.select(AuditEntry).where(
                AuditEntry.action == "moderation_case.approved", AuditEntry.subject_id == case.id
            )
        ).one()
        assert (entry.actor_id, entry.details["automatic"]) == (None, True)
    # Times of decisions are those of people.
    assert decision_times(90) == {}


@pytest.mark.parametrize("kind", [CaseKind.CONTACT, CaseKind.VACANCY])
def test_nothing_of_others_is_approved_automatically(
    app: Flask, staff: User, kind: CaseKind
) -> None:
    set_share(0, staff)
    assert make_case(kind).state is CaseState.WAITING
    distrusted = make_known_employer()
    employers.set_trusted(distrusted, True, actor=staff)
    employers.set_trusted(distrusted, False, actor=staff)
    assert make_case(kind, employer=distrusted).state is CaseState.WAITING


def test_the_first_vacancy_and_the_flagged_never_pass_by_themselves(
    app: Flask, staff: User
) -> None:
    set_share(0, staff)
    first = make_employer(created_at=utc_now() - timedelta(days=200), trusted=True)
    case = make_case(CaseKind.VACANCY, employer=first)
    assert (case.state, case.four_eyes) == (CaseState.WAITING, True)
    new = make_known_employer(trusted=True)
    new.created_at = utc_now()
    db.session.flush()
    case = make_case(CaseKind.CONTACT, employer=new)
    assert (case.state, [flag["code"] for flag in case.flags]) == (
        CaseState.WAITING,
        ["new-employer"],
    )


def test_a_share_drawn_by_lot_is_looked_at(app: Flask, staff: User) -> None:
    set_share(100, staff)
    employer = make_known_employer(trusted=True)
    case = make_case(CaseKind.CONTACT, employer=employer)
    assert (case.state, case.spot_check) == (CaseState.WAITING, True)
    settings.change_settings({"spot_check_percent": 50}, version=1, actor=staff)
    drawn = [make_case(CaseKind.VACANCY, employer=employer).spot_check for _ in range(40)]
    # Fewer than five or more than thirty-five of forty come once in a million times.
    assert 5 <= sum(drawn) <= 35


def test_a_suspended_employer_is_trusted_no_more(app: Flask, staff: User) -> None:
    employer = make_known_employer(trusted=True)
    employers.suspend(employer, actor=staff, reason_code="rules", note="Нарушение.")
    assert not employer.trusted
    with pytest.raises(NotAllowedError):
        employers.set_trusted(employer, True, actor=staff)


def test_the_time_to_a_decision_is_working_time(app: Flask, staff: User) -> None:
    case = make_case(CaseKind.CONTACT)
    # A Friday evening, and Monday morning: three working hours.
    case.opened_at = utc_now().replace(year=2026, month=11, day=20, hour=13, minute=0, second=0)
    db.session.flush()
    with as_of(case.opened_at + timedelta(days=2, hours=17)):
        service.decide(case, Verdict.APPROVE, actor=staff)
    assert case.working_minutes == 120
    with as_of(case.opened_at + timedelta(days=10)):
        found = decision_times(90)[CaseKind.CONTACT]
    assert (found.count, found.minutes) == (1, 120.0)
