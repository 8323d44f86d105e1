"""Codes of an authenticator application (TOTP, RFC 6238)."""

from __future__ import annotations

import base64
import hmac
import re
import unicodedata

import pyotp
import segno
from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask import current_app
from markupsafe import Markup

from bridge.accounts.models import User
from bridge.database import utc_now

STEP_SECONDS = 30
# A code may be typed one step late; clocks of telephones may be a little ahead.
STEPS = (-1, 0, 1)


def new_secret() -> str:
    """160 bits in base32, as the RFC recommends."""
    return pyotp.random_base32(32)


def seal(secret: str) -> str:
    """Encrypted under a key that is made of SECRET_KEY and serves nothing else."""
    return _cipher().encrypt(secret.encode()).decode()


def unseal(sealed: str) -> str | None:
    """None where it was sealed under another SECRET_KEY: then no code fits any more."""
    try:
        return _cipher().decrypt(sealed.encode()).decode()
    except InvalidToken:
        return None


def _cipher() -> Fernet:
    key: str = current_app.config["SECRET_KEY"]
    derive = HKDF(SHA256(), length=32, salt=None, info=b"bridge authenticator")
    return Fernet(base64.urlsafe_b64encode(derive.derive(key.encode())))


def fitting_step(secret: str, code: str) -> int | None:
    """The step (number of half-minutes since 1970) whose code this is, of those accepted now; None
    where it is of none."""
    # Of some keyboards the digits are wide ones; those of other scripts are none of a code.
    typed = re.sub(r"[^0-9]", "", unicodedata.normalize("NFKC", code))
    now = int(utc_now().timestamp()) // STEP_SECONDS
    maker = pyotp.TOTP(secret)
    found = None
    for step in (now + offset for offset in STEPS):
        if hmac.compare_digest(maker.at(step * STEP_SECONDS), typed):
            found = step
    return found


def provisioning_uri(user: User, secret: str) -> str:
    host = current_app.config["BRIDGE"].base_url.partition("://")[2]
    return pyotp.TOTP(secret).provisioning_uri(name=user.email, issuer_name=f"Bridge {host}")


def qr_code(text: str) -> Markup:
    """An SVG drawing, black on white in every scheme: cameras read nothing else surely."""
    drawn = segno.make(text, error="m")
    return Markup(  # noqa: S704  of the library, from digits and squares alone
        drawn.svg_inline(omitsize=True, light="#fff", svgclass=None, lineclass=None)
    )
