"""Accounts of the demo university: everybody's password is known, none works outside demo mode."""

from __future__ import annotations

from datetime import datetime
from functools import cache

from bridge.accounts.models import Role, User
from bridge.accounts.passwords import hash_password
from bridge.accounts.service import create_user
from bridge.consents.models import Purpose
from bridge.database import as_of, utc_now
from bridge.demo import content
from bridge.demo.agreeing import agree
from bridge.demo.chance import Chance

PASSWORD = "demo-demo-demo"  # noqa: S105 - it is printed at every start
STAFF = (
    ("staff@demo.test", "Елена Приходько", Role.STAFF),
    ("staff2@demo.test", "Аркадий Веселов", Role.STAFF),
    ("admin@demo.test", "Наталия Кузьмина", Role.ADMIN),
)
# What is agreed to with the account, and by which act.
ACCOUNT_CONSENTS = {
    Role.STUDENT: (Purpose.ACCOUNT, "register"),
    Role.MEMBER: (Purpose.MEMBER, "invitation"),
}


@cache
def _password_hash() -> str:
    """One hash for all: making hundreds would take longer than everything else."""
    return hash_password(PASSWORD)


def as_demo(user: User, confirmed_at: datetime | None) -> User:
    """Mark an account as made up; a confirmed one can be signed in with."""
    user.is_demo = True
    user.password_hash = _password_hash()
    user.email_confirmed_at = confirmed_at
    return user


def add_user(email: str, name: str, role: Role, joined_at: datetime) -> User:
    with as_of(joined_at):
        user = create_user(email, name, role, actor=None)
        if role in ACCOUNT_CONSENTS:
            agree(user, *ACCOUNT_CONSENTS[role])
        return as_demo(user, utc_now())


def add_staff(chance: Chance) -> list[User]:
    return [add_user(*person, chance.office_moment(200)) for person in STAFF]


def person_name(chance: Chance, *, woman: bool) -> str:
    """A first name and a surname in the right form."""
    people = content.read("people.toml")
    surname = chance.choice(people["surnames"]) + ("а" if woman else "")
    return f"{chance.choice(people['women' if woman else 'men'])} {surname}"
