"""Texts that no person means, and bytes that were damaged on their way."""

from __future__ import annotations

import random

BAD = (
    "",
    " ",
    "\x00",
    "a\x00b",
    "а" * 5000,
    "<script>alert(1)</script>",
    "'\"; DROP TABLE user; --",
    "%s%d%(x)s{0}{{7*7}}",
    "-1",
    "0",
    "9" * 20,
    "9" * 5000,
    "2147483648",
    "1e309",
    "nan",
    "٣",
    "²",
    "0001-01-01",
    "9999-12-31",
    "2026-02-30",
    "javascript:alert(1)",
    "http://[",
    "http://xn--a",
    "//evil.example",
    "a@" + "b." * 120 + "example",
    '"quoted"@example.test',
    "a\r\nBcc: b@example.test",
    "\u202e\u2066\u200b\ufeff",
    "🚀" * 40,
    "\ud800",
    "None",
    "[]",
    "\\",
    "\x1b[2J\x07\x85\u2028",
)


def damaged(content: bytes, chance: random.Random) -> bytes:
    """Bytes changed, cut out, doubled, put in or moved; the beginning often stays, so that what
    reads this kind is reached."""
    data = bytearray(content)
    for _ in range(chance.choice((1, 1, 3, 20))):
        start = chance.randrange(chance.choice((0, min(8, len(data)))), len(data) + 1)
        end = min(len(data), start + chance.choice((1, 4, 64, 4096)))
        piece = bytes(data[start:end])
        data[start:end] = chance.choice(
            (
                chance.randbytes(len(piece)),
                b"",
                piece * 3,
                chance.choice(BAD).encode("utf-8", "replace") + piece,
                piece[::-1],
                bytes(byte ^ 1 << chance.randrange(8) for byte in piece),
            )
        )
    return bytes(data)
