"""What the imports of tables share: row by row, a bad row harms no other, dry run first."""

from __future__ import annotations

import enum
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import click
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from tqdm import tqdm

from bridge.errors import DomainError
from bridge.extensions import db
from bridge.tables import Row, TableError, read_table

CHUNK = 200
# What a command takes a table from: a file, or `-` for standard input.
TABLE_FILE = click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path)


class Outcome(enum.StrEnum):
    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    REFUSED = "refused"


LABELS = {
    Outcome.CREATED: _l("created"),
    Outcome.UPDATED: _l("updated"),
    Outcome.UNCHANGED: _l("unchanged"),
    Outcome.REFUSED: _l("refused"),
}


class RowError(Exception):
    """The row cannot be taken over: what is wrong, and in which column (empty: in all of it)."""

    def __init__(self, message: object, column: str = "") -> None:
        super().__init__(str(message))
        self.column = column


@dataclass(frozen=True, slots=True)
class Result:
    number: int
    outcome: Outcome
    column: str = ""
    reason: str = ""


def import_rows(
    rows: Sequence[Row],
    import_row: Callable[[Row], Outcome],
    *,
    apply: bool,
    progress: Callable[[int], object] = lambda _done: None,
) -> list[Result]:
    """Run `import_row` on each row within a savepoint of its own and commit, or with
    `apply=False` roll back. A RowError or DomainError refuses its row alone. progress: called
    between transactions with the number of rows done; on a terminal it goes to standard error
    besides."""
    results = []
    for number, row in enumerate(tqdm(rows, unit="", disable=None, leave=False), start=1):
        results.append(_import_row(row, import_row))
        # Often, so that the platform's other writers need not wait for the end.
        if number % CHUNK == 0 or number == len(rows):
            if apply:
                db.session.commit()
            else:
                db.session.rollback()
            progress(number)
    return results


def _import_row(row: Row, import_row: Callable[[Row], Outcome]) -> Result:
    try:
        with db.session.begin_nested():
            if row.is_ragged:
                raise RowError(_("the row has more cells than there are columns"))
            return Result(row.number, import_row(row))
    except RowError as error:
        return Result(row.number, Outcome.REFUSED, error.column, str(error))
    except DomainError as error:
        return Result(row.number, Outcome.REFUSED, "", str(error.message))


def first_error(errors: Mapping[str | None, object]) -> tuple[str, str]:
    """Of the errors of a form: the field, and the first message; those of rows within a row lie in
    lists and dictionaries."""
    name, found = next(iter(errors.items()))
    return name or "", _first_text(found)


def _first_text(errors: object) -> str:
    if isinstance(errors, dict):
        return _first_text(list(errors.values()))
    if isinstance(errors, list | tuple):
        return next((text for error in errors if (text := _first_text(error))), "")
    return str(errors)


def import_file(
    path: Path,
    import_row: Callable[[Row], Outcome],
    *,
    columns: Mapping[str, Collection[str]],
    required: Collection[str],
    apply: bool,
) -> None:
    """What a command does with a table: `import_rows`, and the report on standard output. columns,
    required: as `Table.with_fields` takes them. ClickException where it is no such table."""
    try:
        table = read_table(path).with_fields(columns, required=required)
    except TableError as error:
        raise click.ClickException(str(error)) from error
    print_report(
        import_rows(table.rows, import_row, apply=apply), apply=apply, headers=table.headers
    )


def print_report(
    results: Sequence[Result], *, apply: bool, headers: Mapping[str, str] | None = None
) -> None:
    """Write every row that changes or is refused, and the totals, to standard output.
    `headers`: what the file calls each column (`Table.headers`)."""
    for result in results:
        if result.outcome is not Outcome.UNCHANGED:
            column = (headers or {}).get(result.column, result.column)
            detail = ": ".join(part for part in (column, result.reason) if part)
            line = _(
                "row %(number)s: %(outcome)s", number=result.number, outcome=LABELS[result.outcome]
            )
            click.echo(f"{line} – {detail}" if detail else line)
    totals = Counter(result.outcome for result in results)
    click.echo("; ".join(f"{LABELS[outcome]}: {totals[outcome]}" for outcome in Outcome))
    if not apply:
        click.echo(_("Nothing was written. Run it again with --apply to write this."))
