"""Passkeys (WebAuthn): what the browser is asked, and whether its answer holds."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import timedelta
from typing import Any, TypeVar
from urllib.parse import urlsplit

import sqlalchemy as sa
import webauthn
from flask import current_app
from webauthn.helpers import generate_challenge, options_to_json, parse_client_data_json
from webauthn.helpers import parse_authentication_credential_json as parse_assertion
from webauthn.helpers import parse_registration_credential_json as parse_attestation
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from bridge.accounts.factors.models import Passkey, PasskeyChallenge
from bridge.accounts.models import User
from bridge.database import recording, utc_now
from bridge.extensions import db

T = TypeVar("T")
LIFETIME = timedelta(minutes=5)
# The longest that a browser sends: a key of RSA with its frame.
MAX_LENGTH = 20_000


def creation_options(user: User) -> str:
    """JSON of PublicKeyCredentialCreationOptions. Keeps the challenge for some minutes."""
    return options_to_json(
        webauthn.generate_registration_options(
            rp_id=_host(),
            rp_name="Bridge",
            # Says nothing of the person, and is the same for all their keys.
            user_id=hashlib.sha256(f"{_host()} {user.id}".encode()).digest(),
            user_name=user.email,
            user_display_name=user.name,
            challenge=_challenge(user),
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.PREFERRED,
                user_verification=UserVerificationRequirement.PREFERRED,
            ),
            exclude_credentials=_descriptors(user),
        )
    )


def request_options(user: User) -> str | None:
    """JSON of PublicKeyCredentialRequestOptions; None where the user has no passkey."""
    keys = _descriptors(user)
    if not keys:
        return None
    return options_to_json(
        webauthn.generate_authentication_options(
            rp_id=_host(), challenge=_challenge(user), allow_credentials=keys
        )
    )


def created(user: User, answer: str, name: str) -> Passkey | None:
    """The new passkey that the browser's answer tells of, not yet in the session of the database;
    None where the answer does not hold."""
    parsed = _held(lambda: parse_attestation(answer))
    challenge = None if parsed is None else _redeem(user, parsed.response.client_data_json)
    if parsed is None or challenge is None:
        return None
    verified = _held(
        lambda: webauthn.verify_registration_response(
            credential=parsed,
            expected_challenge=challenge,
            expected_rp_id=_host(),
            expected_origin=_origin(),
        )
    )
    if verified is None:
        return None
    return Passkey(
        user_id=user.id,
        name=name,
        credential_id=verified.credential_id,
        public_key=verified.credential_public_key,
        sign_count=verified.sign_count,
    )


def fits(user: User, answer: str) -> bool:
    """Whether one of the user's passkeys has signed what it was asked to; good once."""
    parsed = _held(lambda: parse_assertion(answer))
    challenge = None if parsed is None else _redeem(user, parsed.response.client_data_json)
    if parsed is None or challenge is None:
        return False
    key = db.session.scalar(
        sa.select(Passkey).where(Passkey.user_id == user.id, Passkey.credential_id == parsed.raw_id)
    )
    if key is None:
        return False
    verified = _held(
        lambda: webauthn.verify_authentication_response(
            credential=parsed,
            expected_challenge=challenge,
            expected_rp_id=_host(),
            expected_origin=_origin(),
            credential_public_key=key.public_key,
            credential_current_sign_count=key.sign_count,
        )
    )
    if verified is None:
        return False
    key.sign_count, key.used_at = verified.new_sign_count, utc_now()
    return True


def _held(check: Callable[[], T]) -> T | None:
    """None where the library finds the answer wrong. It has exceptions of its own for that, but
    bytes that no browser has made also end in those of its parsers."""
    try:
        return check()
    except Exception:
        return None


def forget_challenges() -> None:
    """Delete those that nobody answered in time. Commits."""
    db.session.execute(sa.delete(PasskeyChallenge).where(PasskeyChallenge.expires_at < utc_now()))
    db.session.commit()


def _challenge(user: User) -> bytes:
    challenge = generate_challenge()
    row = PasskeyChallenge(
        user_id=user.id, challenge_hash=_hash(challenge), expires_at=utc_now() + LIFETIME
    )
    with recording() as session:
        session.add(row)
    return challenge


def _redeem(user: User, client_data: bytes) -> bytes | None:
    """The challenge that was signed, used up; None where this user was not asked it."""
    parsed = _held(lambda: parse_client_data_json(client_data))
    if parsed is None:
        return None
    challenge = parsed.challenge
    asked = db.session.execute(
        sa.delete(PasskeyChallenge).where(
            PasskeyChallenge.user_id == user.id,
            PasskeyChallenge.challenge_hash == _hash(challenge),
            PasskeyChallenge.expires_at > utc_now(),
        )
    )
    return challenge if asked.rowcount else None  # type: ignore[attr-defined]


def _hash(challenge: bytes) -> str:
    return hashlib.sha256(challenge).hexdigest()


def _descriptors(user: User) -> list[PublicKeyCredentialDescriptor]:
    keys = sa.select(Passkey.credential_id).where(Passkey.user_id == user.id)
    return [PublicKeyCredentialDescriptor(id=key) for key in db.session.scalars(keys)]


def _base() -> Any:
    return urlsplit(current_app.config["BRIDGE"].base_url)


def _host() -> str:
    return str(_base().hostname)


def _origin() -> str:
    return f"{_base().scheme}://{_base().netloc}"
