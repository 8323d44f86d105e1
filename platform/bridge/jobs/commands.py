"""The command that runs jobs: for a machine without the server, and to look."""

from __future__ import annotations

import click
from flask import current_app
from flask.cli import with_appcontext

from bridge.jobs.registry import jobs_of
from bridge.jobs.service import run_due, run_now


@click.command("run-jobs")
@click.argument("names", nargs=-1)
@with_appcontext
def run_jobs(names: tuple[str, ...]) -> None:
    """Run the jobs that are due, or those NAMES at once (the server does it by itself)."""
    known = jobs_of(current_app)
    unknown = [name for name in names if name not in known]
    if unknown:
        raise click.ClickException(
            f"There is no job {', '.join(unknown)}. Jobs: {', '.join(sorted(known))}."
        )
    done = [name for name in names if run_now(name)] if names else run_due()
    click.echo(f"Ran: {', '.join(done) or 'nothing'}.")
    if failed := [name for name in names if name not in done]:
        raise click.ClickException(f"Failed, or running elsewhere: {', '.join(failed)}.")
