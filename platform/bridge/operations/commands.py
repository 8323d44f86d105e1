"""`backup`, `restore`, `doctor`."""

from __future__ import annotations

from pathlib import Path

import click
from flask.cli import with_appcontext

from bridge.operations.backups import make_backup, restore_backup
from bridge.operations.doctor import examine
from bridge.operations.findings import Level

A_FILE = click.Path(path_type=Path, dir_okay=False)


@click.command("backup")
@click.argument("file", type=A_FILE)
@with_appcontext
def backup(file: Path) -> None:
    """Write the whole database to a new FILE while the server runs."""
    counts = make_backup(file.absolute())
    click.echo(f"{sum(counts.values())} rows of {len(counts)} tables are in {file.name}.")


@click.command("restore")
@click.argument("file", type=A_FILE)
@click.option("--replace", is_flag=True, help="Even where the present database has accounts.")
@with_appcontext
def restore(file: Path, replace: bool) -> None:
    """Put the backup in FILE in the place of the present database."""
    counts = restore_backup(file.absolute(), replace=replace)
    click.echo(f"{sum(counts.values())} rows of {len(counts)} tables are restored.")


@click.command("doctor")
@with_appcontext
def doctor() -> None:
    """Look whether all is well, and say what to do where it is not; exit status 1 for a fault."""
    findings = examine()
    for finding in findings:
        click.echo(f"{finding.level.value:8} {finding.check:10} {finding.text}")
    if any(finding.level is Level.FAULT for finding in findings):
        raise click.exceptions.Exit(1)
