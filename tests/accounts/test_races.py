"""Of many who do the same at once exactly one succeeds, on both databases."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import sqlalchemy as sa
from flask import Flask

from bridge.accounts import service
from bridge.accounts.factors import service as factors
from bridge.accounts.factors.models import Passkey, RecoveryCode
from bridge.accounts.factors.recovery import COUNT
from bridge.accounts.models import Role, TokenPurpose, User
from bridge.accounts.passwords import hash_password
from bridge.accounts.tokens import LinkExpiredError, issue_token
from bridge.config import Config
from bridge.database import utc_now
from bridge.errors import DomainError
from bridge.extensions import db
from bridge.mail.models import OutboxMail
from tests.factories import make_user

RACERS = 6


def race(app: Flask, act: Callable[[int], object]) -> Counter[str]:
    """`act` in a transaction and a thread of its own for each racer; the kinds of the outcomes."""
    barrier = Barrier(RACERS)

    def run(number: int) -> str:
        with app.app_context():
            barrier.wait()
            try:
                result = act(number)
                db.session.commit()
            except DomainError as error:
                db.session.rollback()
                return type(error).__name__
            return "done" if result is not None else "nothing"

    with ThreadPoolExecutor(RACERS) as pool:
        return Counter(pool.map(run, range(RACERS)))


def test_one_link_sets_one_password(app: Flask) -> None:
    user = make_user(Role.STAFF)
    token = issue_token(user, TokenPurpose.RESET)
    db.session.commit()
    outcomes = race(
        app, lambda number: service.reset_password(token, password=f"password number {number}")
    )
    assert outcomes == {"done": 1, LinkExpiredError.__name__: RACERS - 1}


def test_one_address_gets_one_account(app: Flask) -> None:
    outcomes = race(
        app,
        lambda _number: service.register(
            "ivan@example.com", "Иван", Role.STUDENT, password="семь бобров", locale="ru"
        ),
    )
    assert outcomes == {"done": 1, "nothing": RACERS - 1}
    assert db.session.scalar(sa.select(sa.func.count(User.id))) == 1
    subjects = Counter(db.session.scalars(sa.select(OutboxMail.subject)))
    assert (
        subjects["Подтвердите адрес на «Мосте»"] + subjects["Confirm your address on Bridge"] == 1
    )


def test_administrators_who_close_each_other_leave_one(app: Flask) -> None:
    password_hash = hash_password("a password of the tests")
    admins = [make_user(Role.ADMIN, password_hash=password_hash).id for _ in range(RACERS)]
    db.session.commit()

    def close_the_next(number: int) -> bool:
        actor = db.session.get_one(User, admins[number])
        service.deactivate(db.session.get_one(User, admins[(number + 1) % RACERS]), actor=actor)
        return True

    race(app, close_the_next)
    active = sa.select(sa.func.count(User.id)).where(User.deactivated_at.is_(None))
    assert db.session.scalar(active) == 1


def with_passkeys(role: Role) -> tuple[int, list[int]]:
    """An account with as many passkeys as there are racers; its number and theirs."""
    user = make_user(role, second_factor_since=utc_now())
    keys = [
        Passkey(
            user_id=user.id,
            name=str(number),
            credential_id=f"{user.id} {number}".encode(),
            public_key=b"",
        )
        for number in range(RACERS)
    ]
    db.session.add_all(keys)
    db.session.commit()
    return user.id, [key.id for key in keys]


def remove_all_at_once(app: Flask, user_id: int, keys: list[int]) -> Counter[str]:
    def remove(number: int) -> bool:
        user = db.session.get_one(User, user_id)
        factors.remove_passkey(user, db.session.get_one(Passkey, keys[number]), actor=user)
        return True

    return race(app, remove)


def test_of_factors_removed_at_once_the_last_stays_where_one_is_required(app: Flask) -> None:
    config: Config = app.config["BRIDGE"]
    object.__setattr__(config, "second_factor_required", True)
    user_id, keys = with_passkeys(Role.STAFF)
    other_id, _others = with_passkeys(Role.STAFF)
    outcomes = remove_all_at_once(app, user_id, keys)
    assert outcomes == {"done": RACERS - 1, factors.LastFactorError.__name__: 1}
    left = Counter(db.session.scalars(sa.select(Passkey.user_id)))
    assert left == {user_id: 1, other_id: RACERS}
    assert db.session.get_one(User, user_id).second_factor_since is not None


def test_who_removes_all_factors_at_once_is_asked_for_none(app: Flask) -> None:
    user_id, keys = with_passkeys(Role.STUDENT)
    assert remove_all_at_once(app, user_id, keys) == {"done": RACERS}
    assert db.session.get_one(User, user_id).second_factor_since is None


def test_of_recovery_codes_made_at_once_one_set_counts(app: Flask) -> None:
    user_id, _keys = with_passkeys(Role.STUDENT)

    def renew(_number: int) -> list[str]:
        user = db.session.get_one(User, user_id)
        return factors.renew_codes(user, actor=user)

    assert race(app, renew) == {"done": RACERS}
    assert db.session.scalar(sa.select(sa.func.count(RecoveryCode.id))) == COUNT
