"""The command for letters to the address of MAIL_UNSUBSCRIBE: their subject is its argument."""

from __future__ import annotations

import click
from flask.cli import with_appcontext

from bridge.extensions import db
from bridge.notices import service
from bridge.notices.unsubscribing import read_token


@click.command("unsubscribe")
@click.argument("token")
@with_appcontext
def unsubscribe(token: str) -> None:
    """End the letters that TOKEN, the subject of somebody's mail, names."""
    found = read_token(token)
    if found is None:
        raise click.ClickException("This is no link of ours, or the account is closed.")
    service.unsubscribe(*found)
    db.session.commit()
    click.echo("Done.")
