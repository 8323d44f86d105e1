"""Eight moderators act on one case at the same moment: exactly one wins, on both databases."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask

from bridge.accounts.models import Role, User
from bridge.audit import AuditEntry
from bridge.cases.models import BatchState, Case, CaseKind, CaseState
from bridge.cases.service import claim
from bridge.database import as_of, utc_now
from bridge.extensions import db
from bridge.moderation import batches, service
from bridge.moderation.service import Verdict
from bridge.vacancies.models import Vacancy, VacancyState
from tests.conftest import Figure
from tests.factories import make_employer, make_user
from tests.moderation.conftest import make_case
from tests.races import FEWER, RACERS, ROUNDS, race, tell

Act = Callable[[], object]


@pytest.fixture
def moderators(app: Flask) -> list[int]:
    numbers = [make_user(Role.STAFF).id for _ in range(RACERS)]
    db.session.commit()
    return numbers


def audited(action: str, case_id: int) -> int:
    count = sa.select(sa.func.count()).where(
        AuditEntry.action == action, AuditEntry.subject_id == case_id
    )
    return db.session.scalar(count) or 0


def acts_of(moderators: list[int], act: Callable[[User], object]) -> list[Act]:
    return [lambda number=number: act(db.session.get_one(User, number)) for number in moderators]


def test_of_eight_who_claim_one_has_it(app: Flask, moderators: list[int]) -> None:
    for _ in range(FEWER):
        case_id = make_case(CaseKind.EMPLOYER).id
        db.session.commit()

        def take(actor: User, case_id: int = case_id) -> None:
            claim(db.session.get_one(Case, case_id), actor=actor)

        results = race(app, acts_of(moderators, take))
        assert sorted(results) == ["ClaimedError"] * 7 + ["done"]
        db.session.expire_all()
        case = db.session.get_one(Case, case_id)
        assert case.claimed_by_id == moderators[results.index("done")]
        assert audited("moderation_case.claimed", case_id) == 1
        db.session.rollback()


def test_of_eight_who_decide_one_wins(app: Flask, moderators: list[int], figure: Figure) -> None:
    winners = 0
    for _ in range(ROUNDS):
        case = make_case(CaseKind.VACANCY)
        db.session.commit()
        case_id, vacancy_id = case.id, case.subject_id

        def approve(actor: User, case_id: int = case_id) -> None:
            service.decide(db.session.get_one(Case, case_id), Verdict.APPROVE, actor=actor)

        results = race(app, acts_of(moderators, approve))
        assert sorted(results) == ["StaleStateError"] * 7 + ["done"]
        db.session.expire_all()
        assert db.session.get_one(Vacancy, vacancy_id).state is VacancyState.PUBLISHED
        winner = moderators[results.index("done")]
        assert db.session.get_one(Case, case_id).decided_by_id == winner
        assert audited("vacancy.published", vacancy_id) == 1
        winners += 1
        db.session.rollback()
    tell(figure, "moderators", winners)


def test_of_eight_first_approvals_one_counts_and_so_of_the_second(
    app: Flask, moderators: list[int]
) -> None:
    for _ in range(FEWER):
        case = make_case(CaseKind.VACANCY, employer=make_employer())
        db.session.commit()
        case_id, vacancy_id = case.id, case.subject_id
        # All have opened the case before anybody approved it.

        def approve_first(actor: User, case_id: int = case_id) -> None:
            _seen_open(case_id, actor)

        results = race(app, acts_of(moderators, approve_first))
        first = moderators[results.index("done")]
        assert sorted(results) == ["ClaimedError"] * 7 + ["done"]
        db.session.expire_all()
        case = db.session.get_one(Case, case_id)
        assert (case.state, case.first_by_id) == (CaseState.WAITING, first)
        db.session.rollback()

        def approve(actor: User, case_id: int = case_id) -> None:
            service.decide(db.session.get_one(Case, case_id), Verdict.APPROVE, actor=actor)

        results = race(app, acts_of(moderators, approve))
        assert results[moderators.index(first)] in ("NotAllowedError", "StaleStateError")
        assert results.count("done") == 1
        db.session.expire_all()
        case = db.session.get_one(Case, case_id)
        second = moderators[results.index("done")]
        assert (case.state, case.decided_by_id) == (CaseState.APPROVED, second)
        assert second != first
        assert audited("vacancy.published", vacancy_id) == 1
        db.session.rollback()


def _seen_open(case_id: int, actor: User) -> None:
    """Approve on what the page showed: nobody had approved yet."""
    case = db.session.get_one(Case, case_id)
    sa.orm.attributes.set_committed_value(case, "first_by_id", None)
    service.decide(case, Verdict.APPROVE, actor=actor)


def test_a_decision_in_bulk_takes_effect_or_is_taken_back_never_half(
    app: Flask, moderators: list[int]
) -> None:
    for _ in range(FEWER):
        cases = [make_case(CaseKind.VACANCY) for _ in range(3)]
        actor = db.session.get_one(User, moderators[0])
        held = batches.hold([case.id for case in cases], Verdict.APPROVE, actor=actor)
        assert held.batch is not None
        db.session.commit()
        batch_id, ids = held.batch.id, [case.id for case in cases]
        db.session.rollback()

        def load(batch_id: int = batch_id) -> batches.Batch:
            return db.session.get_one(batches.Batch, batch_id)

        def carry(actor: User) -> None:
            with as_of(utc_now()):
                batches.carry_out(load())

        def undo(actor: User) -> None:
            batches.undo(load(), actor=actor)

        both = [*acts_of(moderators[:4], carry), *acts_of(moderators[4:], undo)]
        results = race(app, both)
        assert results.count("done") == 1
        db.session.expire_all()
        taken_effect = results.index("done") < 4
        assert load().state is (BatchState.DONE if taken_effect else BatchState.UNDONE)
        expected = CaseState.APPROVED if taken_effect else CaseState.WAITING
        states = [db.session.get_one(Case, number).state for number in ids]
        assert states == [expected] * 3
        db.session.rollback()
