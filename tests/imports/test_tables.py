"""Tables as people's programs write them, and files that are none."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import pytest
from flask import Flask
from openpyxl import Workbook

from bridge import create_app
from bridge.tables import TableError, read_table
from tests.conftest import make_config

HEADER = "ФИО;Почта;Курс"
ROW = "Ёлкина Анна;anna@example.test;3"


@pytest.fixture(scope="module")
def english_app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    return create_app(make_config(tmp_path_factory.mktemp("app")))


@pytest.fixture(autouse=True)
def context(english_app: Flask) -> Iterator[None]:
    """Messages are in the reader's language: here an English one's."""
    with english_app.test_request_context(headers={"Accept-Language": "en"}):
        yield


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1251", "utf-16"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_csv_of_any_program(tmp_path: Path, encoding: str, delimiter: str, line_end: str) -> None:
    text = line_end.join((HEADER, ROW, "", f" {ROW} ", "")).replace(";", delimiter)
    path = tmp_path / "roster.csv"
    path.write_bytes(text.encode(encoding))
    table = read_table(path)
    assert table.columns == ("ФИО", "Почта", "Курс")
    values = {"ФИО": "Ёлкина Анна", "Почта": "anna@example.test", "Курс": "3"}
    assert [(row.number, row.values) for row in table.rows] == [(2, values), (4, values)]


def test_quoted_cells_keep_their_line_ends_and_the_rows_their_lines(tmp_path: Path) -> None:
    path = tmp_path / "quoted.csv"
    path.write_text('a,b\n"one, ""two""\nthree",4\n5\n6,7,8\n')
    table = read_table(path)
    assert [(row.number, row.values, row.is_ragged) for row in table.rows] == [
        (2, {"a": 'one, "two"\nthree', "b": "4"}, False),
        (4, {"a": "5", "b": ""}, False),
        (5, {"a": "6", "b": "7"}, True),
    ]


def test_workbook_cells_become_text(tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    workbook = Workbook()
    sheet = workbook.active
    sheet.append([])
    sheet.append(["a", None, "b", "c", "d"])
    sheet.append([1.0, "dropped", 2.5, date(2027, 6, 1), datetime(2027, 6, 1, 12, 30)])  # noqa: DTZ001
    sheet.append([True, None, " x ", None, "=1+1"])
    workbook.save(path)
    table = read_table(path)
    assert [(row.number, row.values) for row in table.rows] == [
        (3, {"a": "1", "b": "2.5", "c": "2027-06-01", "d": "2027-06-01 12:30:00"}),
        # a formula that no program has computed has no value
        (4, {"a": "True", "b": "x", "c": "", "d": ""}),
    ]


def archive(members: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in members.items():
            file.writestr(name, content)
    return buffer.getvalue()


def workbook_with(sheet: bytes) -> bytes:
    """A workbook whose first sheet is this XML."""
    buffer = io.BytesIO()
    Workbook().save(buffer)
    with zipfile.ZipFile(buffer) as file:
        members = {name: file.read(name) for name in file.namelist()}
    return archive(members | {"xl/worksheets/sheet1.xml": sheet})


BILLION_LAUGHS = b"""<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>
<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>
<row r="1"><c t="inlineStr"><is><t>&b;</t></is></c></row></sheetData></worksheet>"""


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "empty"),
        (b"\n\n ; ;\n", "empty"),
        (b"\x00\x01\x02\xff" * 50, "neither"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "neither"),
        (b"%PDF-1.7\n\x00\x01", "neither"),
        (b'a,b\n"never closed,1\n', "Line 2"),
        (b'a,b\n"x"y,1\n', "Line 2"),
        (b"a,b,A\n1,2,3\n", "twice"),
        (",".join(f"c{n}" for n in range(201)).encode(), "200 columns"),
        (b"a\n" + b"1\n" * 100_001, "100,000"),
        (b"\xd0\xcf\x11\xe0" + bytes(600), "password"),
        (b"PK\x03\x04 and then nothing", "damaged"),
        (archive({"hello.txt": b"hello"}), "damaged"),
        (archive({"xl/workbook.xml": bytes(210 * 1024 * 1024)}), "200 MB"),
        (workbook_with(BILLION_LAUGHS), "damaged"),
        (workbook_with(b"<worksheet><sheetData><row>"), "damaged"),
        (workbook_with(b""), "damaged"),
    ],
)
def test_what_is_no_table_is_refused_with_a_reason(
    tmp_path: Path, content: bytes, message: str
) -> None:
    path = tmp_path / "file"
    path.write_bytes(content)
    with pytest.raises(TableError, match=message):
        read_table(path)


def test_too_large_and_missing_files(tmp_path: Path) -> None:
    path = tmp_path / "large.csv"
    with path.open("wb") as file:
        file.truncate(20 * 1024 * 1024 + 1)
    with pytest.raises(TableError, match="20 MB"):
        read_table(path)
    with pytest.raises(TableError, match="cannot be opened"):
        read_table(tmp_path / "nowhere.csv")


def test_headers_by_any_of_their_names(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text("ФИО,E-Mail,Год  обучения,Прочее\nАнна,a@b.test,3,x\n")
    names = {"name": ("фио",), "email": (), "year": ("год_обучения",), "city": ("город",)}
    table = read_table(path).with_fields(names, required=("name", "email"))
    assert table.columns == ("name", "email", "year")
    assert table.rows[0].values == {"name": "Анна", "email": "a@b.test", "year": "3"}
    with pytest.raises(TableError, match=r"lacks these columns: город"):
        read_table(path).with_fields(names, required=("city",))
    with pytest.raises(TableError, match="mean the same"):
        read_table(path).with_fields({"name": ("фио", "прочее")})
