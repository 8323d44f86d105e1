"""The command that fills an empty database with the demo university."""

from __future__ import annotations

import click
import sqlalchemy as sa
from flask import current_app
from flask.cli import with_appcontext
from tqdm import tqdm

from bridge.accounts.models import User
from bridge.demo.university import build, is_built, total_steps
from bridge.extensions import db


@click.command("demo")
@with_appcontext
def demo() -> None:
    """Fill an empty database with the demo university."""
    if not current_app.config["BRIDGE"].is_demo:
        raise click.ClickException("The demo university exists in demo mode only: BRIDGE_MODE=demo")
    if is_built():
        click.echo("The demo university is there already.")
        return
    if db.session.scalar(sa.select(sa.exists().where(~User.is_demo))):
        raise click.ClickException("The database holds accounts of real people: nothing was done.")
    with tqdm(total=total_steps(), desc="Demo university", unit="", disable=None) as bar:
        counts = build(bar.update)
    click.echo(", ".join(f"{number} {what}" for what, number in counts.items()))
