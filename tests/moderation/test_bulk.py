"""One decision on several cases: held, taken back, carried out, and what is left out of it."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from bridge.accounts.models import Role, User
from bridge.cases.models import Batch, BatchState, Case, CaseKind, CaseState
from bridge.cases.service import claim
from bridge.database import as_of, utc_now
from bridge.errors import StaleStateError
from bridge.extensions import db
from bridge.mail.models import OutboxMail
from bridge.moderation import batches, service
from bridge.moderation.service import Verdict
from bridge.vacancies.models import Vacancy
from bridge.vacancies.service import withdraw
from tests.client import forms_of, submit
from tests.factories import make_employer, make_user
from tests.moderation.conftest import make_case

NOTE = "Укажите оплату."


def carry_out_later() -> None:
    db.session.commit()
    with as_of(utc_now() + timedelta(minutes=1)):
        batches.carry_out_due()
    db.session.expire_all()


def letters() -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(OutboxMail)) or 0


def send(desk: FlaskClient, cases: list[Case], verdict: str, **values: str) -> int:
    fields = {f"bulk-{name}": value for name, value in values.items()}
    answer = submit(
        desk,
        "/staff/moderation",
        {"case": [str(case.id) for case in cases], "verdict": verdict, **fields},
        action="/staff/moderation/bulk",
    )
    db.session.expire_all()
    return answer.status_code


def test_a_decision_in_bulk_waits_and_then_takes_effect(desk: FlaskClient, staff: User) -> None:
    cases = [make_case(CaseKind.VACANCY), make_case(CaseKind.CONTACT), make_case(CaseKind.EMPLOYER)]
    other = make_case(CaseKind.VACANCY)
    db.session.commit()
    assert send(desk, cases, "approve") == 303
    batch = db.session.scalars(sa.select(Batch)).one()
    assert {case.batch_id for case in cases} == {batch.id}
    assert {case.state for case in (*cases, other)} == {CaseState.WAITING}
    assert letters() == 0
    page = desk.get("/staff/moderation").text
    assert "takes effect at" in page
    assert page.count("will be approved at") == 4  # thrice in the list, once above the case
    batches.carry_out_due()
    db.session.expire_all()
    assert batch.state is BatchState.HELD  # its moment has not come
    carry_out_later()
    assert batch.state is BatchState.DONE
    assert [(case.state, case.decided_by_id) for case in cases] == [
        (CaseState.APPROVED, staff.id)
    ] * 3
    assert (other.state, other.batch_id) == (CaseState.WAITING, None)
    assert letters() >= 3
    before = letters()
    carry_out_later()
    assert letters() == before


def test_what_was_taken_back_never_happened(desk: FlaskClient, staff: User) -> None:
    cases = [make_case(CaseKind.VACANCY) for _ in range(2)]
    db.session.commit()
    assert send(desk, cases, "return", reason_code="pay-unclear", note=NOTE) == 303
    batch = db.session.scalars(sa.select(Batch)).one()
    undo = f"/staff/moderation/bulk/{batch.id}/undo"
    assert submit(desk, "/staff/moderation", action=undo).status_code == 303
    carry_out_later()
    assert batch.state is BatchState.UNDONE
    assert [(case.state, case.batch_id) for case in cases] == [(CaseState.WAITING, None)] * 2
    assert letters() == 0
    service.decide(cases[0], Verdict.APPROVE, actor=staff)


def test_too_late_is_said(desk: FlaskClient) -> None:
    case = make_case(CaseKind.VACANCY)
    db.session.commit()
    send(desk, [case], "approve")
    batch = db.session.scalars(sa.select(Batch)).one()
    page = desk.get("/staff/moderation")
    undo = f"/staff/moderation/bulk/{batch.id}/undo"
    token = next(fields["csrf_token"] for target, fields in forms_of(page) if target == undo)
    carry_out_later()
    assert desk.post(undo, data={"csrf_token": token[0]}).status_code == 303
    assert "Too late" in desk.get("/staff/moderation").text
    db.session.expire_all()
    assert case.state is CaseState.APPROVED


def test_what_needs_a_look_of_its_own_is_left_out(app: Flask, staff: User) -> None:
    plain = make_case(CaseKind.VACANCY)
    flagged = make_case(CaseKind.CONTACT)
    flagged.flag_count, flagged.flags = 1, [{"code": "phone", "detail": 1}]
    skill = make_case(CaseKind.SKILL)
    taken = make_case(CaseKind.VACANCY)
    claim(taken, actor=make_user(Role.STAFF))
    mine = make_case(CaseKind.VACANCY, employer=make_employer())
    service.decide(mine, Verdict.APPROVE, actor=staff)
    chosen = [plain, flagged, skill, taken, mine]
    held = batches.hold([case.id for case in chosen], Verdict.APPROVE, actor=staff)
    assert held.number == 1
    assert held.left_out.keys() == {flagged.id, skill.id, taken.id, mine.id}
    assert plain.batch_id is not None
    # A second decision cannot have it too, and nobody decides on it alone.
    again = batches.hold([plain.id], Verdict.APPROVE, actor=staff)
    assert (again.batch, again.left_out.keys()) == (None, {plain.id})
    try:
        service.decide(plain, Verdict.APPROVE, actor=staff)
    except StaleStateError:
        db.session.rollback()
    else:
        raise AssertionError("a held case was decided alone")


def test_a_reason_must_suit_every_case(desk: FlaskClient) -> None:
    vacancy, contact = make_case(CaseKind.VACANCY), make_case(CaseKind.CONTACT)
    db.session.commit()
    chosen = [vacancy, contact]
    assert send(desk, chosen, "reject") == 422
    assert send(desk, [], "approve") == 422
    assert send(desk, chosen, "merge") == 400
    assert db.session.scalars(sa.select(Batch)).all() == []
    assert send(desk, chosen, "reject", reason_code="pay-unclear", note=NOTE) == 303
    assert (vacancy.batch_id is not None, contact.batch_id) == (True, None)


def test_who_was_withdrawn_meanwhile_spoils_nothing_for_the_others(app: Flask, staff: User) -> None:
    gone, stays = make_case(CaseKind.VACANCY), make_case(CaseKind.VACANCY)
    batches.hold([gone.id, stays.id], Verdict.APPROVE, actor=staff)
    withdraw(db.session.get_one(Vacancy, gone.subject_id), actor=staff)
    carry_out_later()
    assert (gone.state, stays.state) == (CaseState.DROPPED, CaseState.APPROVED)


def test_who_may_no_longer_decide_decides_nothing(app: Flask) -> None:
    leaver = make_user(Role.STAFF)
    case = make_case(CaseKind.VACANCY)
    batches.hold([case.id], Verdict.APPROVE, actor=leaver)
    leaver.deactivated_at = utc_now()
    carry_out_later()
    assert (case.state, case.batch_id) == (CaseState.WAITING, None)
    assert db.session.scalars(sa.select(Batch)).one().state is BatchState.UNDONE


def test_in_bulk_too_the_first_vacancy_needs_two_people(app: Flask, staff: User) -> None:
    case = make_case(CaseKind.VACANCY, employer=make_employer(created_at=utc_now()))
    case.flag_count = 0
    batches.hold([case.id], Verdict.APPROVE, actor=staff)
    carry_out_later()
    assert (case.state, case.first_by_id, case.batch_id) == (CaseState.WAITING, staff.id, None)
