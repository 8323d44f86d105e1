"""Addresses of the web that people type."""

from __future__ import annotations

import pytest

from bridge.web.forms import full_address, is_web_address

GOOD = (
    "https://example.ru", "HTTP://Example.RU/a?b#c", "example.ru/page", "сайт.рф",
    "example.ru:8080", "https://example.ru/@name", "https://a-b.example.ru/?q=a@b",
)  # fmt: skip
BAD = (
    "слово", "https://localhost", "ftp://example.ru", "javascript:alert(1)", "data:text/html,x",
    "mailto:anna@example.ru", "https://user@example.ru", "https://user:word@example.ru",
    "два слова.ru", "https://[::1]/", "https://[", "https://", "example.ru:port", "//example.ru",
    "https://example.ru:99999", "https://example..ru", "x.ru\tx",
)  # fmt: skip


@pytest.mark.parametrize("text", GOOD)
def test_what_leads_to_a_host_is_an_address(text: str) -> None:
    assert is_web_address(full_address(text))


@pytest.mark.parametrize("text", BAD)
def test_what_does_not_is_none(text: str) -> None:
    assert not is_web_address(full_address(text))


def test_only_the_scheme_is_added() -> None:
    assert [full_address(text) for text in ("example.ru/x", "http://example.ru", "", None)] == [
        "https://example.ru/x", "http://example.ru", "", "",
    ]  # fmt: skip
