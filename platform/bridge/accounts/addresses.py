"""E-mail addresses: how they are kept, looked up and checked."""

from __future__ import annotations

import unicodedata

from email_validator import EmailNotValidError, validate_email

# The longest address that SMTP carries.
MAX_LENGTH = 254


def normalise_email(value: str) -> str:
    """The form in which an address is kept; ValueError where it is none that can get mail.

    A domain may be Cyrillic; letters other than Latin before the @ are refused, since many
    servers cannot deliver to them.
    """
    found = validate_email(
        unicodedata.normalize("NFC", value).strip(),
        allow_smtputf8=False,
        check_deliverability=False,
        # The demo university's accounts live under the reserved domain `test`.
        test_environment=True,
    )
    address = found.normalized.lower()
    if len(address) > MAX_LENGTH:
        raise EmailNotValidError("too long")
    return address


def lookup_email(value: str) -> str:
    """The form to look an address up by, whatever was typed."""
    try:
        return normalise_email(value)
    except ValueError:
        return unicodedata.normalize("NFC", value).strip().lower()[:MAX_LENGTH]
