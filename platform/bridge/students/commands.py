"""Commands: the roster, the directions of study."""

from __future__ import annotations

from pathlib import Path

import click
import sqlalchemy as sa
from flask.cli import with_appcontext
from flask_babel import gettext as _

from bridge.extensions import db
from bridge.imports import TABLE_FILE, import_file
from bridge.students.models import Direction
from bridge.students.roster import COLUMNS, REQUIRED, RosterImport


@click.command("import-students")
@click.argument("file", type=TABLE_FILE)
@click.option("--apply", is_flag=True, help="Write; without it only a report is printed.")
@click.option("--invite", is_flag=True, help="Send invitations to those not invited yet.")
@with_appcontext
def import_students(file: Path, *, apply: bool, invite: bool) -> None:
    """Take over the roster of students from a CSV or XLSX file.

    Columns: student_number, name, email; and, where there are: direction_code, direction_name,
    degree, study_form, year_of_study, graduates_on, city. Russian headers are understood too.
    """
    importer = RosterImport(is_inviting=invite)
    import_file(file, importer, columns=COLUMNS, required=REQUIRED, apply=apply)


@click.command("add-direction")
@click.argument("code")
@click.option("--ru", required=True, help="Its name in Russian.")
@click.option("--en", required=True, help="Its name in English.")
@with_appcontext
def add_direction(code: str, ru: str, en: str) -> None:
    """Add a direction of study, or rename it."""
    if len(code) > 12 or max(len(ru), len(en)) > 160:
        raise click.ClickException(_("The code has at most 12 characters, a name 160."))
    direction = db.session.scalar(sa.select(Direction).where(Direction.code == code))
    if direction is None:
        direction = Direction(code=code)
        db.session.add(direction)
    direction.name_ru, direction.name_en = ru, en
    db.session.commit()
