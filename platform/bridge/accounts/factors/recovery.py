"""Recovery codes: eighty random bits each, so a plain digest keeps them from whoever reads the
database."""

from __future__ import annotations

import re
import secrets
import unicodedata

import sqlalchemy as sa

from bridge.accounts.factors.models import RecoveryCode
from bridge.accounts.models import User
from bridge.accounts.sessions import hash_token
from bridge.database import utc_now
from bridge.extensions import db

COUNT = 10
# Neither I nor O, L nor U: nothing that is misread on paper or makes words.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH, GROUP = 16, 4


def make_codes(user: User) -> list[str]:
    """New codes in place of all earlier ones, to be shown once: XXXX-XXXX-XXXX-XXXX."""
    forget_codes(user)
    codes = ["".join(secrets.choice(ALPHABET) for _ in range(LENGTH)) for _ in range(COUNT)]
    db.session.add_all(RecoveryCode(user_id=user.id, code_hash=hash_token(code)) for code in codes)
    return ["-".join(re.findall(f".{{{GROUP}}}", code)) for code in codes]


def forget_codes(user: User) -> None:
    db.session.execute(sa.delete(RecoveryCode).where(RecoveryCode.user_id == user.id))


def use_code(user: User, typed: str) -> bool:
    """Use a code up; of two who try at once one wins."""
    plain = re.sub(r"[^0-9A-Z]", "", unicodedata.normalize("NFKC", typed).upper())
    # What is read or typed for them on paper.
    plain = plain.translate(str.maketrans("OIL", "011"))
    used = db.session.execute(
        sa.update(RecoveryCode)
        .where(
            RecoveryCode.user_id == user.id,
            RecoveryCode.code_hash == hash_token(plain),
            RecoveryCode.used_at.is_(None),
        )
        .values(used_at=utc_now())
    )
    return bool(used.rowcount)  # type: ignore[attr-defined]
