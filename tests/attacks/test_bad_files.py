"""Files and lines that are damaged anywhere: taken or refused in words, never an error, never slow.

A few with all tests; with PROVE=1 (`make prove`) hundreds of files and thousands of lines.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from bridge.contacts.files import FileRefusedError, Upload, inspect
from bridge.tables import TableError, read_table
from matching.protocol import InputError, explain, rank, read_questions
from tests.attacks.answers import SLOWEST_SECONDS, Answers, seconds_of
from tests.attacks.damage import BAD, damaged
from tests.conftest import Figure, often
from tests.threads import samples

FILES = {
    "pdf": samples.pdf(2),
    "docx": samples.docx(),
    "png": samples.image("PNG"),
    "jpeg": samples.image("JPEG"),
    "txt": "Задание на практику.\n".encode(),
}
CSV = 'ФИО;Почта;Курс\nЁлкина Анна;anna@example.test;3\n"Иванов; Пётр";p@example.test;4\n'


pytestmark = pytest.mark.usefixtures("speaking")


class Watch(Answers):
    """Of what reads files and lines: anything but a refusal in words is an error of the test."""

    def run(self, act: Callable[[], object], *refusals: type[Exception]) -> None:
        reasons = []

        def tell() -> None:
            try:
                act()
            except refusals as refusal:
                reasons.append(str(refusal))

        self.add(seconds_of(tell, SLOWEST_SECONDS))
        assert all(reason.strip() for reason in reasons), "a refusal without a word"

    def tell(self, figure: Figure, what: str) -> None:
        super().tell(figure, what)
        assert self.slowest < SLOWEST_SECONDS


@pytest.mark.parametrize("kind", FILES)
def test_no_file_breaks_what_looks_at_it(kind: str, figure: Figure) -> None:
    chance, watch = random.Random(kind), Watch()  # noqa: S311
    for _ in range(often(2, 60)):
        upload = Upload(f"file.{kind}", damaged(FILES[kind], chance))
        watch.run(lambda upload=upload: inspect([upload]), FileRefusedError)
    watch.tell(figure, f"{kind} files")


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_no_table_breaks_what_reads_it(kind: str, tmp_path: Path, figure: Figure) -> None:
    chance, watch, path = random.Random(kind), Watch(), tmp_path / f"table.{kind}"  # noqa: S311
    if kind == "xlsx":
        workbook = Workbook()
        for line in CSV.splitlines():
            workbook.active.append(line.split(";"))
        workbook.save(path)
    good = path.read_bytes() if kind == "xlsx" else CSV.encode("cp1251")
    for _ in range(often(2, 60) if kind == "xlsx" else often(100, 1000)):
        path.write_bytes(damaged(good, chance))
        watch.run(lambda: read_table(path), TableError)
    watch.tell(figure, f"{kind} tables")


texts = st.text() | st.sampled_from(BAD)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | texts,
    lambda parts: st.lists(parts, max_size=3) | st.dictionaries(texts, parts, max_size=3),
    max_leaves=6,
)
candidates = st.fixed_dictionaries(
    {"id": st.integers() | texts, "text": texts}, optional={"more": values}
)
nearly = st.fixed_dictionaries(
    {"query_id": texts | values, "query": texts | values},
    optional={
        "lang": st.sampled_from(("ru", "en", None)) | values,
        "candidates": st.lists(candidates | values, max_size=4) | values,
    },
)
good = st.fixed_dictionaries(
    {"query_id": texts, "query": texts, "candidates": st.lists(candidates, max_size=4)}
)
lines = (
    (good | nearly | values).map(json.dumps)
    | texts
    | st.sampled_from(("[" * 100_000, '{"a":' * 50_000, "9" * 5000, "1e999", "NaN"))
)


def test_no_line_breaks_the_protocol(figure: Figure) -> None:
    watch = Watch()

    def answer(line: str) -> None:
        questions = read_questions([line])
        found: list[dict[str, Any]] = [*rank(questions), *explain(questions)]
        # As the command writes them.
        json.dumps(found, ensure_ascii=False).encode()

    @settings(max_examples=often(60, 2000))
    @given(lines)
    def try_one(line: str) -> None:
        watch.run(lambda: answer(line), InputError)

    try_one()
    watch.tell(figure, "JSON lines")
