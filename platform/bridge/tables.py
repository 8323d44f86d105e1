"""Reading tables that people bring: CSV and XLSX of whatever program wrote them.

Every cell comes out as text without outer spaces. A file is refused as a whole only where it
cannot be a table; what is wrong with one row is the importer's to say.
"""

from __future__ import annotations

import csv
import io
import json
import sys
import unicodedata
import zipfile
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from bridge import limited

FILE_LIMIT = 20 * 1024 * 1024
UNPACKED_LIMIT = 200 * 1024 * 1024
ROW_LIMIT = 100_000
COLUMN_LIMIT = 200
WORKBOOK_ROWS = Path(__file__).with_name("workbook_rows.py")
# A hundred thousand rows of ten cells take a tenth of it.
WORKBOOK_SECONDS = 120
DELIMITERS = ";,\t"
ZIP_SIGNATURE = b"PK\x03\x04"
# The container of old .xls files and of .xlsx files with a password.
OLE_SIGNATURE = b"\xd0\xcf\x11\xe0"
TOO_LARGE = _l("The file is larger than 20 MB.")
STANDARD_INPUT = Path("-")
Cells = list[str]


class TableError(Exception):
    """The file cannot be read as a table; the message, in the reader's language, says why."""


@dataclass(frozen=True, slots=True)
class Row:
    """`number` is the line (CSV) or row (XLSX) as an editor shows it; `values` holds a text for
    every column. `is_ragged`: there were cells beyond the last column."""

    number: int
    values: dict[str, str]
    is_ragged: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """`headers`: after `with_fields`, what the file calls each column."""

    columns: tuple[str, ...]
    rows: list[Row]
    headers: Mapping[str, str] = field(default_factory=dict)

    def with_fields(
        self, names: Mapping[str, Collection[str]], *, required: Collection[str] = ()
    ) -> Table:
        """The same rows under the importer's own column names.

        names: field -> the headers it may stand under (the field's own name always counts; case,
        ё and spaces do not). Columns that are no field are left out. Raises TableError where a
        required field has no column or a field has two.
        """
        known = {_key(name): own for own in names for name in (own, *names[own])}
        sources: dict[str, str] = {}
        for column in self.columns:
            own = known.get(_key(column))
            if own is not None and own in sources:
                raise TableError(
                    _("The columns “%(first)s” and “%(second)s” mean the same.",
                      first=sources[own], second=column)
                )  # fmt: skip
            if own is not None:
                sources[own] = column
        missing = [next(iter(names[own]), own) for own in required if own not in sources]
        if missing:
            raise TableError(
                _("The file lacks these columns: %(names)s.", names=", ".join(missing))
            )
        rows = [
            Row(row.number, {f: row.values[c] for f, c in sources.items()}, row.is_ragged)
            for row in self.rows
        ]
        return Table(tuple(sources), rows, sources)


def read_table(path: Path) -> Table:
    """Read a file as `parse_table` does; `-` is standard input. Raises TableError where it cannot
    be opened, too."""
    if path == STANDARD_INPUT:
        return parse_table(sys.stdin.buffer.read(FILE_LIMIT + 1))
    try:
        if path.stat().st_size > FILE_LIMIT:
            raise TableError(TOO_LARGE)
        content = path.read_bytes()
    except OSError as error:
        raise TableError(_("The file cannot be opened: %(why)s.", why=error.strerror)) from error
    return parse_table(content)


def parse_table(content: bytes) -> Table:
    """Read a CSV (UTF-8, UTF-16 with a mark, Windows-1251; comma, semicolon or tab) or the first
    sheet of an XLSX. The first row that is not empty holds the names of the columns.

    Raises TableError where it is neither, is empty, or is larger than the limits above.
    """
    if len(content) > FILE_LIMIT:
        raise TableError(TOO_LARGE)
    if content.startswith(OLE_SIGNATURE):
        raise TableError(
            _("The file has a password or is an old .xls. Save it as .xlsx without a password.")
        )
    if content.startswith(ZIP_SIGNATURE):
        return _table(_workbook_rows(content))
    return _table(_csv_rows(_decode(content)))


def _key(name: str) -> str:
    """By what headers are compared."""
    folded = unicodedata.normalize("NFKC", name).casefold().replace("ё", "е")
    return "".join(char for char in folded if char.isalnum())


def _table(numbered: Iterable[tuple[int, Cells]]) -> Table:
    filled = ((number, cells) for number, cells in numbered if any(cells))
    header = next(filled, None)
    if header is None:
        raise TableError(_("The file is empty."))
    columns = header[1]
    if len(columns) > COLUMN_LIMIT:
        raise TableError(_("The file has more than 200 columns."))
    named = [name for name in columns if name]
    twice = sorted({name for name in named if sum(_key(name) == _key(o) for o in named) > 1})
    if twice:
        raise TableError(_("These columns occur twice: %(names)s.", names=", ".join(twice)))
    rows: list[Row] = []
    for number, cells in filled:
        if len(rows) == ROW_LIMIT:
            raise TableError(_("The file has more than 100,000 rows."))
        padded = cells + [""] * (len(columns) - len(cells))
        values = {name: cell for name, cell in zip(columns, padded, strict=False) if name}
        rows.append(Row(number, values, any(cells[len(columns) :])))
    return Table(tuple(named), rows)


def _decode(content: bytes) -> str:
    encodings = (
        ("utf-16",) if content[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "cp1251")
    )
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        # Almost any bytes are «text» in Windows-1251: what no editor writes gives them away.
        if not any(
            unicodedata.category(char) == "Cc" and char not in "\t\r\n" for char in set(text)
        ):
            return text
    raise TableError(_("The file is neither a CSV nor an XLSX table."))


def _csv_rows(text: str) -> Iterator[tuple[int, Cells]]:
    first_line = text.lstrip("\r\n").partition("\n")[0]
    delimiter = max(DELIMITERS, key=first_line.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    start = 1
    try:
        for cells in reader:
            yield start, [cell.strip() for cell in cells]
            start = reader.line_num + 1
    except csv.Error as error:
        raise TableError(
            _("Line %(number)s is not CSV: a quotation mark is missing or a cell is too long.",
              number=start)
        ) from error  # fmt: skip


def _workbook_rows(content: bytes) -> Iterator[tuple[int, Cells]]:
    _check_archive(content)
    written = limited.run(WORKBOOK_ROWS, content, seconds=WORKBOOK_SECONDS)
    lines = [] if written is None else written.splitlines()
    if not lines or lines.pop() != b"true":
        raise TableError(_("The XLSX file is damaged."))
    for line in lines:
        number, *cells = json.loads(line)
        yield number, cells


def _check_archive(content: bytes) -> None:
    """Refuse an archive that would unpack into far more than any table needs."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise TableError(_("The XLSX file is damaged.")) from error
    if sum(member.file_size for member in members) > UNPACKED_LIMIT:
        raise TableError(_("The XLSX file unpacks into more than 200 MB."))
    if any(member.flag_bits & 1 for member in members):
        raise TableError(
            _("The file has a password or is an old .xls. Save it as .xlsx without a password.")
        )
