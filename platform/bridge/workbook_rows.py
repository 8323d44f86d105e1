"""A program of its own (see `limited`): reads an XLSX from standard input and writes the filled
rows of its first sheet, a JSON list each: the row's number, then its cells as texts. The last line
is `true`; without it the file could not be read to its end.
"""

from __future__ import annotations

import io
import json
import sys
import unicodedata
from datetime import datetime

from openpyxl import load_workbook

# A few more than the importer takes, so that it can say that there are too many.
ROW_LIMIT = 100_002
CELL_LIMIT = 50_000


def cell_text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == datetime.min.time() else str(value)
    return unicodedata.normalize("NFC", str(value)).replace("\x00", "").strip()[:CELL_LIMIT]


def main() -> None:
    content = sys.stdin.buffer.read()
    # Read-only: row by row; data_only: of a formula the value that was last computed.
    workbook = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    sheet = workbook.worksheets[0]
    # The size a sheet states of itself may be anything.
    sheet.reset_dimensions()
    filled = 0
    for number, cells in enumerate(sheet.iter_rows(values_only=True), start=1):
        texts = [cell_text(value) for value in cells]
        if any(texts):
            filled += 1
            sys.stdout.write(json.dumps([number, *texts]) + "\n")
        if filled == ROW_LIMIT:
            break
    sys.stdout.write("true\n")


if __name__ == "__main__":
    main()
