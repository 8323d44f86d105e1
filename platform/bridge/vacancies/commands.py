"""Commands of vacancies."""

from __future__ import annotations

from pathlib import Path

import click
from flask.cli import with_appcontext

from bridge.imports import TABLE_FILE, import_file
from bridge.vacancies import importing


@click.command()
@click.argument("file", type=TABLE_FILE)
@click.option("--apply", "applied", is_flag=True, help="Write; without it only say what would be.")
@click.option("--publish", is_flag=True, help="Publish at once instead of leaving drafts.")
@with_appcontext
def import_vacancies(file: Path, applied: bool, publish: bool) -> None:
    """Take over vacancies from a CSV or XLSX table, one a row.

    A row is known by the employer's INN and the vacancy's number: a second import updates.
    """
    import_file(
        file,
        importing.importer(publish=publish),
        columns=importing.COLUMNS,
        required=importing.REQUIRED,
        apply=applied,
    )
