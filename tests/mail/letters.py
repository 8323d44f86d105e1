"""The two parts of a letter as it arrived."""

from __future__ import annotations

from email.message import EmailMessage


def text_of(letter: EmailMessage) -> str:
    return _part(letter, "plain")


def html_of(letter: EmailMessage) -> str:
    """Empty where it has none."""
    return _part(letter, "html")


def _part(letter: EmailMessage, kind: str) -> str:
    part = letter.get_body((kind,))
    return "" if part is None else str(part.get_content()).replace("\r\n", "\n")
