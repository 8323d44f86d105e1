"""Our own parsers, and what each promises of any bytes: only the declared error is raised."""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable
from contextlib import suppress
from urllib.parse import urljoin, urlsplit

from bridge.moderation.scanning import pieces
from bridge.students.scrubbing import Scrubber
from bridge.tables import ZIP_SIGNATURE, TableError, parse_table
from bridge.web.routing import safe_path
from matching import Document, Index, Query
from matching.protocol import InputError, explain, read_questions
from matching.replay import ReplayError, replay

OTHERS = (
    Document(1, {"experience": "Расчёт прочности, чертежи в КОМПАС, испытания на стенде"}),
    Document(2, {"experience": "Python services, PostgreSQL, Docker"}),
)
SCRUBBER = Scrubber("Жуков Павел Ильич", ("19-РК-0042",))


def table(content: bytes) -> None:
    # A workbook is read in a process with limits, where any error is a refusal.
    if content.startswith(ZIP_SIGNATURE):
        return
    with suppress(TableError):
        found = parse_table(content)
        assert all(set(row.values) == set(found.columns) for row in found.rows)


def questions(content: bytes) -> None:
    with suppress(InputError):
        asked = read_questions(content.decode("utf-8", "surrogateescape").splitlines())
        for answer in explain(asked[:3]):
            json.dumps(answer, allow_nan=False)


def words(content: bytes) -> None:
    text = content.decode("utf-8", "replace")
    index = Index([*OTHERS, Document(3, {"experience": text})])
    query = Query(text[:2000])
    for hit in index.search(query, (), limit=3).hits:
        explained = index.explain(query, hit.id)
        assert abs(sum(part.share for part in explained.parts) - hit.score) < 1e-6


def record(content: bytes) -> None:
    with suppress(ReplayError):
        replay(zlib.compress(content, 1))


def scrub(content: bytes) -> None:
    scrubbed = SCRUBBER(content.decode("utf-8", "replace"))
    assert SCRUBBER(scrubbed) == scrubbed, "what was taken out has laid something bare"


def scan(content: bytes) -> None:
    text = content.decode("utf-8", "replace")
    assert "".join(piece.text for piece in pieces(text)) == text


def path(content: bytes) -> None:
    here = "https://bridge.test/profile"
    # As browsers do: a backslash is a slash, what is invisible in an address is left out.
    target = safe_path(content.decode("utf-8", "replace"), "/").replace("\\", "/")
    assert urlsplit(urljoin(here, target)).netloc == "bridge.test"


PARSERS: dict[str, tuple[Callable[[bytes], None], tuple[str, ...]]] = {
    "table": (table, ('ФИО;Почта\nАнна;a@b.test\n"Иванов; Пётр";"1""2"\n', "a,b\n1,2,3\n")),
    "questions": (
        questions,
        ('{"query_id": "1", "query": "чертёж", "candidates": [{"id": 1, "text": "чертежи"}]}',),
    ),
    "words": (words, ("Расчёт прочности в ANSYS, C++ и 1С", "Node.js, naïve 東京 ﬁ №5")),
    "record": (record, ()),
    "scrub": (scrub, ("Павел Жуков, Zhukov@mail.ru, +7 916 123-45-67, t.me/pavel, @pavel",)),
    "scan": (scan, ("ivanov собака mail точка ru, telegram: ivanov_hr, https://a.ru/b",)),
    "path": (path, ("/profile?next=//evil.test#a", "/\\evil.test")),
}


def examples(name: str) -> list[bytes]:
    """What made-up bytes may begin from."""
    if name == "record":
        return [zlib.decompress(Index(OTHERS).record(Query("чертёж и расчёт"), OTHERS[0]))]
    return [text.encode() for text in PARSERS[name][1]]
