"""Commands of the vocabulary."""

from __future__ import annotations

from pathlib import Path

import click
from flask.cli import with_appcontext
from tqdm import tqdm

from bridge.extensions import db
from bridge.imports import TABLE_FILE, import_file
from bridge.skills import importing, service
from bridge.skills.vocabulary import shipped_vocabulary


@click.command("sync-vocabulary")
@with_appcontext
def sync_vocabulary() -> None:
    """Take the shipped vocabulary of skills over into the database."""
    concepts = shipped_vocabulary().concepts
    with tqdm(concepts.values(), unit="", disable=None, leave=False) as progress:
        counts = service.sync(progress)
    db.session.commit()
    click.echo(", ".join(f"{name}: {count}" for name, count in counts.items()))


@click.command("import-courses")
@click.argument("file", type=TABLE_FILE)
@click.option("--apply", is_flag=True, help="Write; without it only a report is printed.")
@with_appcontext
def import_courses(file: Path, *, apply: bool) -> None:
    """Take over the courses that the university teaches from a CSV or XLSX file.

    Columns: name_ru, teaches (skills of the vocabulary, separated by commas); and, where there
    are: name_en, place_ru, place_en, url. Russian headers are understood too.
    """
    import_file(
        file,
        importing.CourseImport(),
        columns=importing.COLUMNS,
        required=importing.REQUIRED,
        apply=apply,
    )
